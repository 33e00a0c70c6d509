// about: two of the shortcuts at once
// differs: log /level=error/ error texts
export const options = { duration: '1s', stages: [{ duration: '1s', target: 1 }] };

export default function () {}
