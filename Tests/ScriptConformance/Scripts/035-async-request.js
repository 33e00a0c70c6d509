// about: asyncRequest: promises, order, all at once, failures, a loop of awaits
import http from 'k6/http';

export default async function () {
  const base = __ENV.BASE;
  const slow = http.asyncRequest('GET', `${base}/delay/200`).then((res) => console.log('slow', res.status));
  const fast = http.asyncRequest('GET', `${base}/status/200`).then((res) => console.log('fast', res.status));
  console.log('started');
  await Promise.all([slow, fast]);
  const post = await http.asyncRequest('POST', `${base}/echo`, { a: 'b' }, { headers: { 'X-Y': 'z' } });
  console.log(post.json('body'), post.json('headers.X-Y'));
  const failed = await http.asyncRequest('GET', 'http://127.0.0.1:1/');
  console.log(failed.status, failed.error_code);
  try {
    await http.asyncRequest('GET', 'http://127.0.0.1:1/', null, { throw: true });
    console.log('not thrown');
  } catch (error) {
    console.log('rejected', String(error).split('\n')[0]);
  }
  const statuses = [];
  for (const status of [200, 201, 202]) statuses.push((await http.asyncRequest('GET', `${base}/status/${status}`)).status);
  console.log(statuses.join());
  const first = await Promise.race([
    http.asyncRequest('GET', `${base}/delay/250`),
    http.asyncRequest('GET', `${base}/status/203`),
  ]);
  console.log('first', first.status);
}
