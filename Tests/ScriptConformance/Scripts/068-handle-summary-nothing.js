// about: handleSummary that returns nothing
export default function () {}

export function handleSummary(data) {
  console.log('in handleSummary', typeof data);
}
