// about: options that hold a function are refused, as k6 does
// part: log /error parsing script options: (?=json)/ error texts
// part: log /could not .*?: (?=json)/ error texts
export const options = { vus: 1, iterations: 1, tags: { a: "x" }, hook: () => 1 };
export default function() {
}
