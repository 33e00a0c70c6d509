// about: names that lead elsewhere
import http from 'k6/http';

export const options = {
  hosts: {
    'one.test': __ENV.BASE.slice(7),
    'two.test:8080': __ENV.BASE.slice(7),
    '*.three.test': __ENV.BASE.slice(7),
  },
};

export default function () {
  for (const host of ['one.test', 'one.test:1234', 'two.test:8080', 'a.three.test', 'a.b.three.test']) {
    const res = http.get(`http://${host}/echo`);
    console.log(host, res.status, res.json('headers.Host'), res.remote_ip);
  }
}
