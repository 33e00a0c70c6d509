// about: setup that is no function
export const setup = 5;

export default function () {}
