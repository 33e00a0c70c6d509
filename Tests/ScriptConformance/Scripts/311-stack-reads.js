// about: reading, assigning and deleting the stack of whatever it is
// args: -i 1
function attempt(name, action) {
  try {
    console.log(name, action());
  } catch (error) {
    console.log(name, error.name, error.stack.split('\n')[1]);
  }
}

class Own extends Error {
  get shown() { return this.stack.split('\n').length; }
}

class Pile {
  #stack = ['private'];
  stack = [];
  push(x) { this.stack.push(x); return this.stack.length + this.#stack.length; }
}

export default function () {
  attempt('deleted', () => {
    const o = { e: new Error('x') };
    return `${delete o.e.stack} ${o.e.stack} ${delete o.e} ${JSON.stringify(o)}`;
  });
  attempt('without prototype', () => {
    const e = Object.create(null);
    const before = e.stack;
    e.stack = 'own';
    return `${before} ${e.stack} ${Object.keys(e)} ${JSON.stringify(e)} ${delete e.stack} ${e.stack}`;
  });
  attempt('literal without prototype', () => ({ __proto__: null, stack: 7 }).stack);
  attempt('proxy', () => {
    const asked = [];
    const err = new Proxy({ stack: 3 }, { get: (t, name) => { asked.push(name); return t[name]; }, deleteProperty: (t, name) => { asked.push('delete ' + name); return delete t[name]; }, set: (t, name, v) => { asked.push('set ' + name); t[name] = v; return true; } });
    const seen = err.stack;
    err.stack = 4;
    delete err.stack;
    return `${seen} ${asked}`;
  });
  attempt('any name', () => { const thing = new Error('short'); return thing.stack; });
  attempt('this', () => new Own('m').shown);
  attempt('changed message', () => { const n = new Error('a'); n.message = 'b'; return n.stack.split('\n')[0]; });
  attempt('assigned', () => { const e = new Error('a'); e.stack = 'mine'; e.stack += '!'; return e.stack; });
  attempt('pile', () => { const p = new Pile(); p.push(1); return `${p.push(2)} ${p.stack}`; });
  attempt('of undefined', () => { let u; return u.stack; });
  attempt('of null', () => {
    const o = { n: null };
    return o.n.stack.split('x');
  });
  attempt('optional', () => { let u; return `${u?.stack} ${u?.stack.x.y} ${new Error('q')?.stack.split('\n')[0]}`; });
  attempt('deep', () => ({ a: [{ e: new Error('deep') }] }).a[0].e.stack);
  attempt('in between', () => { const e = new Error('b'); return [e.stack.length > 5, typeof e.stack, `${e.stack}`.split('\n')[0]].join(); });
  attempt('own property', () => Object.getOwnPropertyNames(new Error('x')).sort().join());
  attempt('later in the line', () => { const e = new Error('z'); return e.stack && null.x; });
}
