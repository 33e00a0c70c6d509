// about: TypeScript modules of which little is used
import { usedKind, usedFailure, Kind, type Value } from './fixtures/large-library/large-kinds.ts';

const value: Value = { kind: Kind.Two };

export default function (): void {
  console.log(usedKind(value));
  usedFailure();
}
