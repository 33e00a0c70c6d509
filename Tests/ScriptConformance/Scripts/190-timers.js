// about: timers: order, arguments, intervals, clearing, the loop that waits
export default function () {
  const log = [];
  const note = (text) => log.push(text);
  setTimeout(note, 20, 'twenty');
  setTimeout(note, 0, 'zero');
  setTimeout(note, 0, 'zero again');
  setTimeout(note, -5, 'negative');
  setTimeout(note, 10.5, 'ten and a half');
  Promise.resolve().then(() => note('microtask'));
  note('first');
  const cancelled = setTimeout(note, 5, 'cancelled');
  clearTimeout(cancelled);
  clearTimeout(12345);
  clearTimeout(undefined);
  clearInterval(null);
  let count = 0;
  const interval = setInterval((name) => {
    note(`${name} ${(count += 1)}`);
    if (count === 2) clearInterval(interval);
  }, 60, 'interval');
  setTimeout(function () {
    note(`this ${this === globalThis} ${typeof interval} ${arguments.length}`);
    setTimeout(() => {
      note('nested');
      console.log(log.join(', '));
    }, 100);
  }, 90, 1, 2);
}
