// about: an executor nobody knows
export const options = { scenarios: { s: { executor: 'all-at-once' } } };

export default function () {}
