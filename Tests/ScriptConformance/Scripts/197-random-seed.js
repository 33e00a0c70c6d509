// about: a seed makes the same numbers again
// args: -i 2
// messages: exact
import { randomSeed } from 'k6';

export default function () {
  randomSeed(42);
  const first = [Math.random(), Math.random()];
  randomSeed(42);
  const second = [Math.random(), Math.random()];
  randomSeed(43);
  console.log(first.join() === second.join(), Math.random() !== first[0], first.every((x) => x >= 0 && x < 1));
}
