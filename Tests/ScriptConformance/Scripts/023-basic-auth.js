// about: credentials in the URL, masked in tags and in the response's URL
import http from 'k6/http';

export default function () {
  const withUser = (credentials) => `${__ENV.BASE.replace('//', `//${credentials}@`)}/basic-auth/ann/p%40ss`;
  for (const credentials of ['ann:p%40ss', 'ann:wrong', 'ann']) {
    const res = http.get(withUser(credentials));
    console.log(res.status, res.json('authenticated'), res.url.replace(/127.*?\//, ''), res.request.url.replace(/127.*?\//, ''));
  }
  const res = http.get(withUser('ann:p%40ss'), { auth: 'basic' });
  console.log(res.status, res.request.headers.Authorization);
  const own = http.get(withUser('bob:x'), { headers: { Authorization: 'Basic YW5uOnBAc3M=' } });
  console.log(own.status);
}
