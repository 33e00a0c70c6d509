// about: the tag ip, of failed requests, too
// args: -i 1 --system-tags=ip,status,name,error_code
import http from 'k6/http';

const B = __ENV.BASE;

export default function () {
  for (const path of ['/', '/fault/close', '/fault/reset', '/fault/close-mid-body', '/fault/close-mid-head', '/delay/300', '/redirect/1']) {
    const res = http.get(B + path, { timeout: path.startsWith('/delay') ? 100 : '2s', tags: { name: path } });
    console.log(path, res.status, res.remote_ip, res.remote_port > 0);
  }
  const refused = http.get('http://127.0.0.1:1/', { tags: { name: 'refused' } });
  console.log(refused.remote_ip, refused.remote_port);
}
