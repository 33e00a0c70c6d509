// about: json() with paths
import http from 'k6/http';

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

const text = (value) => JSON.stringify(sorted(value));

const paths = [
  'name', 'weight_g.min', 'wingspan_mm', 'wingspan_mm.0', 'wingspan_mm.1', 'wingspan_mm.2', 'wingspan_mm.#', 'nests.#',
  'nests.2', 'note', 'missing', 'name.deeper', 'sleeps_on_the_wing', 'n*', 'wingspan?mm', '', '@this.name', '@keys',
  'nests.@reverse', 'name|@upper', 'nests|0', 'nests.#(=="eaves")', 'wingspan_mm.#(>390)', 'wingspan_mm.#(>1)#', '{name,kind}',
  '[name,weight_g.min]', '@values', '@flatten', '@pretty', '@ugly', 'wingspan_mm.-1', '..0', '#', 'weight_g.*', '\\name', '@valid.name',
];

export default function () {
  const res = http.get(`${__ENV.BASE}/json`);
  for (const path of paths) {
    const value = res.json(path);
    console.log(path, typeof value, text(value));
  }
  http.cookieJar().set(__ENV.BASE, 'session', 'ann');
  const items = http.get(`${__ENV.BASE}/shop/api/items`);
  for (const path of [
    'items.#.name', 'items.#(price<5).name', 'items.#(price<50)#.name', 'items.#(name=="Nest").id', 'items.#(name%"S*").price',
    'items.#(name!="Nest")#.id', 'items.0.tags.1', 'items.#.tags', 'items.#.tags.#', 'items.#(tags.#>1).name', 'total', 'items.#.nothing',
    'items.#(price>=4.5)#|#', 'items.1.price', 'items.#.{name,price}', 'items.#(tags.#(=="fast")).id',
  ]) {
    const value = items.json(path);
    console.log(path, typeof value, text(value));
  }
  console.log(text(res.json()) === text(JSON.parse(res.body)));
}
