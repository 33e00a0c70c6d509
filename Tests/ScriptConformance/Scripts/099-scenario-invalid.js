// about: scenarios whose values make no sense
export const options = {
  scenarios: {
    two: { executor: 'constant-vus', vus: 0 },
  },
};

export default function () {}
