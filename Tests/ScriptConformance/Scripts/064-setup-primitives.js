// about: a text as setup's data
export function setup() {
  return 'only a text';
}

export default function (data) {
  console.log(typeof data, data);
}

export function handleSummary(data) {
  return { stdout: `${JSON.stringify(data.setup_data)}\n` };
}
