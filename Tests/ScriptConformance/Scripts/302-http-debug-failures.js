// about: --http-debug=full: requests that fail, that cannot be sent, and answers that break off
// args: --http-debug=full --user-agent conformance
import http from 'k6/http';

const base = __ENV.BASE;

export const options = { httpDebug: 'headers', blockHostnames: ['blocked.test'] };

export default function () {
  http.get('http://127.0.0.1:1/refused');
  http.get('http://blocked.test/x');
  http.get(`${base}/fault/reset`);
  http.get(`${base}/delay/2000`, { timeout: 100 });
  console.log(http.get(`${base}/fault/close-mid-body`).status);
  http.get(`${base}/fault/bad-chunk`);
  http.get(`${base}/status/200`, { headers: { 'Not a name': 'x' } });
  http.get(`${base}/status/200`, { headers: { Name: 'not\na value' } });
  http.request('NOT A METHOD', `${base}/status/200`);
  http.get('ftp://127.0.0.1/x');
  http.get('no url at all');
  try {
    http.get('http://127.0.0.1:1/thrown', { throw: true });
  } catch (e) {
    console.log('thrown');
  }
}
