// about: levels of the console, and what is circular
// args: -v
// order: any
// differs: log /level=debug (?!.*source=console)/ debug lines of `-v`
console.info('in init');

export default function () {
  console.log('log');
  console.info('info', 1);
  console.warn('warn', { a: 1 });
  console.error('error', [2]);
  console.debug('debug');
  console.log(typeof console.table, typeof console.trace, typeof console.time, typeof console.assert, typeof console.group);
  console.log(Object.keys(console).sort().join());
  const circle = { name: 'c' };
  circle.self = circle;
  try {
    console.log(circle);
  } catch (error) {
    console.log('threw', error.name);
  }
  try {
    console.log(1n, Symbol('s'));
  } catch (error) {
    console.log('threw', error.name);
  }
}
