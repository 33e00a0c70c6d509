// about: what init code may not do, and what only init code may do
// messages: exact
import { check, group, sleep } from 'k6';
import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import http from 'k6/http';
import { Counter } from 'k6/metrics';

// Said once, in the VU.
const say = __VU === 1 ? console.log : () => {};

function attempt(name, action) {
  try {
    say(name, String(action()));
  } catch (error) {
    say(name, 'threw', error.name, error.message);
  }
}

attempt('http', () => http.get('http://127.0.0.1:1/'));
attempt('batch', () => http.batch(['http://127.0.0.1:1/']));
attempt('check', () => check(1, { a: true }));
attempt('group', () => group('g', () => 1));
attempt('jar', () => http.cookieJar());
attempt('vu', () => exec.vu.idInTest);
attempt('scenario', () => exec.scenario.name);
attempt('instance', () => exec.instance.vusActive);
attempt('test options', () => typeof exec.test.options);
attempt('sleep', () => sleep(0.001));
const counter = new Counter('a_counter');
attempt('metric', () => counter.add(1));

export default function () {
  attempt('open', () => open('./fixtures/text.txt'));
  attempt('require', () => require('k6/http'));
  attempt('new metric', () => new Counter('late'));
  attempt('new array', () => new SharedArray('late', () => []));
}
