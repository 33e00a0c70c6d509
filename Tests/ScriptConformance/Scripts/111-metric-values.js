// about: values metrics do not take
// messages: exact
// differs: log /1970-01-01/ `String(new Date())`
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

const metrics = [new Counter('a_counter'), new Gauge('a_gauge'), new Rate('a_rate'), new Trend('a_trend')];

export default function () {
  for (const metric of metrics) {
    for (const value of [NaN, null, undefined, 'text', {}, [], Infinity, -1, '7', new Date(5), [3]]) {
      let result;
      try {
        result = metric.add(value);
      } catch (error) {
        result = `${error.name}: ${error.message}`;
      }
      console.log(metric.name, JSON.stringify(value), String(value), result);
    }
    try {
      console.log(metric.add(), metric.add(1, { tag: 'x', n: 1, b: false }));
      metric.add(1, { tag: {} });
      metric.add(1, 5);
    } catch (error) {
      console.log(metric.name, error.name, error.message);
    }
  }
}
