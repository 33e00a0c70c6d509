// about: a number of VUs and nothing else
export const options = { vus: 3 };

export default function () {
  console.log('one iteration');
}
