// about: a form with a token, sessions, links, tables and jars
import http from "k6/http";
import { check, group, sleep, fail } from "k6";
import { parseHTML } from "k6/html";
export const options = { vus: 1, iterations: 2, maxRedirects: 4, noCookiesReset: false };
function formToObject(form) {
  const out = {};
  form.find("input, select, textarea").each((i, el) => {
    const n = el.getAttribute("name");
    if (n) out[n] = el.getAttribute("value") || "";
  });
  return out;
}
export default function() {
  const jar = http.cookieJar();
  group("Visit", () => {
    const res = http.get(`${__ENV.BASE}/shop/login`);
    const doc = parseHTML(res.body);
    const f = doc.find("form#login");
    const fields = formToObject(f);
    console.log(JSON.stringify(fields), f.attr("action"), f.attr("method"), f.serialize(), JSON.stringify(f.serializeArray()));
    const token = res.html().find("input[name=csrf]").first().val() || res.body.match(/name="csrf" value="([^"]+)"/)[1];
    check(res, { "csrf there": () => /^[0-9a-f]{8}$/.test(token), "cookie": (r) => r.cookies.csrf.length === 1 && r.cookies.csrf[0].http_only && r.cookies.csrf[0].path === "/shop" });
    console.log(JSON.stringify(res.cookies));
    fields.user = "Grace";
    fields.password = "hopper";
    const bad = http.post(`${__ENV.BASE}/shop/login`, { ...fields, csrf: "wrong" }, { responseCallback: http.expectedStatuses(403) });
    console.log(bad.status, bad.error_code, bad.error, bad.url.replace(__ENV.BASE, ""));
    const page = http.post(`${__ENV.BASE}/shop/login`, Object.assign(fields, { user: __ITER ? "ada" : "bob" }), { headers: { Referer: res.url } });
    console.log(page.status, page.url.replace(__ENV.BASE, ""), page.html("title").text(), page.request.method, page.request.url.replace(__ENV.BASE, ""));
    console.log(JSON.stringify(jar.cookiesForURL(`${__ENV.BASE}/shop/x`)), JSON.stringify(jar.cookiesForURL(`${__ENV.BASE}/`)));
    const acc = page.submitForm ? http.get(`${__ENV.BASE}/shop/account`) : null;
    check(acc, { "account ok": (r) => r.status === 200 }) || fail("no account");
  });
  group("Shop", () => {
    let r = http.get(`${__ENV.BASE}/shop`);
    const links = r.html().find("a[href]");
    const seen = [];
    links.each((i, a) => seen.push(`${i}:${a.href()}:${a.textContent()}`));
    console.log(seen);
    r = r.clickLink({ selector: "a:nth-child(2)" });
    console.log(r.status, r.url.replace(__ENV.BASE, ""));
    r = http.get(`${__ENV.BASE}/shop`);
    r = r.submitForm({ formSelector: "form", fields: { q: "a b&c" }, submitSelector: "nothing" });
    console.log(r.url.replace(__ENV.BASE, ""), r.html("p").text());
    const t = http.get(`${__ENV.BASE}/shop`).html();
    console.log(t.find("table tr").map((i, tr) => tr.children("td").toArray().map((td) => td.text()).join("|")).join(" / "), t.find("li").size(), t.find("ul li").eq(-1).text(), t.find("li").filter(":first-child").html());
  });
  group("Jars", () => {
    const own = new http.CookieJar();
    own.set(__ENV.BASE, "sid", "abc", { path: "/cookies", max_age: 600, http_only: true });
    own.set(__ENV.BASE, "k v", 'q"u', { domain: "other.test" });
    own.set(`${__ENV.BASE}/cookies`, "exp", "x", { expires: "Mon, 02 Jan 2040 15:04:05 MST", secure: false });
    const r = http.get(`${__ENV.BASE}/cookies`, { jar: own, cookies: { a: "1", sid: { value: "replaced", replace: true }, weird: "ä;x" } });
    console.log(r.body, JSON.stringify(r.request.cookies));
    const s = http.get(`${__ENV.BASE}/cookies/set?one=1&two=2`, { jar: own });
    console.log(s.body, s.url.replace(__ENV.BASE, ""), JSON.stringify(own.cookiesForURL(__ENV.BASE + "/cookies")));
    own.delete(__ENV.BASE + "/cookies", "one");
    console.log(JSON.stringify(own.cookiesForURL(__ENV.BASE + "/cookies")));
    own.clear(__ENV.BASE + "/cookies");
    console.log(JSON.stringify(own.cookiesForURL(__ENV.BASE + "/cookies")));
    const r2 = http.get(`${__ENV.BASE}/headers`, { headers: { Cookie: "raw=1; b=2" }, cookies: { c: "3" } });
    console.log(r2.json("Cookie"));
    const red = http.get(`${__ENV.BASE}/redirect/5`);
    console.log(red.status, red.url.replace(__ENV.BASE, ""), red.error_code);
    const red0 = http.get(`${__ENV.BASE}/redirect/2`, { redirects: 0 });
    console.log(red0.status, red0.headers.Location);
  });
}
