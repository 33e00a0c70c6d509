// about: digest authentication: two requests, the answer of the second
import http from 'k6/http';

export default function () {
  const url = (credentials) => `${__ENV.BASE.replace('//', `//${credentials}@`)}/digest-auth/ann/pw`;
  const right = http.get(url('ann:pw'), { auth: 'digest' });
  console.log(right.status, right.json('authenticated'), right.error_code);
  const wrong = http.get(url('ann:no'), { auth: 'digest' });
  console.log(wrong.status, wrong.json('authenticated'), wrong.error_code);
  const post = http.post(url('ann:pw'), 'body', { auth: 'digest' });
  console.log(post.status, post.json('authenticated'));
  const open = http.get(`${__ENV.BASE.replace('//', '//a:b@')}/status/200`, { auth: 'digest' });
  console.log(open.status);
  const without = http.get(url('ann:pw'));
  console.log(without.status);
}
