// about: TypeScript with modules in CommonJS and JSON, and a class of its own errors
import common from './fixtures/modules/common.js';
import { fail } from 'k6';

const users: Array<{ name: string }> = JSON.parse(open('./fixtures/users.json'));

class Wrong extends Error {
  constructor(
    message: string,
    readonly code: number = 5,
  ) {
    super(message);
    this.name = 'Wrong';
  }
}

export const options = { iterations: 2 };

export default (): void => {
  console.log(common.name, common.add(1, 2), users.map((user) => user.name).join());
  if (__ITER === 0) throw new Wrong('typed');
  try {
    throw new Wrong('caught', 7);
  } catch (error) {
    if (error instanceof Wrong) console.log(error.name, error.code, error.message);
  }
  fail('at last');
};
