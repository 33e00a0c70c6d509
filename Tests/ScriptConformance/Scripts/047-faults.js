// about: connections that break in the middle of an answer
import http from 'k6/http';

export default function () {
  for (const fault of ['close', 'reset', 'close-mid-head', 'close-mid-body', 'reset-mid-body', 'truncated-chunk', 'garbage', 'bad-chunk', 'bad-length']) {
    const res = http.get(`${__ENV.BASE}/fault/${fault}`);
    console.log(fault, res.status, res.error_code, res.body === null ? null : res.body.length);
  }
  for (const path of ['/http10', '/until-close/20', '/early-hints', '/chunked/3', '/status/102']) {
    const res = http.get(`${__ENV.BASE}${path}`);
    console.log(path, res.status, res.proto, res.body.length);
  }
}
