// about: links of a response, followed
// messages: exact
import http from 'k6/http';

function attempt(name, action) {
  try {
    const res = action();
    console.log(name, res.status, res.url.replace(__ENV.BASE, ''));
    return res;
  } catch (error) {
    console.log(name, 'threw', error.name, error.message);
  }
}

export default function () {
  const page = http.get(`${__ENV.BASE}/shop`);
  const item = attempt('first', () => page.clickLink());
  attempt('back', () => item.clickLink({ selector: '.back' }));
  attempt('relative', () => page.clickLink({ selector: 'a:nth-of-type(2)' }));
  attempt('with params', () => page.clickLink({ selector: 'a[rel=first]', params: { tags: { link: 'first' } } }));
  attempt('account', () => page.clickLink({ selector: 'a[href="/shop/account"]' }));
  attempt('without href', () => page.clickLink({ selector: 'a[name]' }));
  attempt('no link', () => page.clickLink({ selector: 'a.none' }));
}
