// about: a script inspect cannot read
// command: inspect
export const options = { vus: 1 };

throw new Error('no options for you');

export default function () {}
