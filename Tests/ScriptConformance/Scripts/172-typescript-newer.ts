// about: TypeScript: satisfies, const type parameters
const log: string[] = [];

const palette = { red: [255, 0, 0], green: '#0f0' } satisfies Record<string, string | number[]>;

function tuple<const T extends readonly unknown[]>(values: T): T {
  return values;
}

class Service {
  level = 3;

  greet(name: string): string {
    return `hello ${name}`;
  }
}

type Fn = (...args: any[]) => unknown;
let optional: { a?: { b?: () => number } } = {};

export default function (): void {
  const [a, b] = tuple(['x', 1]);
  const service = new Service();
  log.push(service.greet('you'), String(service.level));
  const fn: Fn = (...rest) => rest.length;
  console.log(palette.red.length, palette.green.toUpperCase(), a, b, fn(1, 2, 3), optional.a?.b?.() ?? 'none');
  console.log(log.join(', '));
}
