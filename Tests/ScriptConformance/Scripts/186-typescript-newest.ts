// about: TypeScript: satisfies, const type parameters, decorators, accessors, using
// alone: decorators, `accessor` and `using` in TypeScript
const log: string[] = [];

(Symbol as any).dispose ??= Symbol.for('Symbol.dispose');

const palette = { red: [255, 0, 0], green: '#0f0' } satisfies Record<string, string | number[]>;

function tuple<const T extends readonly unknown[]>(values: T): T {
  return values;
}

function logged(value: Function, context: ClassMethodDecoratorContext) {
  return function (this: unknown, ...args: unknown[]) {
    log.push(`call ${String(context.name)}`);
    return value.apply(this, args);
  };
}

class Service {
  accessor level = 3;

  @logged
  greet(name: string): string {
    return `hello ${name}`;
  }
}

class Resource implements Disposable {
  constructor(private name: string) {
    log.push(`open ${name}`);
  }
  [Symbol.dispose](): void {
    log.push(`close ${this.name}`);
  }
}

type Fn = (...args: any[]) => unknown;
let optional: { a?: { b?: () => number } } = {};

export default function (): void {
  const [a, b] = tuple(['x', 1]);
  const service = new Service();
  log.push(service.greet('you'), String(service.level));
  {
    using one = new Resource('one');
    using two = new Resource('two');
    log.push('inside');
  }
  const fn: Fn = (...rest) => rest.length;
  console.log(palette.red.length, palette.green.toUpperCase(), a, b, fn(1, 2, 3), optional.a?.b?.() ?? 'none');
  console.log(log.join(', '));
}
