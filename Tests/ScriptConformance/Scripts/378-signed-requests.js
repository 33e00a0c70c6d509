// about: requests signed by chains of HMACs, digests in all their forms
import crypto from "k6/crypto";
import encoding from "k6/encoding";
import http from "k6/http";
import { check } from "k6";
export const options = { vus: 1, iterations: 1, userAgent: "aws/1" };
const hex = (d) => crypto.sha256(d, "hex");
const hmac = (k, d, e = "binary") => crypto.hmac("sha256", k, d, e);
class SigV4 {
  constructor({ accessKeyId, secretAccessKey, sessionToken, region, service }) {
    Object.assign(this, { accessKeyId, secretAccessKey, sessionToken, region, service });
  }
  static toTime(date) {
    return date.toISOString().replace(/[:\-]|\.\d{3}/g, "");
  }
  canonicalHeaders(h) {
    return Object.keys(h).map((k) => k.toLowerCase()).sort().map((k) => `${k}:${String(h[Object.keys(h).find((x) => x.toLowerCase() === k)]).trim().replace(/\s+/g, " ")}`).join("\n");
  }
  uriEscape(s, slash = false) {
    return encodeURIComponent(s).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase()).replace(/%2F/g, slash ? "%2F" : "/");
  }
  sign({ method, path, query = {}, headers, body }, date) {
    const t = SigV4.toTime(date), day = t.substring(0, 8);
    headers["x-amz-date"] = t;
    if (this.sessionToken) headers["x-amz-security-token"] = this.sessionToken;
    headers["x-amz-content-sha256"] = hex(body ?? "");
    const signed = Object.keys(headers).map((k) => k.toLowerCase()).sort().join(";");
    const qs = Object.entries(query).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0).map(([k, v]) => `${this.uriEscape(k, true)}=${this.uriEscape(String(v), true)}`).join("&");
    const canonical = [method, this.uriEscape(path), qs, this.canonicalHeaders(headers) + "\n", signed, headers["x-amz-content-sha256"]].join("\n");
    const scope = [day, this.region, this.service, "aws4_request"].join("/");
    const sts = ["AWS4-HMAC-SHA256", t, scope, hex(canonical)].join("\n");
    let key = "AWS4" + this.secretAccessKey;
    for (const part of [day, this.region, this.service, "aws4_request"]) key = hmac(key, part);
    const signature = hmac(key, sts, "hex");
    return { ...headers, Authorization: `AWS4-HMAC-SHA256 Credential=${this.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}` };
  }
}
export default function() {
  const signer = new SigV4({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", region: "us-east-1", service: "s3" });
  const body = JSON.stringify({ Message: "héllo" });
  const headers = signer.sign({ method: "PUT", path: "/echo/a b/ü*", query: { "list-type": 2, prefix: "a/b", "": "x" }, headers: { Host: "examplebucket.s3.amazonaws.com", "Content-Type": "application/json" }, body }, new Date(Date.UTC(2013, 4, 24, 12, 34, 56, 789)));
  console.log(JSON.stringify(headers));
  const res = http.put(`${__ENV.BASE}/echo`, body, { headers });
  check(res, { signed: (r) => r.json("headers.Authorization") === headers.Authorization });
  console.log(JSON.stringify(Object.entries(res.json("headers")).sort()));
  const k = crypto.hmac("sha512", new Uint8Array([1, 2, 3]).buffer, "x", "base64");
  console.log(k);
  console.log(encoding.b64encode(crypto.md5("abc", "binary")), crypto.sha1("abc", "base64rawurl"), crypto.ripemd160("ü", "hex"), crypto.md4("", "base64url"));
  const h = crypto.createHash("sha1");
  h.update("a");
  const first = h.digest("hex");
  h.update("b");
  console.log(first, h.digest("hex"), new Uint8Array(h.digest("binary")).length);
  console.log(typeof hmac("a", "b"), hmac("a", "b") instanceof ArrayBuffer, hmac("a", "b").byteLength, Object.prototype.toString.call(crypto.sha256("a", "binary")), crypto.hexEncode(new Uint8Array([0, 15, 255]).buffer), crypto.hexEncode ? crypto.hexEncode("az") : "");
  console.log(encoding.b64decode("aGk", "rawstd", "s"), encoding.b64encode(">>>???", "url"), encoding.b64encode(new Uint8Array([255, 254])), new Uint8Array(encoding.b64decode("/v8=")).join());
  for (const f of [() => encoding.b64decode("***"), () => crypto.sha256("a", "nope"), () => crypto.hmac("nope", "a", "b", "hex"), () => crypto.hmac("sha256", "a"), () => encoding.b64encode(), () => encoding.b64encode(null), () => encoding.b64encode(5), () => crypto.sha256({}, "hex"), () => crypto.md5(void 0, "hex"), () => crypto.sha256([104, 105], "hex")]) {
    try {
      console.log("ok", f());
    } catch (e) {
      console.log(e.name, e.message, String(e));
    }
  }
  console.log(crypto.randomBytes(8).byteLength, new Set(Array.from({ length: 20 }, () => crypto.hexEncode(crypto.randomBytes(4)))).size);
}
