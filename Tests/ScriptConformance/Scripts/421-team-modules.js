// about: modules of every kind a team has: default classes, re-exports, cycles, JSON by open, state
import Client, { verbs as methods, default as Again, createClient } from './fixtures/mv-team/mv-client.js';
import * as all from './fixtures/mv-team/mv-client.js';
import { state, bump } from './fixtures/mv-team/mv-state.js';
import legacy from './fixtures/mv-team/mv-legacy.js';
import { helper } from './fixtures/mv-team/mv-legacy.js';
export { options } from './fixtures/mv-team/mv-client.js';
export * from './fixtures/mv-team/mv-hooks.js';
bump();
export { run as default };
async function run(data) {
  const c = createClient(__ENV.BASE, { headers: { 'X-Team': 'a' } });
  console.log(methods, Client === Again, Object.keys(all).sort(), all.default === Client, typeof legacy.helper, helper(), legacy.count(), JSON.stringify(state), bump(), state.n, data);
  const r = await c.get('/headers').expect(200).json('headers.X-Team'); console.log(r);
  try { await c.get('/status/404').expect(200).json(); } catch (e) { console.log(e.name, e.message, e instanceof all.ClientError, e.stack.split('\n').length > 1); }
  try { state = 5; } catch (e) { console.log(e.name); } try { all.verbs = 1; } catch (e) { console.log(e.name); } try { all.added = 1; } catch (e) { console.log(e.name); } console.log(Object.isFrozen(all), Object.isSealed(all), all[Symbol.toStringTag], 'verbs' in all, typeof import.meta.url, import.meta.resolve ? import.meta.resolve('./x.js').startsWith('file://') : 'none');
  if (__ITER === 1) c.missing();
}
