// about: how many redirects are followed, by request, by option and by default
import http from 'k6/http';

function show(name, res) {
  console.log(name, res.status, res.url.replace(__ENV.BASE, ''), res.headers.Location, res.body.trim());
}

export default function () {
  show('none', http.get(`${__ENV.BASE}/redirect/3`, { redirects: 0 }));
  show('two of three', http.get(`${__ENV.BASE}/redirect/3`, { redirects: 2 }));
  show('three of three', http.get(`${__ENV.BASE}/redirect/3`, { redirects: 3 }).status === 200 ? { status: 200, url: '', headers: {}, body: '' } : {});
  show('default', http.get(`${__ENV.BASE}/redirect/12`));
}
