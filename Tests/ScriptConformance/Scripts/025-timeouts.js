// about: time-outs of requests as numbers and as texts, in the head and in the body
import http from 'k6/http';

function show(name, res) {
  console.log(name, res.status, res.error, res.error_code, res.body && res.body.length, res.timings.duration > 50);
}

export default function () {
  show('number', http.get(`${__ENV.BASE}/delay/3000`, { timeout: 120 }));
  show('text', http.get(`${__ENV.BASE}/fault/stall-head`, { timeout: '120ms' }));
  show('numeric text', http.get(`${__ENV.BASE}/fault/stall-head`, { timeout: '120' }));
  show('in the head', http.get(`${__ENV.BASE}/fault/stall-mid-head`, { timeout: 120 }));
  show('in the body', http.get(`${__ENV.BASE}/fault/stall-body`, { timeout: 120 }));
  console.log(http.get(`${__ENV.BASE}/status/200`, { timeout: '5s' }).status);
}
