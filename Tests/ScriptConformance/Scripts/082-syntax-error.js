// about: a script that cannot be parsed
import http from 'k6/http';

export default function () {
  const a = ;
  http.get(__ENV.BASE);
}
