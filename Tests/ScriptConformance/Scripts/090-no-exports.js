// about: a script without a function to run
export const options = { vus: 1 };

console.log('evaluated');
