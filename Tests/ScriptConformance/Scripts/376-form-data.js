// about: a FormData of its own, files in forms, and every kind of body
import http from "k6/http";
import { check } from "k6";
const bin = open("./fixtures/bytes.bin", "b");
const txt = open("./fixtures/text.txt");
export const options = { vus: 1, iterations: 1, userAgent: "uploader/1" };
class FormData {
  constructor() {
    this.boundary = "------RWWorkFormBoundaryk6lyFqAnExampleQ";
    this.parts = [];
  }
  __toByteArray(input) {
    if (typeof input === "string" || input instanceof String) return this.__toUTF8(input);
    if (input instanceof ArrayBuffer) return new Uint8Array(input);
    return input;
  }
  __toUTF8(s) {
    const out = [];
    for (const c of unescape(encodeURIComponent(s))) out.push(c.charCodeAt(0));
    return new Uint8Array(out);
  }
  append(fieldName, value, fileName) {
    if (arguments.length < 2) throw new SyntaxError("Not enough arguments");
    let file = value;
    if (!value || value.data === void 0) file = { data: value, content_type: "text/plain" };
    if (fileName) file.filename = fileName;
    this.parts.push({ field: fieldName, file });
  }
  body() {
    const body = [];
    for (const { field, file } of this.parts) {
      body.push(...this.__toUTF8(`--${this.boundary}\r
Content-Disposition: form-data; name="${field}"${file.filename ? `; filename="${encodeURIComponent(file.filename)}"` : ""}\r
Content-Type: ${file.content_type}\r
\r
`));
      body.push(...this.__toByteArray(file.data));
      body.push(13, 10);
    }
    body.push(...this.__toUTF8(`--${this.boundary}--\r
`));
    return new Uint8Array(body).buffer;
  }
}
export default function() {
  const fd = new FormData();
  fd.append("someTextField", "someValue ü");
  fd.append("aBinaryFile", { data: new Uint8Array(bin).buffer, filename: "logo ä.png", content_type: "image/png" });
  fd.append("text", http.file(txt, "text1.txt", "text/plain"));
  const res = http.post(`${__ENV.BASE}/echo`, fd.body(), { headers: { "Content-Type": "multipart/form-data; boundary=" + fd.boundary } });
  check(res, { "is status 200": (r) => r.status === 200 });
  console.log(res.json("bodyBytes"), Object.keys(res.json("headers")).sort(), JSON.stringify(res.json("body")).slice(0, 400));
  const data = { field: "this is a standard form field", file: http.file(bin, "test.bin"), n: 5, second: http.file("plain text ✓", 'ü"q.txt', "text/csv") };
  const r2 = http.post(`${__ENV.BASE}/echo`, data);
  const b = r2.json("body").replace(/[0-9a-f]{60}/g, "BOUNDARY");
  console.log(r2.json("headers.Content-Type").replace(/[0-9a-f]{60}/, "BOUNDARY"), r2.json("bodyBytes"), JSON.stringify(b));
  for (const body of [new Uint8Array([104, 105]).buffer, new Uint8Array([1, 2, 250]), new Uint16Array([1, 2]), new DataView(new ArrayBuffer(2)), "string", "", null, void 0, {}, [], [1, 2], 12, true, { a: void 0 }, { nested: { x: 1 } }, new String("boxed"), /* @__PURE__ */ new Date(0), () => 1]) {
    try {
      const r = http.post(`${__ENV.BASE}/echo`, body);
      console.log(Object.prototype.toString.call(body), r.status, r.json("bodyBytes"), JSON.stringify(r.json("body")), r.json("headers.Content-Type"), r.json("headers.Content-Length"));
    } catch (e) {
      console.log(Object.prototype.toString.call(body), String(e));
    }
  }
  const f = http.file(txt, "a.txt");
  console.log(f.filename, f.content_type, typeof f.data);
}
