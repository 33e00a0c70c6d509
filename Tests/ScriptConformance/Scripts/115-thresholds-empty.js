// about: thresholds on metrics without samples
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

new Counter('no_counter');
new Gauge('no_gauge');
new Rate('no_rate');
new Trend('no_trend');

export const options = {
  thresholds: {
    no_counter: ['count==0'],
    no_gauge: ['value==0'],
    no_rate: ['rate>0.5'],
    no_trend: ['p(95)<5', 'max==0'],
    'no_trend{a:b}': ['avg<1'],
    checks: ['rate>0.9'],
    http_req_duration: ['p(95)<100'],
    'http_reqs{status:500}': ['count<1'],
  },
};

export default function () {}
