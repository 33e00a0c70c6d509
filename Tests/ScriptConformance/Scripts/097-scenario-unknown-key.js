// about: a scenario with a key nobody knows
export const options = {
  scenarios: { s: { executor: 'shared-iterations', iteration: 5 } },
};

export default function () {}
