// about: every type of metric, with numbers, truths and texts of numbers
// args: -i 2
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

const counter = new Counter('a_counter');
const gauge = new Gauge('a_gauge');
const rate = new Rate('a_rate');
const trend = new Trend('a_trend');
const time = new Trend('a_time', true);
const data = new Counter('some_time_counter', true);

export default function () {
  console.log(counter.name, counter.add(2), counter.add(0.5), counter.add(0), counter.add(true), counter.add('4'));
  console.log(gauge.add(5), gauge.add(-3), gauge.add(1.25));
  console.log(rate.add(true), rate.add(false), rate.add(1), rate.add(0), rate.add(7), rate.add(''));
  for (const value of [1, 2, 3, 4, 100, 0, 0.5]) trend.add(value);
  for (const value of [1, 250, 5000]) time.add(value);
  data.add(1500);
}
