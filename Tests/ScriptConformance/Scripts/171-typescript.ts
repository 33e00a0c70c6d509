// about: TypeScript: types, enums, generics, classes, namespaces
import { check, group } from 'k6';
import http, { type RefinedResponse, type ResponseType } from 'k6/http';
import { SharedArray } from 'k6/data';
import type { Options } from 'k6/options';
import { Level, describe as describeLevel, type Shape } from './fixtures/modules/types.ts';

export const options: Options = { iterations: 2, thresholds: { checks: ['rate==1'] } };

enum Colour {
  Red,
  Green = 5,
  Blue,
}

const enum Direction {
  Up = 'up',
  Down = 'down',
}

interface User {
  readonly name: string;
  password?: string;
}

abstract class Animal<T extends object = {}> {
  static count = 0;
  protected constructor(
    public readonly name: string,
    private legs: number = 4,
    declare?: T,
  ) {
    Animal.count += 1;
  }
  abstract sound(): string;
  get describe(): string {
    return `${this.name} on ${this.legs} says ${this.sound()}`;
  }
}

class Bird extends Animal {
  constructor(name: string) {
    super(name, 2);
  }
  override sound(): string {
    return 'sriii';
  }
}

namespace Tools {
  export const twice = <T>(value: T): [T, T] => [value, value];
}

function first<T>(list: readonly T[]): T | undefined {
  return list[0]!;
}

const users = new SharedArray<User>('users', () => JSON.parse(open('./fixtures/users.json')) as User[]);
let late!: string;
const shape: Shape = { kind: 'circle', radius: 2 };

export default function (this: void): void {
  late = <string>'set';
  const res: RefinedResponse<ResponseType> = http.get(`${__ENV.BASE}/json`);
  group('typed', (): void => {
    check(res, { 'is apus': (r): boolean => (r.json() as any).name === 'apus' });
  });
  console.log(Colour.Green, Colour[6], Direction.Down, new Bird('Apus').describe, Animal.count);
  console.log(Tools.twice('x').join(), first(users)?.name ?? 'none', late, Level.High, describeLevel(Level.Low), shape.kind);
}
