// about: no system tags at all
// args: -i 1 --system-tags= --tag only=this
import { check, group } from 'k6';
import http from 'k6/http';

export default function () {
  group('g', () => {
    http.get(`${__ENV.BASE}/`);
    check(1, { one: true });
  });
}
