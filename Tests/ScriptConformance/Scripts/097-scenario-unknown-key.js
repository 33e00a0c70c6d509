// about: a scenario with a key nobody knows
// differs: log /level=error/ error texts
export const options = {
  scenarios: { s: { executor: 'shared-iterations', iteration: 5 } },
};

export default function () {}
