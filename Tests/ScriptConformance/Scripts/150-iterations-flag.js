// about: flags over the script's scenarios
// args: --iterations 3 --vus 2
export const options = {
  scenarios: { s: { executor: 'constant-vus', vus: 5, duration: '1m', exec: 'other' } },
  tags: { a: 'b' },
};

export function other() {
  console.log('never');
}

export default function () {
  console.log('default');
}
