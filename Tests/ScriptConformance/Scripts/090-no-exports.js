// about: a script without a function to run
// differs: log /level=error/ error texts
export const options = { vus: 1 };

console.log('evaluated');
