// about: --http-debug in a raw log, switched on by the script
// args: --log-format raw
import http from 'k6/http';

export const options = { httpDebug: 'full', userAgent: 'conformance' };

export default function () {
  http.post(`${__ENV.BASE}/headers?q=1`, 'text');
}
