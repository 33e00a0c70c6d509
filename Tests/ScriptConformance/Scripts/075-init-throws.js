// about: an exception in init code
import http from 'k6/http';

function prepare() {
  const list = undefined;
  return list.length;
}

prepare();

export default function () {
  http.get(__ENV.BASE);
}
