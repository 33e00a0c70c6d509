// about: GraphQL with tagged templates, SOAP and RSS taken apart by text
import http from "k6/http";
import { check, group } from "k6";
export const options = { vus: 1, iterations: 1, userAgent: "" };
const gql = (strings, ...values) => strings.reduce((out, s, i) => out + s + (i < values.length ? String(values[i]) : ""), "").replace(/\s+/g, " ").trim();
const FRAGMENT = gql`fragment Fields on Repo { id, name }`;
class GraphQLClient {
  constructor(url, { headers } = {}) {
    this.url = url;
    this.headers = headers;
  }
  request(query, variables = {}, operationName = (query.match(/(?:query|mutation)\s+(\w+)/) || [])[1]) {
    const res = http.post(this.url, JSON.stringify({ query, variables, operationName }), { headers: { "Content-Type": "application/json", ...this.headers }, tags: { name: `gql ${operationName}`, operation: operationName } });
    const ok = check(res, { "no HTTP error": (r) => r.status === 200, "no GraphQL errors": (r) => !r.json("errors") && r.json("errors.#") !== 1 });
    return ok ? JSON.parse(res.json("body")) : null;
  }
}
const escapeXml = (s) => s.replace(/[<>&'"]/g, (c) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;", "'": "&apos;", '"': "&quot;" })[c]);
function envelope(action, params) {
  const inner = Object.keys(params).map((k) => `<${k}>${escapeXml(String(params[k]))}</${k}>`).join("");
  return `<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><m:${action} xmlns:m="http://example.test/">${inner}</m:${action}></soap:Body></soap:Envelope>`;
}
export default function() {
  const client = new GraphQLClient(`${__ENV.BASE}/echo`, { headers: { Authorization: "bearer x" } });
  group("graphql", () => {
    const q = client.request(gql`query FindFirstIssue($n: Int!) { repository(owner: "grafana", name: "k6") { issues(first: $n) { edges { node { ...Fields } } } } } ${FRAGMENT}`, { n: 1 });
    console.log(q);
    const m = client.request("mutation AddReaction { addReaction(input: {content: HOORAY}) { reaction { content } } }");
    console.log(JSON.stringify(m, null, 2));
    console.log(client.request("{ anonymous }"));
  });
  group("soap", () => {
    const body = envelope("Add", { intA: 5, text: `a < b & "c" 'd'` });
    const res = http.post(`${__ENV.BASE}/echo`, body, { headers: { "Content-Type": "text/xml; charset=utf-8", SOAPAction: '"http://example.test/Add"' } });
    const xml = res.json("body");
    console.log(xml);
    const between = (s, a, b, all) => {
      const out = [];
      let i = 0;
      for (; ; ) {
        i = s.indexOf(a, i);
        if (i < 0) break;
        const j = s.indexOf(b, i + a.length);
        if (j < 0) break;
        out.push(s.substring(i + a.length, j));
        i = j;
        if (!all) break;
      }
      return all ? out : out[0];
    };
    console.log(between(xml, "<intA>", "</intA>"), between(xml, "<", ">", true).length);
    const doc = res.html ? null : 1;
    console.log([...xml.matchAll(/<([\w:]+)(?:\s[^>]*)?>([^<]*)<\/\1>/g)].map((m) => `${m[1]}=${m[2]}@${m.index}`));
    console.log(JSON.stringify(Object.entries(res.json("headers")).filter(([k]) => k !== "Host").sort()));
  });
  const rss = http.post(`${__ENV.BASE}/echo`, "<rss><item><title>A &amp; B</title><link>http://x/</link></item><item><title><![CDATA[C <D>]]></title></item></rss>").json("body");
  const titles = rss.split("<title>").slice(1).map((t) => t.split("</title>")[0]);
  console.log(titles, titles.map((t) => t.replace(/<!\[CDATA\[(.*?)\]\]>/s, "$1").replace(/&(amp|lt|gt|quot);/g, (_, n) => ({ amp: "&", lt: "<", gt: ">", quot: '"' })[n])));
}
