// about: setup that is no function
// differs: log /level=error/ error texts
export const setup = 5;

export default function () {}
