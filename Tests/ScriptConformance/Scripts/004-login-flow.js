// about: a shop: session cookie, token from HTML, JSON API, groups, tags, users, two scenarios, sub-metrics
// workers: each
// order: any
// measured: time_to_items
import { check, fail, group } from 'k6';
import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import http from 'k6/http';
import { Rate, Trend } from 'k6/metrics';

const users = new SharedArray('users', () => JSON.parse(open('./fixtures/users.json')));
const timeToItems = new Trend('time_to_items', true);
const itemsSeen = new Trend('items_seen');
const loggedIn = new Rate('logged_in');

export const options = {
  scenarios: {
    buyers: {
      executor: 'per-vu-iterations',
      vus: 2,
      iterations: 2,
      exec: 'buy',
      tags: { kind: 'buyer' },
      env: { PAGE: '/shop/api/items' },
    },
    visitors: { executor: 'shared-iterations', vus: 2, iterations: 6, exec: 'visit', startTime: '200ms' },
  },
  thresholds: {
    'http_req_duration{kind:buyer}': ['p(95)<5000'],
    'http_req_failed{scenario:buyers}': ['rate<0.01'],
    'http_reqs{page:login}': ['count==8'],
    'checks{scenario:visitors}': ['rate==1'],
    items_seen: ['min==2', 'max==2', 'avg==2'],
    logged_in: ['rate>0.99'],
    time_to_items: ['p(90)<5000'],
  },
};

export function buy() {
  const user = users[(exec.vu.idInTest - 1) % users.length];
  const started = Date.now();
  group('login', () => {
    const page = http.get(`${__ENV.BASE}/shop/login`, { tags: { page: 'login' } });
    const token = page.html().find('input[name=csrf]').attr('value');
    if (!token) fail('no token');
    const res = http.post(
      `${__ENV.BASE}/shop/login`,
      { user: user.name, password: user.password, csrf: token },
      { tags: { page: 'login' }, redirects: 0 },
    );
    const ok = check(res, {
      'logged in': (r) => r.status === 302 && r.headers.Location === '/shop/account',
      'has session': (r) => r.cookies.session[0].value === user.name,
    });
    loggedIn.add(ok);
  });
  group('shop', () => {
    group('account', () => {
      const res = http.get(`${__ENV.BASE}/shop/account`);
      check(res, { 'is my account': (r) => r.html('#user').text() === user.name });
    });
    group('items', () => {
      const res = http.get(`${__ENV.BASE}${__ENV.PAGE}`, { headers: { Accept: 'application/json' } });
      check(res, {
        'two items': (r) => r.json('total') === 2,
        'first is Swift': (r) => r.json('items.0.name') === 'Swift',
        'for me': (r) => r.json().user === user.name,
      });
      itemsSeen.add(res.json('items.#'));
      timeToItems.add(Date.now() - started);
    });
  });
}

export function visit() {
  const res = http.get(http.url`${__ENV.BASE}/shop/item/${(exec.scenario.iterationInTest % 3) + 1}`);
  check(res, { 'has a title': (r) => r.html('h1').text().startsWith('Item ') });
}
