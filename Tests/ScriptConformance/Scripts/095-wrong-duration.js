// about: a duration that is none
// differs: log /level=error/ error texts
export const options = { duration: '5 parsecs' };

export default function () {}
