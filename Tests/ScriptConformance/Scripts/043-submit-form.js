// about: forms of a response, sent back
// messages: exact
import http from 'k6/http';

function attempt(name, action) {
  try {
    const res = action();
    console.log(name, res.status, res.url.replace(__ENV.BASE, ''), res.request.method);
    return res;
  } catch (error) {
    console.log(name, 'threw', error.name, error.message);
  }
}

export default function () {
  const page = http.get(`${__ENV.BASE}/shop`);
  attempt('first form', () => page.submitForm());
  attempt('with fields', () => page.submitForm({ formSelector: '#search', fields: { q: 'ä b', page: 2, extra: 'new' } }));
  const order = attempt('post', () => page.submitForm({ formSelector: '#order', fields: { item: 'two' }, params: { headers: { 'X-P': 'y' } } }));
  console.log(order.json('body'), order.json('headers.Content-Type'), order.json('headers.X-P'));
  const other = attempt('submit selector', () => page.submitForm({ formSelector: '#order', submitSelector: '#none' }));
  console.log(other && other.json('body'));
  attempt('no form', () => page.submitForm({ formSelector: '#none' }));
  const login = http.get(`${__ENV.BASE}/shop/login`);
  const inside = attempt('login', () => login.submitForm({ fields: { user: 'ann', password: 'secret-of-ann' } }));
  console.log(inside.html('#user').text());
  attempt('wrong', () => login.submitForm({ fields: { user: 'ann', password: 'no' } }));
}
