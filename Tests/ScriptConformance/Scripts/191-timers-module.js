// about: the timers as a module, and what they refuse
// messages: exact
import timers, { clearInterval as stop, setInterval as every, setTimeout as later } from 'k6/timers';

function attempt(name, action) {
  try {
    console.log(name, typeof action());
  } catch (error) {
    console.log(name, 'threw', error.name, error.message);
  }
}

export default function () {
  console.log(later === setTimeout, Object.keys(timers).sort().join());
  attempt('nothing', () => setTimeout());
  attempt('no delay', () => setTimeout(() => console.log('without delay')));
  attempt('a text as delay', () => setTimeout(() => console.log('text delay'), '5'));
  attempt('no number', () => setTimeout(() => console.log('NaN delay'), 'x'));
  const id = every(() => {
    console.log('once');
    stop(id);
  }, 15);
}
