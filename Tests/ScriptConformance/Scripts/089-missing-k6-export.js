// about: a name one of k6's modules does not have
import { notThere } from 'k6';
import http, { alsoNot } from 'k6/http';

export default function () {
  console.log(typeof notThere, typeof alsoNot, typeof http);
}
