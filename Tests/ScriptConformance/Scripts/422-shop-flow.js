// about: a shop flow of weighted personas with groups, correlation and think time
// measured: checkout_time checkout_time{persona:buyer}
import http from 'k6/http';
import { check, group, sleep } from 'k6';
import { Trend, Counter, Rate } from 'k6/metrics';
import exec from 'k6/execution';
import { SharedArray } from 'k6/data';
const checkout = new Trend('checkout_time', true), revenue = new Counter('revenue'), conv = new Rate('conversion');
const personas = new SharedArray('personas', () => [{ name: 'looker', weight: 3, pages: 2 }, { name: 'buyer', weight: 2, pages: 1, user: 'ada' }, { name: 'lost', weight: 1, pages: 0, user: 'nobody' }]);
const pick = (() => { const wheel = personas.flatMap((p, i) => Array(p.weight).fill(i)); return (n) => personas[wheel[n % wheel.length]]; })();
export const options = { vus: 1, iterations: 6, thresholds: { 'http_req_duration{persona:buyer}': ['p(95)<9000'], 'http_req_failed{persona:looker}': ['rate==0'], conversion: [{ threshold: 'rate>0.1', abortOnFail: true, delayAbortEval: '1m' }], 'checks{group:::shop::login}': ['rate>0.4'], 'checkout_time{persona:buyer}': ['max<10000'], 'group_duration{group:::shop}': [], 'http_reqs{persona:ghost}': [] } };
export default function () {
  const p = pick(exec.scenario.iterationInTest); exec.vu.tags.persona = p.name; const state = { token: null, cart: [] };
  group('shop', () => {
    const home = group('home', () => http.get(`${__ENV.BASE}/shop`));
    const links = home.html('nav a[href]').toArray().map((a) => a.attr('href')).filter((h) => /item/.test(h));
    for (const link of links.slice(0, p.pages)) { const url = new RegExp('^/').test(link) ? link : '/' + link.split('?')[0]; const r = http.get(__ENV.BASE + url, { tags: { name: '/shop/item/:id' } }); state.cart.push(r.html('h1').text()); sleep(0.001); }
    if (p.user) group('login', () => { const page = http.get(`${__ENV.BASE}/shop/login`); state.token = page.html('input[name=csrf]').val(); const r = http.post(`${__ENV.BASE}/shop/login`, { user: p.user, password: p.user === 'ada' ? 'secret-of-ada' : 'wrong', csrf: state.token }, { redirects: 1, responseCallback: http.expectedStatuses(200, 403) }); if (!check(r, { 'logged in': (x) => x.status === 200 && x.html('#user').text() === p.user })) { conv.add(false); throw new Error(`login of ${p.user}: ${r.html('.error').text()}`); } });
    if (state.token) { const t = Date.now(); const items = http.get(`${__ENV.BASE}/shop/api/items`).json(); revenue.add(items.items.reduce((s, i) => s + i.price, 0), { currency: 'EUR' }); checkout.add(Date.now() - t); conv.add(true); }
  });
  console.log(p.name, state, Object.keys(http.cookieJar().cookiesForURL(`${__ENV.BASE}/shop`)).sort());
}
