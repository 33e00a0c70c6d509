// about: the consolidated options, frozen
// args: --tag from=flag -i 2 -u 1 --rps 100
// messages: exact
// differs: log /own (scenarios|executionSegment|blacklistIPs|blockHostnames|hosts|tlsCipherSuites) / `options` of a script in its VUs: `scenarios`, `executionSegment`, `blacklistIPs`, `blockHostnames`, `hosts`, `tlsCipherSuites`
import exec from 'k6/execution';

export const options = {
  duration: '10s',
  thresholds: { http_reqs: ['count==0'] },
  summaryTrendStats: ['avg'],
  maxRedirects: 3,
  dns: { ttl: '1m' },
};

export default function () {
  if (__ITER > 0) return;
  console.log(JSON.stringify(exec.test.options));
  try {
    exec.test.options.maxRedirects = 5;
    console.log('assigned', exec.test.options.maxRedirects);
  } catch (error) {
    console.log(error.name);
  }
  for (const key of Object.keys(options).sort()) console.log('own', key, JSON.stringify(options[key]));
}
