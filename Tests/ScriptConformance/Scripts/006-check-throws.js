// about: a predicate that throws counts as failed, the rest is not looked at, the iteration ends
// args: -i 2
import { check } from 'k6';

export default function () {
  console.log('before');
  check(null, {
    first: () => true,
    second: () => {
      throw new Error('predicate broke');
    },
    third: () => true,
  });
  console.log('not reached');
}
