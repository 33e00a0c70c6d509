// about: the cookies of a response with all their parts
import http from 'k6/http';

export default function () {
  const res = http.get(`${__ENV.BASE}/cookies/set?a=1&b=two%20words`, { redirects: 0 });
  console.log(JSON.stringify(res.cookies));
  const login = http.get(`${__ENV.BASE}/shop/login`);
  console.log(JSON.stringify(login.cookies));
  console.log(Object.keys(login.cookies.csrf[0]).join(), login.cookies.none);
  console.log(JSON.stringify(http.get(`${__ENV.BASE}/`).cookies));
}
