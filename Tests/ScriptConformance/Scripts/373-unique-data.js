// about: users from CSV text in a SharedArray, by VU and by iteration
// order: any
import http from "k6/http";
import { check, sleep } from "k6";
import { SharedArray } from "k6/data";
import exec from "k6/execution";
var Papa = function() {
  "use strict";
  var BYTE_ORDER_MARK = "\uFEFF";
  function Parser(config) {
    config = config || {};
    this.delimiter = config.delimiter || ",";
    this.quote = config.quoteChar === void 0 ? '"' : config.quoteChar;
    this.header = !!config.header;
    this.dynamic = config.dynamicTyping;
    this.skipEmpty = config.skipEmptyLines;
  }
  Parser.prototype.parse = function(input) {
    if (input.charCodeAt(0) === 65279) input = input.slice(1);
    var row = [], field = "", rows = [], inQuotes = false, i = 0, ch;
    for (; i < input.length; i++) {
      ch = input[i];
      if (inQuotes) {
        if (ch === this.quote) {
          if (input[i + 1] === this.quote) {
            field += ch;
            i++;
          } else inQuotes = false;
        } else field += ch;
        continue;
      }
      switch (ch) {
        case this.quote:
          inQuotes = true;
          break;
        case this.delimiter:
          row.push(field);
          field = "";
          break;
        case "\r":
          break;
        case "\n":
          row.push(field);
          rows.push(row);
          row = [];
          field = "";
          break;
        default:
          field += ch;
      }
    }
    if (field !== "" || row.length) {
      row.push(field);
      rows.push(row);
    }
    if (this.skipEmpty) rows = rows.filter(function(r) {
      return r.length > 1 || r[0] !== "";
    });
    if (this.dynamic) rows = rows.map(function(r) {
      return r.map(function(v) {
        return v === "" ? null : /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(v) ? parseFloat(v) : v === "true" || v === "TRUE" ? true : v === "false" ? false : v;
      });
    });
    if (!this.header) return { data: rows, errors: [], meta: {} };
    var names = rows.shift();
    return { data: rows.map(function(r) {
      return names.reduce(function(o, n, k) {
        o[n] = r[k];
        return o;
      }, {});
    }), errors: [], meta: { fields: names } };
  };
  return { parse: function(t, c) {
    return new Parser(c).parse(t);
  }, BYTE_ORDER_MARK };
}();
const csvText = 'username,password,age,active,"notes, long"\nada,"p""w,1",36,true,\nbob,pw2,41.5,false,"line\none"\n\ncyd,pw3,1e3,TRUE,x\r\n';
const users = new SharedArray("csv users", () => Papa.parse(csvText, { header: true, dynamicTyping: true, skipEmptyLines: true }).data);
const cities = new SharedArray("cities", () => Papa.parse(open("./fixtures/table.csv"), { header: true }).data);
const big = new SharedArray("big", () => {
  const a = [];
  for (let i = 0; i < 1e3; i++) a.push({ id: i, email: `user${i}@example.test`, nested: { list: [i, i * 2] } });
  return a;
});
export const options = {
  scenarios: {
    unique_per_vu: { executor: "per-vu-iterations", vus: 3, iterations: 2, exec: "perVU", maxDuration: "10s" },
    unique_per_iteration: { executor: "shared-iterations", vus: 1, iterations: 6, exec: "perIteration", startTime: "500ms" }
  }
};
export function perVU() {
  const user = users[(exec.vu.idInTest - 1) % users.length];
  const chunk = Math.floor(big.length / exec.instance.vusInitialized);
  console.log(`vu iter ${exec.vu.iterationInScenario} ${__ITER} user chunk ${chunk}`);
  const res = http.post(`${__ENV.BASE}/echo`, JSON.stringify(user), { headers: { "Content-Type": "application/json" }, tags: { name: "echo user" } });
  check(res, { "echoed user": (r) => r.json("headers.Content-Type") === "application/json" && JSON.parse(r.json("body")).username === user.username });
}
export function perIteration() {
  const i = exec.scenario.iterationInTest;
  const row = cities[i % cities.length];
  const u = big[i * 3];
  console.log(i, row, u.nested.list, u.email);
  try {
    u.email = "changed";
    console.log("changed", u.email);
  } catch (e) {
    console.log(e.name);
  }
  try {
    big.push(1);
  } catch (e) {
    console.log(e instanceof TypeError, String(e));
  }
  try {
    big[0] = 1;
  } catch (e) {
    console.log(e instanceof TypeError, String(e));
  }
  let count = 0;
  for (const x of big) {
    if (x.id > 4) break;
    count += x.nested.list[1];
  }
  console.log(count, big.length, Array.isArray(big), Object.prototype.toString.call(big), big.filter((x) => x.id % 250 === 0).map((x) => x.id), big.findIndex((x) => x.id === 77), big.slice(0, 1), big.indexOf(5), JSON.stringify(users), big.at ? big.at(-1).id : "no at", 5 in big, Object.keys(users), [...users].length, users.concat([1]).length);
}
