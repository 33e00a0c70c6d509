// about: positions in TypeScript are those of the source
// args: -i 3
interface Wide {
  a: number;
  b: string;
}

type Many =
  | { kind: 'one' }
  | { kind: 'two' };

function thrower(value: Wide): never {
  const copy: Wide = { ...value };
  throw new Error(`thrown for ${copy.b}`);
}

export default function (): void {
  const wide: Wide = { a: 1, b: 'two' };
  if (__ITER === 0) thrower(wide);
  if (__ITER === 1) (wide as any).missing.property;
  try {
    thrower(wide);
  } catch (error: unknown) {
    console.log((error as Error).stack);
  }
}
