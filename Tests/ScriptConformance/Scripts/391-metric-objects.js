// about: metrics are plain objects whose add works without them
// args: -i 1
import { Counter, Gauge, Rate, Trend } from "k6/metrics";
const metrics = [new Counter("a_counter"), new Gauge("a_gauge"), new Rate("a_rate"), new Trend("a_trend")];
const { add } = metrics[0];
export default function() {
  for (const metric of metrics) {
    console.log(Object.keys(metric), metric.name, JSON.stringify(metric), String(metric), metric instanceof Trend);
    try {
      metric.name = "other";
    } catch (e) {
      console.log(e.name);
    }
    console.log(metric.add(1), metric.add.call(null, 2, { a: "b" }), [3, 4].map(metric.add));
  }
  console.log(add(5), add("x"), add(null), add());
  console.log(metrics.map((m) => m.add).every((f) => typeof f === "function"), new Set(metrics.map((m) => m.add)).size);
}
