// about: nobody listens
import http from 'k6/http';

export const options = { thresholds: { http_req_failed: ['rate==1'], 'http_reqs{error_code:1212}': ['count==2'] } };

export default function () {
  const res = http.get('http://127.0.0.1:1/path?x=1');
  console.log(res.status, res.status_text, res.error, res.error_code, res.body, res.url, res.proto);
  console.log(JSON.stringify(res.headers), JSON.stringify(res.cookies), res.remote_ip, res.remote_port);
  console.log(res.timings.duration, res.timings.connecting >= 0, Object.keys(res.timings).join());
  http.post('http://127.0.0.1:1/', 'x', { tags: { name: 'named' } });
}
