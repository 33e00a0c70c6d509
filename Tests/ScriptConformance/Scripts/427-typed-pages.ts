// about: a typed page-object project in one file
import http, { RefinedResponse, ResponseType, Params } from 'k6/http';
import { check, group, sleep } from 'k6';
import type { Options, Scenario } from 'k6/options';
import { Counter, Trend } from 'k6/metrics';
enum Role { Guest = 1, User, Admin = 'admin'.length, }
const enum Http { Ok = 200, Created = 201 }
enum Text { A = 'a', B = `b` }
interface User { readonly id: number; name?: string; role: Role; [extra: string]: unknown }
type DeepPartial<T> = { [K in keyof T]?: T[K] extends object ? DeepPartial<T[K]> : T[K] };
type Verb = 'GET' | 'POST';
namespace Config { export const base: string = __ENV.BASE; export namespace Inner { export let n = 1; } export function url<P extends string>(p: P): `${string}${P}` { return `${base}${p}` as const; } }
abstract class Page<T extends Record<string, unknown> = {}> {
  protected static instances = 0;
  declare declared: string;
  private cache?: T; accessor!: string;
  constructor(protected readonly path: string, public opts: Partial<Params> = {}) { Page.instances++; }
  abstract name(): string;
  open(this: Page<T>): RefinedResponse<ResponseType | undefined> { return http.get(Config.url(this.path), { ...this.opts, tags: { page: this.name() } }); }
  get data(): T | undefined { return this.cache; }
  set data(v) { this.cache = v; }
  static count(): number { return this.instances; }
}
class Shop extends Page<{ title: string }> {
  override name() { return 'shop'; }
  title = <string>(this.path satisfies string);
  load(): this { const r = this.open(); this.data = { title: r.html('title').text() }; return this; }
}
function isUser(x: unknown): x is User { return typeof x === 'object' && x !== null && 'id' in x; }
function assert(x: unknown, m = 'assert'): asserts x { if (!x) throw new Error(m); }
function over(a: string): string; function over(a: number): number; function over(a: any) { return a; }
const log = (t: any, k: string | symbol) => {};
export const options: Options = { iterations: 2, thresholds: { 'http_req_duration{page:shop}': ['p(95)<9000'] } as Options['thresholds'] };
const hits = new Counter('hits'), lat = new Trend('lat', true);
export function setup(): { users: User[] } { return { users: [{ id: 1, role: Role.Admin }, { id: 2, role: Role.User, name: 'b' }] }; }
export default function main(data: ReturnType<typeof setup>): void {
  const shop = new Shop('/shop', { redirects: 0 }).load();
  console.log(shop.data!.title, Shop.count(), shop.title, Object.keys(shop), Role[2], Role, Text, Http.Created, Config.Inner.n, (data.users as any)[0]!.role!, over('x'));
  const map = new Map<string, Array<User>>(); for (const u of data.users) (map.get(Role[u.role]) ?? map.set(Role[u.role], []).get(Role[u.role])!).push(u);
  console.log([...map].map(([k, v]) => [k, v.length] as const), isUser(data.users[0]), isUser(null));
  const g = <T,>(x: T): T => x; const tuple: [a: number, b?: string] = [g<number>(1)]; let v!: number; v = tuple[0];
  hits.add(v as unknown as number); label: { if (v) break label; }
  try { assert(false, `typed ${__ITER}`); } catch (e: unknown) { if (e instanceof Error) console.log(e.message, (e as Error & { stack: string }).stack.split('\n').length); }
  group('typed', (): void => { check<RefinedResponse<'text'>>(http.request<'text'>('GET' as Verb, Config.url('/json')), { ok: (r) => r.status === Http.Ok }); });
  if (__ITER === 1) { const u: User | undefined = undefined; (u as any).name; }
}
