// about: a signed token in setup, refreshed by iterations
import http from "k6/http";
import encoding from "k6/encoding";
import crypto from "k6/crypto";
import { check, group, sleep, fail } from "k6";
import { Counter, Rate, Gauge, Trend } from "k6/metrics";
const refreshed = new Counter("token_refreshes");
const authOk = new Rate("auth_ok");
const ttl = new Gauge("token_ttl");
const algToHash = { HS256: "sha256", HS384: "sha384", HS512: "sha512" };
function sign(data, hashAlg, secret) {
  const hasher = crypto.createHMAC(hashAlg, secret);
  hasher.update(data);
  return hasher.digest("base64").replace(/\//g, "_").replace(/\+/g, "-").replace(/=/g, "");
}
export function encode(payload, secret, algorithm = "HS256") {
  const header = encoding.b64encode(JSON.stringify({ typ: "JWT", alg: algorithm }), "rawurl");
  const body = encoding.b64encode(JSON.stringify(payload), "rawurl", "s");
  return [header, body, sign(header + "." + body, algToHash[algorithm], secret)].join(".");
}
export function decode(token, secret, algorithm) {
  const parts = token.split(".");
  const header = JSON.parse(encoding.b64decode(parts[0], "rawurl", "s"));
  const payload = JSON.parse(encoding.b64decode(parts[1], "rawurl", "s"));
  algorithm = algorithm || algToHash[header.alg];
  if (sign(parts[0] + "." + parts[1], algorithm, secret) !== parts[2]) throw Error("JWT signature verification failed");
  return payload;
}
export const options = { vus: 1, iterations: 2, thresholds: { auth_ok: ["rate==1"], "http_req_failed{name:token}": [{ threshold: "rate==0", abortOnFail: true }], token_refreshes: ["count>0"] } };
function authenticate(clientId, scopes) {
  const url = `${__ENV.BASE}/echo?grant=client_credentials`;
  const body = { client_id: clientId, scope: scopes.join(" "), grant_type: "client_credentials", "ünï": "ä&=?" };
  const cred = encoding.b64encode(`${clientId}:s3cr3t/ü`);
  const res = http.post(url, body, { headers: { Authorization: `Basic ${cred}` }, tags: { name: "token" } });
  if (res.status !== 200) fail("no token");
  const echoed = res.json();
  console.log(echoed.body, echoed.headers.Authorization, echoed.headers["Content-Type"]);
  return { access_token: encode({ sub: clientId, scopes, iat: 1516239022, exp: 1516242622 }, "top-secret"), expires_in: 3600 };
}
export function setup() {
  const token = authenticate("load-test", ["read", "write"]);
  ttl.add(token.expires_in);
  return { token, tokenExpiresAt: Date.UTC(2030, 0, 1), roles: new Array(3).fill("x") };
}
export default function(data) {
  if (__ITER % 2 === 1) {
    data.token = authenticate(`vu-${__VU}`, ["read"]);
    refreshed.add(1);
  }
  const res = http.get(`${__ENV.BASE}/headers`, { headers: { Authorization: `Bearer ${data.token.access_token}` } });
  let payload;
  authOk.add(check(res, {
    "bearer came": (r) => r.json().Authorization === "Bearer " + data.token.access_token || r.body.includes("Bearer"),
    "valid": () => (payload = decode(data.token.access_token, "top-secret")).scopes.length > 0
  }));
  console.log(data.token.access_token, JSON.stringify(payload));
  try {
    decode(data.token.access_token, "wrong");
  } catch (e) {
    console.error(e.message, e.name, e instanceof Error);
  }
  for (const alg of ["HS384", "HS512"]) console.log(encode({ a: [1, "€"] }, "k", alg));
  console.log(new Date(data.tokenExpiresAt).toISOString(), data.roles);
}
