// about: things thrown that are no errors
// args: -i 7
// part: log /\\n\\tat default \([^)]*\/078-throw-values\.js:6:3\)\\n|(?<=msg=)"|"(?= executor=)/ a thrown value that is no Error
export default function () {
  const values = ['a text', 5, null, undefined, { a: 1 }, [1, 2], Symbol('s')];
  throw values[__ITER];
}
