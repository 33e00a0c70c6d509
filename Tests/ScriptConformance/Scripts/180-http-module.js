// about: a module over http
import { nothing } from 'http://127.0.0.1:1/x.js';

export default function () {
  console.log(nothing);
}
