// about: a default export that is no function
export default 5;

export function other() {}
