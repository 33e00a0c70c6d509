// about: the option userAgent
import http from 'k6/http';

export const options = { userAgent: 'own agent/2.0' };

export default function () {
  console.log(http.get(`${__ENV.BASE}/headers`).json('headers.User-Agent'));
}
