// about: the description before a run
// quiet: no
// outputs: no
// differs: stdout /[\\‾`]|^ *(load|thresholds|end): |^$/ before the start
export const options = {
  scenarios: {
    one: { executor: 'shared-iterations', vus: 2, iterations: 2, maxDuration: '1m', tags: { a: 'b' } },
    two: { executor: 'per-vu-iterations', vus: 1, iterations: 1, exec: 'other', startTime: '200ms', gracefulStop: '1s' },
  },
};

export default function () {}

export function other() {}
