// about: a duration that is none
export const options = { duration: '5 parsecs' };

export default function () {}
