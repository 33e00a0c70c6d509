// about: a scenario whose function is not exported
// differs: log /level=error/ error texts
export const options = {
  scenarios: { s: { executor: 'shared-iterations', exec: 'missing' } },
};

function missing() {}

export default function () {
  missing();
}
