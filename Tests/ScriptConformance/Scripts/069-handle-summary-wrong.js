// about: handleSummary that returns what cannot be written
export default function () {}

export function handleSummary() {
  return { stdout: 5, 'no/such/folder/x.txt': 'text' };
}
