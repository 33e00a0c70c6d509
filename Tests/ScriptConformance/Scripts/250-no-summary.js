// about: no summary, so no handleSummary
// args: --no-summary
export default function () {}

export function handleSummary() {
  console.log('never');
  return { stdout: 'never' };
}
