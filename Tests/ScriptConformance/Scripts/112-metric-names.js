// about: names of metrics, twice the same, the built-in ones
// messages: exact
import { Counter, Gauge, Trend } from 'k6/metrics';

// Said once, in the VU.
const say = __VU === 1 ? console.log : () => {};

function attempt(name, action) {
  try {
    say(name, action().name);
  } catch (error) {
    say(name, 'threw', error.name, error.message);
  }
}

attempt('plain', () => new Counter('plain'));
attempt('again', () => new Counter('plain'));
attempt('other type', () => new Gauge('plain'));
attempt('time', () => new Trend('trend'));
attempt('other contents', () => new Trend('trend', true));
attempt('blank', () => new Counter('with blank'));
attempt('empty', () => new Counter(''));
attempt('none', () => new Counter());
attempt('dash', () => new Counter('a-b'));
attempt('digit', () => new Counter('1a'));
attempt('short', () => new Counter('a'));
attempt('long', () => new Counter('a'.repeat(128)));
attempt('longer', () => new Counter('a'.repeat(129)));
attempt('built in', () => new Counter('http_reqs'));
attempt('built in, other type', () => new Gauge('http_reqs'));
attempt('without new', () => Counter('called'));

export default function () {}
