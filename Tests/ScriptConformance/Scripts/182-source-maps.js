// about: a generated file with its map inside: positions of the source
import { boom } from './fixtures/modules/generated.js';

export default function () {
  boom();
}
