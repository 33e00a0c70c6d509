// about: the shortcuts as a scenario
// command: inspect --execution-requirements
export const options = { stages: [{ duration: '10s', target: 5 }, { duration: '1m', target: 5 }], vus: 2 };

export default function () {}
