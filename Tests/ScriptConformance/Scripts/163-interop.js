// about: CommonJS and ES modules together, in both directions
// differs: log /space: / `import * as` of a CommonJS module
import common, { add, value } from './fixtures/modules/common.js';
import * as space from './fixtures/modules/common.js';
import marked, { other } from './fixtures/modules/marked.js';
import * as markedSpace from './fixtures/modules/marked.js';

const plain = require('./fixtures/modules/plain.js');
const again = require('./fixtures/modules/common.js');
const http = require('k6/http');
const k6 = require('k6');

export default function () {
  console.log(common.name, add(1, 2), value);
  console.log('space:', Object.keys(space).sort().join());
  console.log(marked, other, Object.keys(markedSpace).sort().join());
  console.log(Object.keys(plain).sort().join(), plain.__esModule, again === common);
  console.log(typeof http.get, typeof http.default, http.__esModule, typeof k6.check, typeof k6.default);
}
