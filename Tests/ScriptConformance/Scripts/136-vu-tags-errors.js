// about: tags and metadata of the VU: kinds of values, names that are k6's, deletion
// args: -i 2 --system-tags=vu,iter,group,scenario,url
// messages: exact
import exec from 'k6/execution';
import { Counter } from 'k6/metrics';

const counter = new Counter('counter');

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

const text = (value) => JSON.stringify(sorted(value));

function attempt(name, action) {
  try {
    console.log(name, String(action()));
  } catch (error) {
    console.log(name, 'threw', error.name, error.message);
  }
}

export default function () {
  const { tags } = exec.vu;
  attempt('text', () => (tags.a = 'text'));
  attempt('number', () => (tags.b = 1.5));
  attempt('truth', () => (tags.c = false));
  attempt('object', () => (tags.d = {}));
  attempt('null', () => (tags.e = null));
  attempt('undefined', () => (tags.f = undefined));
  attempt('system', () => (tags.url = 'mine'));
  attempt('iter as tag', () => (tags.iter = 5));
  attempt('group', () => (exec.vu.metrics.tags.group = 'own'));
  attempt('metadata', () => (exec.vu.metrics.metadata.trace = 'id1'));
  attempt('metadata vu', () => (exec.vu.metrics.metadata.vu = 'mine'));
  attempt('metadata object', () => (exec.vu.metrics.metadata.o = {}));
  counter.add(1);
  console.log(text(tags), text(exec.vu.metrics.tags), text(exec.vu.metrics.metadata));
  console.log(Object.keys(tags).sort().join(), 'a' in tags, tags.missing);
  attempt('delete', () => delete tags.a);
  attempt('replace', () => (exec.vu.tags = { x: 'y' }));
  attempt('replace metrics tags', () => (exec.vu.metrics.tags = { x: 'y', z: 2 }));
  counter.add(1);
}
