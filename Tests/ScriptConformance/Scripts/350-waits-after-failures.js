// about: sleeps, timers and requests right after a request that failed without a socket's help take their time and no longer
// args: -i 2
// workers: each
import http from 'k6/http';
import { sleep } from 'k6';

export const options = {
  blockHostnames: ['*.blocked.test'],
  blacklistIPs: ['10.0.0.0/8'],
};

const failures = {
  blocked: () => http.get('http://x.blocked.test/'),
  blacklisted: () => http.get('http://10.1.2.3/'),
  late: () => http.get(`${__ENV.BASE}/delay/3000`, { timeout: '30ms' }),
  batch: () => http.batch(['http://10.1.2.3/', 'http://10.1.2.3/'])[1],
  promised: () => http.asyncRequest('GET', 'http://10.1.2.3/'),
};

async function measure(name, wait) {
  const began = Date.now();
  let code = 0;
  for (let i = 0; i < 3; i++) {
    code = (await failures[name]()).error_code;
    await wait();
  }
  const ms = Date.now() - began;
  console.log(`${name} ${code} ${ms >= 14 && ms < 700 ? 'in time' : `took ${ms} ms`}`);
}

export default async function () {
  for (const name of Object.keys(failures)) {
    await measure(name, () => sleep(0.005));
    await measure(name, () => new Promise((go) => setTimeout(go, 5)));
  }
}
