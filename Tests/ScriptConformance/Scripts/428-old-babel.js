// about: what an old babel makes of async functions, classes, spreads and generators
"use strict";
var _regeneratorRuntime = (function (exports) {
  var Op = Object.prototype, hasOwn = Op.hasOwnProperty, $Symbol = typeof Symbol === "function" ? Symbol : {}, iteratorSymbol = $Symbol.iterator || "@@iterator", toStringTagSymbol = $Symbol.toStringTag || "@@toStringTag", ContinueSentinel = {};
  function define(obj, key, value) { Object.defineProperty(obj, key, { value: value, enumerable: true, configurable: true, writable: true }); return obj[key]; }
  try { define({}, ""); } catch (err) { define = function (obj, key, value) { return obj[key] = value; }; }
  function wrap(innerFn, outerFn, self, tryLocsList) { var protoGenerator = outerFn && outerFn.prototype instanceof Generator ? outerFn : Generator; var generator = Object.create(protoGenerator.prototype); var context = new Context(tryLocsList || []); generator._invoke = makeInvokeMethod(innerFn, self, context); return generator; }
  function tryCatch(fn, obj, arg) { try { return { type: "normal", arg: fn.call(obj, arg) }; } catch (err) { return { type: "throw", arg: err }; } }
  function Generator() {} function GeneratorFunction() {} function GeneratorFunctionPrototype() {}
  var IteratorPrototype = {}; define(IteratorPrototype, iteratorSymbol, function () { return this; });
  var getProto = Object.getPrototypeOf, Native = getProto && getProto(getProto(values([]))); if (Native && Native !== Op && hasOwn.call(Native, iteratorSymbol)) IteratorPrototype = Native;
  var Gp = GeneratorFunctionPrototype.prototype = Generator.prototype = Object.create(IteratorPrototype);
  ["next", "throw", "return"].forEach(function (m) { define(Gp, m, function (arg) { return this._invoke(m, arg); }); });
  define(Gp, toStringTagSymbol, "Generator");
  exports.wrap = wrap;
  exports.mark = function (genFun) { if (Object.setPrototypeOf) Object.setPrototypeOf(genFun, GeneratorFunctionPrototype); else genFun.__proto__ = GeneratorFunctionPrototype; genFun.prototype = Object.create(Gp); return genFun; };
  function makeInvokeMethod(innerFn, self, context) { var state = "suspendedStart"; return function invoke(method, arg) {
    if (state === "executing") throw new Error("Generator is already running");
    if (state === "completed") { if (method === "throw") throw arg; return { value: undefined, done: true }; }
    context.method = method; context.arg = arg;
    while (true) {
      if (context.method === "next") context.sent = context._sent = context.arg;
      else if (context.method === "throw") { if (state === "suspendedStart") { state = "completed"; throw context.arg; } context.dispatchException(context.arg); }
      else if (context.method === "return") context.abrupt("return", context.arg);
      state = "executing"; var record = tryCatch(innerFn, self, context);
      if (record.type === "normal") { state = context.done ? "completed" : "suspendedYield"; if (record.arg === ContinueSentinel) continue; return { value: record.arg, done: context.done }; }
      else if (record.type === "throw") { state = "completed"; context.method = "throw"; context.arg = record.arg; }
    } }; }
  function Context(l) { this.tryEntries = [{ tryLoc: "root" }]; l.forEach(function (locs) { var e = { tryLoc: locs[0] }; if (1 in locs) e.catchLoc = locs[1]; if (2 in locs) { e.finallyLoc = locs[2]; e.afterLoc = locs[3]; } this.tryEntries.push(e); }, this); this.reset(); }
  function values(o) { var i = -1; return { next: function next() { while (++i < o.length) if (hasOwn.call(o, i)) { next.value = o[i]; next.done = false; return next; } next.value = undefined; next.done = true; return next; } }; }
  exports.values = values;
  Context.prototype = { constructor: Context,
    reset: function () { this.prev = 0; this.next = 0; this.sent = this._sent = undefined; this.done = false; this.delegate = null; this.method = "next"; this.arg = undefined; this.tryEntries.forEach(function (e) { e.completion = { type: "normal" }; }); },
    stop: function () { this.done = true; var r = this.tryEntries[0].completion; if (r.type === "throw") throw r.arg; return this.rval; },
    dispatchException: function (exception) { if (this.done) throw exception; var context = this; function handle(loc, caught) { record.type = "throw"; record.arg = exception; context.next = loc; if (caught) { context.method = "next"; context.arg = undefined; } return !!caught; }
      for (var i = this.tryEntries.length - 1; i >= 0; --i) { var entry = this.tryEntries[i]; var record = entry.completion; if (entry.tryLoc === "root") return handle("end"); if (entry.tryLoc <= this.prev) { if (hasOwn.call(entry, "catchLoc") && this.prev < entry.catchLoc) return handle(entry.catchLoc, true); if (hasOwn.call(entry, "finallyLoc") && this.prev < entry.finallyLoc) return handle(entry.finallyLoc); } } },
    abrupt: function (type, arg) { var finallyEntry; for (var i = this.tryEntries.length - 1; i >= 0; --i) { var e = this.tryEntries[i]; if (e.tryLoc <= this.prev && hasOwn.call(e, "finallyLoc") && this.prev < e.finallyLoc) { finallyEntry = e; break; } } var record = finallyEntry ? finallyEntry.completion : {}; record.type = type; record.arg = arg; if (finallyEntry) { this.method = "next"; this.next = finallyEntry.finallyLoc; return ContinueSentinel; } return this.complete(record); },
    complete: function (r, afterLoc) { if (r.type === "throw") throw r.arg; if (r.type === "return") { this.rval = this.arg = r.arg; this.method = "return"; this.next = "end"; } else if (r.type === "normal" && afterLoc) this.next = afterLoc; return ContinueSentinel; },
    finish: function (loc) { for (var i = this.tryEntries.length - 1; i >= 0; --i) { var e = this.tryEntries[i]; if (e.finallyLoc === loc) { this.complete(e.completion, e.afterLoc); e.completion = { type: "normal" }; return ContinueSentinel; } } },
    "catch": function (loc) { for (var i = this.tryEntries.length - 1; i >= 0; --i) { var e = this.tryEntries[i]; if (e.tryLoc === loc) { var r = e.completion; if (r.type === "throw") { var t = r.arg; e.completion = { type: "normal" }; } return t; } } throw new Error("illegal catch attempt"); } };
  return exports;
})({});
function asyncGeneratorStep(gen, resolve, reject, _next, _throw, key, arg) { try { var info = gen[key](arg); var value = info.value; } catch (error) { reject(error); return; } if (info.done) resolve(value); else Promise.resolve(value).then(_next, _throw); }
function _asyncToGenerator(fn) { return function () { var self = this, args = arguments; return new Promise(function (resolve, reject) { var gen = fn.apply(self, args); function _next(v) { asyncGeneratorStep(gen, resolve, reject, _next, _throw, "next", v); } function _throw(e) { asyncGeneratorStep(gen, resolve, reject, _next, _throw, "throw", e); } _next(undefined); }); }; }
function _classCallCheck(i, C) { if (!(i instanceof C)) { throw new TypeError("Cannot call a class as a function"); } }
function _createClass(C, p, s) { [[C.prototype, p], [C, s]].forEach(function (x) { (x[1] || []).forEach(function (d) { d.configurable = true; if ("value" in d) d.writable = true; Object.defineProperty(x[0], d.key, d); }); }); return C; }
function _inherits(a, b) { a.prototype = Object.create(b && b.prototype, { constructor: { value: a, writable: true, configurable: true } }); Object.setPrototypeOf ? Object.setPrototypeOf(a, b) : a.__proto__ = b; }
function _isNativeReflectConstruct() { if (typeof Reflect === "undefined" || !Reflect.construct) return false; if (Reflect.construct.sham) return false; try { Boolean.prototype.valueOf.call(Reflect.construct(Boolean, [], function () {})); return true; } catch (e) { return false; } }
function _wrapNativeSuper(Class) { function W() { return Reflect.construct(Class, arguments, Object.getPrototypeOf(this).constructor); } W.prototype = Object.create(Class.prototype, { constructor: { value: W, enumerable: false, writable: true, configurable: true } }); return Object.setPrototypeOf(W, Class); }
function _toConsumableArray(a) { return Array.isArray(a) ? a.slice() : Array.from(a); }
function _objectSpread(t) { for (var i = 1; i < arguments.length; i++) { var s = arguments[i] != null ? arguments[i] : {}; Object.keys(s).forEach(function (k) { t[k] = s[k]; }); } return t; }
var _typeof = function (o) { return o && typeof Symbol == "function" && o.constructor === Symbol ? "symbol" : typeof o; };
Object.defineProperty(exports, "__esModule", { value: true });
exports["default"] = _default; exports.options = void 0;
var _http = _interopRequireDefault(require("k6/http")); var _k = require("k6"); var _metrics = require("k6/metrics");
function _interopRequireDefault(o) { return o && o.__esModule ? o : { "default": o }; }
var options = exports.options = { iterations: 2, thresholds: { checks: ["rate==1"] } };
var HttpError = function (_Error) { _inherits(HttpError, _Error); function HttpError(status) { var _this; _classCallCheck(this, HttpError); _this = Reflect.construct(Object.getPrototypeOf(HttpError), ["status " + status], HttpError); _this.status = status; return _this; } _createClass(HttpError, [{ key: "retry", get: function get() { return this.status >= 500; } }], [{ key: "of", value: function of(r) { return new HttpError(r.status); } }]); return HttpError; }(_wrapNativeSuper(Error));
var trend = new _metrics.Trend("old_babel");
function fetchAll(_x) { return _fetchAll.apply(this, arguments); }
function _fetchAll() { _fetchAll = _asyncToGenerator(_regeneratorRuntime.mark(function _callee(paths) { var out, i, r; return _regeneratorRuntime.wrap(function _callee$(_context) { while (1) switch (_context.prev = _context.next) {
  case 0: out = []; _context.prev = 1; i = 0;
  case 3: if (!(i < paths.length)) { _context.next = 12; break; } _context.next = 6; return _http["default"].asyncRequest("GET", "".concat(__ENV.BASE).concat(paths[i]));
  case 6: r = _context.sent; if (!(r.status >= 400)) { _context.next = 9; break; } throw HttpError.of(r);
  case 9: out.push(r.status); i++; _context.next = 3; break;
  case 12: return _context.abrupt("return", out);
  case 15: _context.prev = 15; _context.t0 = _context["catch"](1); out.push(_context.t0.message, _context.t0.retry, _context.t0 instanceof HttpError, _context.t0 instanceof Error);
  case 18: _context.prev = 18; trend.add(out.length); return _context.finish(18);
  case 21: return _context.abrupt("return", out);
  case 22: case "end": return _context.stop(); } }, _callee, null, [[1, 15, 18, 21]]); })); return _fetchAll.apply(this, arguments); }
function _default() { return _ref.apply(this, arguments); }
var _ref = _asyncToGenerator(_regeneratorRuntime.mark(function _callee2() { var a; return _regeneratorRuntime.wrap(function (_c) { while (1) switch (_c.prev = _c.next) {
  case 0: _c.next = 2; return fetchAll(["/status/200", "/status/201"]);
  case 2: a = _c.sent; _c.t0 = console; _c.t1 = a; _c.next = 7; return fetchAll(["/status/503"]);
  case 7: _c.t2 = _c.sent; _c.t0.log.call(_c.t0, _c.t1, _c.t2, _typeof(Symbol()), _objectSpread({}, { a: 1 }, null, { b: 2 }), _toConsumableArray("ab"), _isNativeReflectConstruct());
    (0, _k.check)(a, { two: function two(x) { return x.length === 2; } });
    if (__ITER) throw HttpError.of({ status: 418 });
  case 11: case "end": return _c.stop(); } }, _callee2); }));
