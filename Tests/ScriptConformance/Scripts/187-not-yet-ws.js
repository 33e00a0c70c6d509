// about: a module that Apus does not have yet
// alone: `k6/ws`, `k6/websockets`, `k6/net/grpc`, `k6/browser`, streams, redis, `crypto.subtle`
import ws from 'k6/ws';

export default function () {
  ws.connect('ws://127.0.0.1:1/', () => {});
}
