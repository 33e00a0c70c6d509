// about: the option that throws bodies away, and who asks for one all the same
import http from 'k6/http';

export const options = { discardResponseBodies: true };

export default function () {
  const res = http.get(`${__ENV.BASE}/json`);
  console.log(res.body);
  try {
    res.json();
  } catch (error) {
    console.log(error.name, error.message);
  }
  console.log(http.get(`${__ENV.BASE}/json`, { responseType: 'text' }).json('name'));
}
