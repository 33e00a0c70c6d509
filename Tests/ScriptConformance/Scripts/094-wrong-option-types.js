// about: an option of the wrong type
export const options = { vus: 'many' };

export default function () {}
