// about: WebCrypto's subtle, which Apus does not have yet, in an iteration
// alone: `k6/ws`, `k6/websockets`, `k6/net/grpc`, `k6/browser`, streams, redis, `crypto.subtle`
export const options = { iterations: 5 };

export default async function () {
  console.log('before');
  try {
    await crypto.subtle.digest('SHA-256', new Uint8Array(3));
  } catch (e) {
    console.log('caught');
  }
  console.log('after');
}
