// about: tags from the command line replace the script's
// args: --tag a=1 --tag b=two --tag name=all -i 2
import http from 'k6/http';

export const options = { tags: { c: 'script' } };

export function setup() {
  http.get(`${__ENV.BASE}/status/200`);
}

export default function () {
  http.get(`${__ENV.BASE}/status/200`);
}
