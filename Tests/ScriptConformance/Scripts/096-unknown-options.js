// about: options nobody knows are only a warning
export const options = { surprise: 1, iterations: 1 };

export default function () {
  console.log('ran');
}
