// about: a file that is not there
const text = open('./fixtures/not-there.txt');

export default function () {
  console.log(text);
}
