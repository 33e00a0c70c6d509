// about: an option of the wrong type
// differs: log /level=error/ error texts
export const options = { vus: 'many' };

export default function () {}
