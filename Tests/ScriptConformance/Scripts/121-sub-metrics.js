// about: thresholds with several tags, quotes and values with colons
import http from 'k6/http';
import { Counter } from 'k6/metrics';

const counter = new Counter('a_counter');

export const options = {
  thresholds: {
    'a_counter{a:1,b:2}': ['count==5'],
    'a_counter{ a : 1 }': ['count==6'],
    'a_counter{b:"2"}': ['count==5'],
    "a_counter{c:'x y'}": ['count==7'],
    'a_counter{url:http://a.test/}': ['count==1'],
    'http_reqs{status:404,method:GET}': ['count==1'],
    'http_req_duration{status:200}': ['max<10000'],
  },
};

export default function () {
  counter.add(5, { a: '1', b: '2' });
  counter.add(1, { a: 1 });
  counter.add(7, { c: 'x y' });
  counter.add(1, { url: 'http://a.test/' });
  http.get(`${__ENV.BASE}/status/404`);
  http.head(`${__ENV.BASE}/status/404`);
  http.get(`${__ENV.BASE}/`);
}
