// about: other system tags than the default, vu and iter as metadata
// args: -i 2
import { check } from 'k6';
import http from 'k6/http';

export const options = { systemTags: ['vu', 'iter', 'ip', 'status', 'check', 'method', 'scenario'] };

export default function () {
  http.get(`${__ENV.BASE}/`);
  check(1, { one: true });
}
