// Deterministic values at the edges of every number format.
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
import { dumpAndFail } from './common.js';

const values = [
  0, 0.0000004, 0.0000005, 0.0005, 0.000999, 0.0009999, 0.001, 0.0012345, 0.5, 0.999, 0.9999, 0.99999, 0.999999, 1, 1.005,
  1.5, 9.999, 10, 12.345678, 99.995, 100, 999.99, 999.994, 999.995, 999.999, 999.9999, 1000, 1000.5, 1234.5678, 9999.9,
  59990, 59999, 59999.9, 60000, 60001, 60500, 61000, 119999.9, 120000, 3599000, 3599999, 3600000, 3600001, 3661000,
  86400000, 90061000, 1e9, 1e12, 1e21, 1e-7, 1e-10, 123456789.123456, 0.1234567, 0.12345651, 0.00000049, 2.5e-6,
  0.29, 1.15, 4.35, 8.2, 0.0078125, 0.0234375, 1.0000005, 2.0078125, 290, 1150.001, 35.855, 0.035855, 9007199254.7409915,
  -1, -0.5, -0.0001, -1234.5, -60000, -3600000,
];
const makers = values.map((value, index) => {
  const id = String(index).padStart(2, '0');
  const made = { value, timed: new Gauge(`t${id}`, true), plain: new Gauge(`p${id}`) };
  if (index % 9 !== 3) return made;
  return { ...made, counter: new Counter(`c${id}`), timedCounter: new Counter(`tc${id}`, true),
    trend: new Trend(`tr${id}`, true), plainTrend: new Trend(`pt${id}`) };
});
const rates = [[0, 1], [1, 1], [1, 2], [1, 3], [2, 3], [1, 7], [999, 1000], [9999, 10000], [1, 20000], [19999, 20000], [29, 100], [57, 100], [58, 100], [7, 100], [1, 8], [1123, 10000]]
  .map(([hits, total], index) => ({ hits, total, rate: new Rate(`r${index}`) }));

export const options = {
  thresholds: {
    data_sent: ['count>1', 'rate<1'], tc03: ['count>1', 'rate<1'], tc21: ['count > 1.5', ' rate<=1e3 '], t15: ['value==1.5'], c12: ['count!=3', 'rate!=1'], p14: ['value!=2'], r3: ['rate!=1'], pt12: ['avg!=1', 'p(95) != 1'],
    tr12: ['p(99.50)<1', 'avg===3', 'p(0)>=0'],
  },
};

export default function () {
  for (const m of makers) {
    m.timed.add(m.value);
    m.plain.add(m.value);
    if (m.trend === undefined) continue;
    if (m.value >= 0) { m.counter.add(m.value); m.timedCounter.add(m.value); }
    m.trend.add(m.value);
    m.plainTrend.add(m.value);
  }
  for (const r of rates) {
    for (let i = 0; i < r.total; i += 1) r.rate.add(i < r.hits);
  }
}

export function handleSummary(data) { dumpAndFail(data); }
