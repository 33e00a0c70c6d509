// about: async setup, default and teardown
import http from 'k6/http';

export async function setup() {
  const res = await http.asyncRequest('GET', `${__ENV.BASE}/json`);
  return { kind: res.json('kind') };
}

export default async function (data) {
  await new Promise((resolve) => setTimeout(resolve, 5));
  console.log(data.kind);
}

export async function teardown(data) {
  await Promise.resolve();
  console.log('teardown', data.kind);
}
