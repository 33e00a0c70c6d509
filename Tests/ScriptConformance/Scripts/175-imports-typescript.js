// about: JavaScript that imports TypeScript
import { Level, describe } from './fixtures/modules/types.ts';

export default function () {
  console.log(Level.High, describe(Level.High), Object.keys(Level).join());
}
