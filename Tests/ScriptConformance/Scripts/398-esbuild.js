// about: what esbuild makes of TypeScript and a library of its own as CommonJS
var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __defNormalProp = (obj, key, value) => key in obj ? __defProp(obj, key, { enumerable: true, configurable: true, writable: true, value }) : obj[key] = value;
var __esm = (fn, res) => function __init() { return fn && (res = (0, fn[__getOwnPropNames(fn)[0]])(fn = 0)), res; };
var __commonJS = (cb, mod) => function __require() { return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports; };
var __export = (target, all) => { for (var name in all) __defProp(target, name, { get: all[name], enumerable: true }); };
var __copyProps = (to, from, except, desc) => { if (from && typeof from === "object" || typeof from === "function") { for (let key of __getOwnPropNames(from)) if (!__hasOwnProp.call(to, key) && key !== except) __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable }); } return to; };
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target, mod));
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);
var __publicField = (obj, key, value) => __defNormalProp(obj, typeof key !== "symbol" ? key + "" : key, value);
var __async = (__this, __arguments, generator) => { return new Promise((resolve, reject) => { var fulfilled = (value) => { try { step(generator.next(value)); } catch (e) { reject(e); } }; var rejected = (value) => { try { step(generator.throw(value)); } catch (e) { reject(e); } }; var step = (x) => x.done ? resolve(x.value) : Promise.resolve(x.value).then(fulfilled, rejected); step((generator = generator.apply(__this, __arguments)).next()); }); };
// node_modules/dayjs-ish/index.js
var require_dayjs = __commonJS({ "node_modules/dayjs-ish/index.js"(exports2, module2) { !(function(t, e) { "object" == typeof exports2 && "undefined" != typeof module2 ? module2.exports = e() : "function" == typeof define && define.amd ? define(e) : (t = "undefined" != typeof globalThis ? globalThis : t || self).dayjs = e(); })(exports2, (function() { "use strict"; var M = function(d) { this.$d = new Date(d); }; M.prototype.format = function(f) { var d = this.$d; var p = function(n, l) { return String(n).padStart(l || 2, "0"); }; return f.replace(/\[([^\]]+)]|Y{1,4}|M{1,4}|D{1,2}|H{1,2}|m{1,2}|s{1,2}|SSS/g, function(t, e) { return e || { YYYY: String(d.getUTCFullYear()), MM: p(d.getUTCMonth() + 1), DD: p(d.getUTCDate()), HH: p(d.getUTCHours()), mm: p(d.getUTCMinutes()), ss: p(d.getUTCSeconds()), SSS: p(d.getUTCMilliseconds(), 3) }[t] || t; }); }; return function(d) { return new M(d); }; })); } });
// src/test.ts
var test_exports = {};
__export(test_exports, { default: () => test_default, options: () => options, smoke: () => smoke });
module.exports = __toCommonJS(test_exports);
var import_k6 = require("k6");
var import_http = __toESM(require("k6/http"));
var import_metrics = require("k6/metrics");
var import_execution = __toESM(require("k6/execution"));
var import_dayjs = __toESM(require_dayjs());
var Steps = /* @__PURE__ */ ((Steps2) => { Steps2["One"] = "one"; Steps2["Two"] = "two"; return Steps2; })(Steps || {});
var Page = class { constructor(url) { this.url = url; __publicField(this, "visits", 0); } visit() { this.visits++; return import_http.default.get(this.url, { tags: { step: "one" /* One */ } }); } };
__publicField(Page, "kind", "page");
var options = { scenarios: { smoke: { executor: "shared-iterations", vus: 1, iterations: 2, exec: "smoke" } } };
function smoke() { return __async(this, null, function* () { const p = new Page(__ENV.BASE + "/shop"); const r = p.visit(); (0, import_k6.check)(r, { ok: (x) => x.status === 200 }); console.log((0, import_dayjs.default)(0).format("YYYY-MM-DD[T]HH:mm:ss.SSS"), p.visits, Page.kind, Steps.Two, import_execution.default.scenario.name, Object.keys(import_http).length > 10, typeof import_http.default, import_dayjs.default.name); yield (0, import_k6.sleep)(0.01); const v = yield Promise.resolve(5); console.log(v); }); }
var test_default = smoke;
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = { options, smoke });
