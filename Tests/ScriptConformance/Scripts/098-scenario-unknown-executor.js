// about: an executor nobody knows
// differs: log /level=error/ error texts
export const options = { scenarios: { s: { executor: 'all-at-once' } } };

export default function () {}
