// about: thresholds on every type of metric, all kept
// args: -i 3
import { check } from 'k6';
import http from 'k6/http';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

const counter = new Counter('a_counter');
const gauge = new Gauge('a_gauge');
const rate = new Rate('a_rate');
const trend = new Trend('a_trend');

export const options = {
  thresholds: {
    a_counter: ['count==6', 'count>=6', 'count <= 6', 'count < 7', ' count > 5 ', 'count!=5', 'count===6'],
    a_gauge: ['value==3'],
    a_rate: ['rate>0.6', 'rate<0.7'],
    a_trend: ['avg==2', 'min==1', 'max==3', 'med<2.01', 'p(50)>1.99', 'p(99.9)<3.1', 'p(0)==1'],
    checks: ['rate==1'],
    http_reqs: ['count==3'],
    http_req_failed: ['rate==0'],
    http_req_duration: ['p(95)<10000', 'avg<10000'],
    iterations: ['count==3'],
    unused_but_built_in: [],
  },
};
delete options.thresholds.unused_but_built_in;

export default function () {
  counter.add(2);
  gauge.add(__ITER + 1);
  rate.add(__ITER !== 1);
  trend.add(__ITER + 1);
  check(http.get(__ENV.BASE), { ok: (r) => r.status === 200 });
}
