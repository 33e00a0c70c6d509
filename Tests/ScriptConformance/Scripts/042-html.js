// about: html() of a response
import http from 'k6/http';

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

const text = (value) => JSON.stringify(sorted(value));

export default function () {
  const res = http.get(`${__ENV.BASE}/shop`);
  const page = res.html();
  console.log(page.find('title').text(), page.find('li.item').size(), page.find('li').eq(1).text());
  console.log(res.html('h1').text(), res.html('h1').attr('id'), res.html('.none').text(), res.html('.none').size());
  console.log(page.find('a[href]').map((index, one) => one.attr('href')).join());
  console.log(page.find('body').data('pageId'), text(page.find('body').data('settings')), page.find('body').data('open'));
  console.log(res.html('li').last().html());
  console.log(text(page.find('#search').serializeObject()));
  try {
    http.get(`${__ENV.BASE}/status/204`).html();
  } catch (error) {
    console.log('threw', error.name);
  }
  const plain = http.get(`${__ENV.BASE}/`).html();
  console.log(plain.text().length > 500, plain.find('p').size());
}
