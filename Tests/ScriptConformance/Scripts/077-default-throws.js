// about: exceptions in iterations: logged, counted as complete, the next one goes on
// args: -i 6
class Special extends Error {
  constructor(message) {
    super(message);
    this.name = 'Special';
  }
}

function deep(depth) {
  if (depth === 0) throw new Error('deep down');
  deep(depth - 1);
}

export default function () {
  if (__ITER === 0) throw new Error('an error');
  if (__ITER === 1) deep(3);
  if (__ITER === 2) throw new Special('a special one');
  if (__ITER === 3) null.property;
  if (__ITER === 4) undefinedFunction();
  console.log('the last one is fine');
}
