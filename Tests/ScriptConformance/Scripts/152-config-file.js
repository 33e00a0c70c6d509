// about: options from a config file, below the script's
// args: -c {fixtures}/config.json
import http from 'k6/http';

export const options = { iterations: 2 };

export default function () {
  const res = http.get(`${__ENV.BASE}/headers`);
  console.log(res.json('headers.User-Agent'));
}
