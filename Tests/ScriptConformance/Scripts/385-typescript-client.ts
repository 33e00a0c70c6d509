// about: TypeScript with generics, enums, namespaces, abstract classes and imports of .ts files
import { Options, Scenario } from 'k6/options';
import exec from 'k6/execution';
import { SharedArray } from 'k6/data';
import { Trend, Counter } from 'k6/metrics';
import { group, sleep } from 'k6';
import ApiClient, { UserRole, type User } from './fixtures/teamwork/tw-team-client.ts';
import { Repository, Level, Flags, Geometry, isUser, overload } from './fixtures/teamwork/tw-team-types.ts';
declare const __ENV: Record<string, string>;
const env: { readonly BASE: string } = __ENV as any;
class Users extends Repository<User> { override validate(u: User): u is User { return u.id! > 0 && !!u?.name; } }
const data = new SharedArray<User>('users', (): User[] => [{ id: 1, name: 'a', roles: [UserRole.Admin] }, { id: 2, name: 'b' }]) as unknown as User[];
const scenario: Scenario = { executor: 'per-vu-iterations', vus: 1, iterations: 2, maxDuration: '30s' };
export const options: Options = { scenarios: { api: scenario }, thresholds: { 'http_req_duration{client:ts}': ['p(95)<9000'], ts_trend: ['avg>=0'] } satisfies Options['thresholds'] };
const trend = new Trend('ts_trend'), n: number | undefined = undefined;
export function setup(): { token: string; at: Date } { return { token: 't' as const, at: new Date(0) }; }
export default function ({ token, at }: ReturnType<typeof setup>): void {
  const api = new ApiClient(env.BASE, { tag: 'ts' });
  group<void>('ts', () => {
    const r = api.get<{ name: string }>('/json'); if (r.ok) console.log(r.value.name); else console.log((r as any).error.message);
    const bad = api.get<never>('/status/500'); console.log(bad.ok ? 'ok' : bad.error.message);
    const echo = api.post<User, User>('/echo', data[exec.scenario.iterationInTest % data.length]!); console.log(JSON.stringify(echo), echo.roles?.[0] === UserRole.Admin);
  });
  const repo = new Users('main'); repo.add({ id: 1, name: 'x' }).add({ id: 2, name: 'y' }); try { repo.add({ id: 0, name: '' }); } catch (e: unknown) { if (e instanceof RangeError) console.log(e.message); }
  console.log(repo.size, repo.name, Repository.count, [...repo].map(({ name }) => name), Level.High, Flags.AB, Flags[3], Geometry.dist({ x: -3 }), isUser(<any>{ id: 1 }), overload('s'), overload(4), token, typeof at, at as unknown as string, n ?? 'undef', api.calls);
  const tuple: [a: string, b?: number, ...rest: boolean[]] = ['x']; const [a, b = 5, ...rest] = tuple; console.log(a, b, rest); let x!: number; x = 1; const fn = function (this: void, y: number = x): number { return y ** 2; }; trend.add(fn(3)); label: for (const k in { p: 1, q: 2 } as const) { if (k === 'p') continue label; console.log(k); }

}
