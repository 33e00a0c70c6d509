// about: a batch as a list: texts, lists and objects, the order of the answers
import { check } from 'k6';
import http from 'k6/http';

export default function () {
  const base = __ENV.BASE;
  const answers = http.batch([
    `${base}/status/201`,
    ['GET', `${base}/delay/60`],
    ['POST', `${base}/echo`, 'a body', { headers: { 'X-Way': 'list' }, tags: { way: 'list' } }],
    { method: 'PUT', url: `${base}/echo`, body: { form: 'data' }, params: { headers: { 'X-Way': 'object' } } },
    { url: `${base}/status/404` },
    ['GET', `${base}/echo`, 'dropped'],
    ['GET', `${base}/bytes/4`, null, { responseType: 'binary' }],
    ['DELETE', `${base}/echo`],
  ]);
  console.log(Array.isArray(answers), answers.length, answers.map((res) => res.status).join());
  console.log(answers[2].json('body'), answers[2].json('headers.X-Way'), answers[3].json('body'), answers[3].json('headers.X-Way'));
  console.log(answers[5].json('bodyBytes'), answers[6].body.byteLength, answers[7].json('method'));
  check(answers, { 'all there': (list) => list.every((res) => res.status > 0) });
  console.log(http.batch([]).length);
}
