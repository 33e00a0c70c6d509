// about: a batch as an object: the answers under the same names, limits on what goes at once
import http from 'k6/http';

export const options = { batch: 3, batchPerHost: 2 };

export default function () {
  const base = __ENV.BASE;
  const answers = http.batch({
    front: `${base}/`,
    echo: { method: 'POST', url: `${base}/echo`, body: 'x' },
    missing: ['GET', `${base}/status/404`],
    slow: `${base}/delay/30`,
    refused: 'http://127.0.0.1:1/',
    more: `${base}/status/202`,
  });
  console.log(Array.isArray(answers), Object.keys(answers).sort().join());
  for (const name of Object.keys(answers).sort()) console.log(name, answers[name].status, answers[name].error_code);
  console.log(answers.echo.json('body'));
}
