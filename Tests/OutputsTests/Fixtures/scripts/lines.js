// Values and tags that are hard to write: extreme numbers, characters that must be escaped, metadata, thresholds
// of every form.
import { check, group } from 'k6';
import exec from 'k6/execution';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
const v = new Trend('val'); const t = new Trend('t_time', true); const c = new Counter('cnt'); const g = new Gauge('gau'); const r = new Rate('rat');
export const options = { iterations: 1, thresholds: {
  val: ['max<1e30', { threshold: 'avg<1e40', abortOnFail: true, delayAbortEval: '10s' }, { threshold: 'min>-1e40', abortOnFail: false }],
  'val{tag:x}': ['max<1e30'], 'cnt{tag:"q",b:2}': [],
} };
const values = [0, 1, -1, 0.1, 1.5, 100, 123456, 999999, 1000000, 1234567, 123456789, 1e15, 1e16, 1e20, 1e21, 1.5e22, 1e-3, 1e-4, 1e-5, 1.5e-5, 1e-6, 1e-7, 0.000123, 0.123456, 0.1234567, 0.12345678901234567, 2/3, 0.0078125, 0.5, 0.0000005, 0.00000150, 1e300, -0.25, -1e7, 12.34, 0.30000000000000004, 5e-324, -0, 43.724123, 999.999999, 999999.999999, 1000000.5, 123456789.123456, 4503599627370497.5];
export default function () {
  for (const x of values) v.add(x, { i: String(x) });
  v.add(1, { tag: 'a<b>&"q"\\\t\n\r\u2028\u2029é\u007f\u0001 x,y;z=1&b=2😀' });
  v.add(1, { tag: ' lead', b: '', 'a key': 'v', A: '1', 'é': '2' });
  v.add(2, { tag: '\\.' });
  v.add(2, { tag: 'x"y' });
  t.add(1.25); c.add(3, {tag:'q', b:'2'}); g.add(4); r.add(true); r.add(0);
  exec.vu.metrics.metadata.trace = 'abc';
  c.add(1);
  delete exec.vu.metrics.metadata.trace;
  group('g', () => { check(1, { ok: () => true, 'not, ok': () => false }, { mine: 'x' }); });
}
