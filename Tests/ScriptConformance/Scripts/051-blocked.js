// about: hosts and addresses a test must not reach
import http from 'k6/http';

export const options = {
  blockHostnames: ['blocked.test', '*.blocked.test'],
  blacklistIPs: ['10.0.0.0/8'],
  hosts: { 'open.test': __ENV.BASE.slice(7), 'far.test': '10.1.2.3' },
};

export default function () {
  for (const url of ['http://blocked.test/', 'http://sub.blocked.test/', 'http://BLOCKED.test/', 'http://10.9.8.7/', 'http://far.test/']) {
    const res = http.get(url);
    console.log(url, res.status, res.error_code, res.error);
  }
  console.log(http.get('http://open.test/headers').json('headers.Host'));
}
