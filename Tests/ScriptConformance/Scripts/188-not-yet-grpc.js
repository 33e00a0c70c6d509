// about: a module that Apus does not have yet
// alone: `k6/ws`, `k6/websockets`, `k6/net/grpc`, `k6/browser`, streams, redis, `crypto.subtle`
import thing from 'k6/net/grpc';

export default function () {
  console.log(typeof thing);
}
