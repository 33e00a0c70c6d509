// about: a default export that is no function
// differs: log /level=error/ error texts
export default 5;

export function other() {}
