// about: an authentication Apus does not have
// alone: `auth: 'ntlm'`
import http from 'k6/http';

export default function () {
  const res = http.get(`${__ENV.BASE.replace('//', '//a:b@')}/status/200`, { auth: 'ntlm' });
  console.log(res.status);
}
