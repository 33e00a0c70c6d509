// How scripts find modules, and what they are told when they do not.

import Testing

@testable import Script

struct ModuleTests {
    private static let files = [
        "/test/lib.js": "export const x = 1; export default 'd'",
        "/test/cjs.js": "exports.named = 3; exports.default = { k: 1 }",
        "/test/sub/opener.js": "export const text = open('./t.txt'); export const o = (path) => open(path)",
        "/test/sub/t.txt": "hello", "/test/data.json": "{\"a\":1}",
        "/test/boom.js": "export default 1\nfunction f() {\n  throw new Error('boom')\n}\nf()",
    ]

    @Test(
        "what scripts see",
        arguments: [
            ("import d, { x } from './lib.js'; console.log(d, x)", "d 1"),
            ("import d, { named } from './cjs.js'; console.log(d, named)", "{\"k\":1} 3"),
            ("import { text } from './sub/opener.js'; console.log(text)", "hello"),
            ("console.log(import.meta.resolve('../y.js'), import.meta.url)", "file:///y.js undefined"),
            ("import * as k6 from 'k6'; console.log(typeof k6.check, typeof k6.default)", "function object"),
            (
                "console.log(Object.keys(require('k6')).sort().join())\nexport const q = 1",
                "check,fail,group,randomSeed,sleep"
            ),
            ("const e = new GoError('m')\nconsole.log(String(e), e instanceof Error)", "GoError: m true"),
            (
                "try { open('') } catch (e) { console.log(e.name, JSON.stringify(e)) }",
                "GoError {\"value\":{}}"
            ),
            ("console.log(typeof Symbol.dispose)", "symbol"),
            ("import { nope } from 'k6'; console.log(nope)", "null"),
            ("import h, { nope, get } from 'k6/http'; console.log(nope, typeof get)", "undefined function"),
            ("import './lib.js'; import { nope } from 'k6/data'; console.log(nope)", "null"),
            ("console.log(new Error('a').stack)", "Error: a\n\tat file:///test/script.js:1:13\n"),
            (
                "function f() { null.x }\ntry { f() } catch (e) { e.message = 'm'; console.log(e.stack) }",
                "TypeError: m\n\tat f (file:///test/script.js:1:21)\n\tat file:///test/script.js:2:8\n"
            ),
            (
                "const e = new Error('a'); e.stack = 'own'; console.log(e.stack, ({ stack: 5 }).stack)",
                "own 5"
            ),
            (
                "class A { constructor() { throw new Error('a') } }\ntry { new A() } catch (e) { console.log(e.stack) }",
                "Error: a\n\tat file:///test/script.js:1:33\n\tat file:///test/script.js:2:7\n"
            ),
            (
                "const o = { get g() { throw new Error('a') } }\ntry { o.g } catch (e) { console.log(e.stack) }",
                "Error: a\n\tat g (file:///test/script.js:1:29)\n\tat file:///test/script.js:2:9\n"
            ),
            ("const err = null; try { err.stack } catch (e) { console.log(e.name) }", "TypeError"),
            (
                "try { await import('./lib.js') } catch (e) { console.log(e) }",
                "dynamic modules not enabled in the host program"
            ),
        ] as [(String, String)])
    func sees(_ source: String, _ line: String) {
        let run = Init(source, files: Self.files)
        #expect(run.failure == nil)
        #expect(run.lines == [line])
    }

    @Test(
        "values that scripts are shown",
        arguments: [
            (
                "console.log({ '<a>': ['&', '\\u2028'] }, '<&>')",
                "{\"\\u003ca\\u003e\":[\"\\u0026\",\"\\u2028\"]} <&>"
            ),
            (
                "console.log(['a', 'B', 'b', '_', '1'].sort((x, y) => x.localeCompare(y)))",
                "[\"_\",\"1\",\"a\",\"b\",\"B\"]"
            ),
            ("console.log(new Date(46800000).toLocaleString())", "01/01/1970, 13:00:00"),
            ("console.log(new Date(NaN).toLocaleString())", "Invalid Date"),
            (
                "import { Rate } from 'k6/metrics'; const r = new Rate('r1')\nconsole.log(r, Object.keys(r), r instanceof Rate)",
                "{\"name\":\"r1\"} [\"name\",\"add\"] false"
            ),
            ("console.log(setTimeout.length, console.log.length)", "3 1"),
        ] as [(String, String)])
    func shows(_ source: String, _ line: String) {
        let run = Init(source, files: Self.files)
        #expect(run.failure == nil)
        #expect(run.lines == [line])
    }

    @Test(
        "options that are no data",
        arguments: [
            ("{ hook: () => 1 }", "json: unsupported type: func(sobek.FunctionCall) sobek.Value"),
            ("{ vus: NaN }", "json: unsupported value: NaN"),
            ("{ get vus() { throw new Error('x') } }", "Error: x\n"),
        ] as [(String, String)])
    func optionValues(_ options: String, _ problem: String) {
        let run = Init("export const options = \(options)")
        let failure = run.failure ?? ""
        #expect(failure.hasPrefix("error parsing script options: \(problem)"), "\(failure)")
    }

    @Test("open is relative to the file whose top-level code runs, and says so")
    func openBase() {
        let run = Init(
            "import { o } from './sub/opener.js'; console.log(o('./data.json'))", files: Self.files)
        #expect(run.lines.count == 2)
        #expect(run.lines.first?.contains("relative to the file whose top-level code runs") == true)
        #expect(run.lines.last == "{\"a\":1}")
    }

    @Test(
        "why a script cannot be loaded",
        arguments: [
            ("import './nope.js'", "GoError: The moduleSpecifier \"./nope.js\" couldn't be found"),
            ("import 'lodash'", "GoError: The moduleSpecifier \"lodash\" couldn't be recognised"),
            ("import 'http://h/x.js'", "GoError: only supported schemes for imports are file and https"),
            ("import 'k6/nope'", "GoError: unknown module: k6/nope\n"),
            ("open('./dir')", "GoError: /test/dir is a directory"),
            ("open('./nope.txt')", "GoError: stat /test/nope.txt: no such file or directory\n"),
            ("import './data.json'", "GoError: file:///test/data.json: Line 1:5 "),
            ("let a = 5 5", "GoError: file:///test/script.js: Line 1:11 "),
            (
                "import './boom.js'",
                "Error: boom\n\tat f (file:///test/boom.js:3:9)\n\tat file:///test/boom.js:5:2\n"
            ),
            ("await Promise.reject(new Error('tla'))", "Error: tla\n\tat file:///test/script.js:1:22\n"),
            ("Promise.reject(new Error('late'))", "Uncaught (in promise) Error: late\n"),
            ("throw 5", "5\n"),
        ] as [(String, String)])
    func failure(_ source: String, _ start: String) {
        let failure = Init(source, files: Self.files).failure ?? ""
        #expect(failure.hasPrefix(start), "\(failure)")
    }

    @Test("a missing export is reported where the import stands")
    func missingExport() {
        let source = "import './boom2.js'\nimport {\n  x, nope\n} from './lib.js'"
        let files = Self.files.merging(["/test/boom2.js": "export const y = 1"]) { $1 }
        let failure = Init(source, files: files).failure ?? ""
        #expect(failure.hasPrefix("SyntaxError: "))
        #expect(
            failure.hasSuffix("\n\tat file:///test/script.js:2:2\n\tat file:///test/script.js:1:1\n"),
            "\(failure)")
    }

    @Test("a source map's positions and names, looked up as k6 does")
    func sourceMap() throws {
        let json = Array(
            "{\"version\":3,\"sources\":[\"src/a.ts\"],\"mappings\":\"AAAA,IAAI\"}".utf8)
        let map = try #require(SourceMap(json: json, base: "file:///d/out.js"))
        let first = try #require(map.source(line: 1, column: 1))
        #expect(first.url == "file:///d/src/a.ts")
        #expect(first.line == 1 && first.column == 0)
        #expect(map.source(line: 1, column: 4)?.column == 4)
        #expect(map.source(line: 2, column: 1) == nil)
        #expect(SourceMap(json: Array("{bad".utf8)) == nil)
    }

    @Test(
        "the comment that names a map",
        arguments: [
            ("x\n//# sourceMappingURL=a.map", "a.map"), ("x\n//# sourceMappingURL=a.map\n\n", "a.map"),
            ("//# sourceMappingURL=a.map\nx", nil), ("", nil),
        ] as [(String, String?)])
    func mapReference(_ text: String, _ reference: String?) {
        #expect(SourceMap.reference(in: Array(text.utf8)) == reference)
    }
}
