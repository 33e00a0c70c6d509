// about: the order of localeCompare, the form of dates for a locale
// args: -i 1
export default function() {
  let seed = 7;
  const random = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648, Math.floor(seed / 65536) % n);
  const letters = [..."abcABC019_-.:/{}[]() ,'\"éÉäñßz$%&+<>|~#@!?*;=^`\\"];
  const word = () => Array.from({ length: random(5) }, () => letters[random(letters.length)]).join("");
  for (let line = 0; line < 20; line += 1) {
    let results = "";
    for (let i = 0; i < 50; i += 1) {
      const a = word();
      results += "<=>"[a.localeCompare(random(3) ? word() : a.toUpperCase()) + 1];
    }
    console.log(results);
  }
  const words = ["Über", "uber", "Zebra", "apple", "Äpfel", "apfel", "a-b", "ab", "a b", "aB", "AB", "http_reqs", "http_req_failed", "http_req_duration{a:b}", "http_req_duration", "10", "9"];
  console.log(words.sort((a, b) => a.localeCompare(b)).join("|"));
  console.log("a".localeCompare("B", "en", { sensitivity: "base" }), "undefined".localeCompare(), "1".localeCompare(1), "".localeCompare("a"), "x".localeCompare.name, "x".localeCompare.length);
  for (const date of [/* @__PURE__ */ new Date(0), /* @__PURE__ */ new Date(1709211909007), /* @__PURE__ */ new Date(-1e13), /* @__PURE__ */ new Date(NaN), /* @__PURE__ */ new Date(2534023008e5)]) {
    console.log([date.toLocaleString(), date.toLocaleDateString(), date.toLocaleTimeString("de-DE")].join(" | "));
  }
  console.log([1, /* @__PURE__ */ new Date(0), null, "x"].toLocaleString(), Object.keys(Date.prototype).length);
  try {
    Date.prototype.toLocaleString.call({});
  } catch (e) {
    console.log(e.name);
  }
  try {
    String.prototype.localeCompare.call(null, "x");
  } catch (e) {
    console.log(e.name);
  }
}
