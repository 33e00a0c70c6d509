// about: scenarios whose values make no sense
// differs: log /level=error/ error texts
export const options = {
  scenarios: {
    two: { executor: 'constant-vus', vus: 0 },
  },
};

export default function () {}
