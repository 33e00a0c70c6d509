// What is left out of ES modules because nothing reaches it, and above all what is not. In the texts below
// names that begin with `gone` must go and those that begin with `kept` must stay.

import Testing

@testable import Script

struct UnusedCodeTests {
    private static let main = "file:///test/main.js"
    private static let library = "file:///test/lib.js"

    /// By URL: main, ./lib.js and further modules, or CommonJS where the name ends in `.cjs`.
    private static func sources(_ texts: [String: String]) -> [UnusedCode.Source] {
        texts.map {
            UnusedCode.Source(
                url: "file:///test/" + $0.key, text: Array($0.value.utf8), isModule: !$0.key.hasSuffix(".cjs")
            )
        }
    }

    /// How often each word that begins like this is there.
    private static func words(_ text: String, _ prefix: String) -> [String: Int] {
        var counts: [String: Int] = [:]
        for word in text.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "_") })
        where word.hasPrefix(prefix) {
            counts[String(word), default: 0] += 1
        }
        return counts
    }

    private static func check(_ texts: [String: String], sourceLocation: SourceLocation = #_sourceLocation) {
        let unused = UnusedCode(main: main, sources: sources(texts))
        for (name, text) in texts {
            let left =
                unused.texts["file:///test/" + name].map { String(decoding: $0, as: UTF8.self) } ?? text
            #expect(words(left, "gone") == [:], "\(name): \(left)", sourceLocation: sourceLocation)
            #expect(
                words(left, "kept") == words(text, "kept"), "\(name): \(left)", sourceLocation: sourceLocation
            )
            expectPlaces(text, left, sourceLocation)
        }
    }

    /// Everything that stays has the line and column it had; what goes leaves nothing but empty statements.
    private static func expectPlaces(_ text: String, _ left: String, _ sourceLocation: SourceLocation) {
        // Characters as the engine counts them.
        let (before, after) = (Array(text.unicodeScalars), Array(left.unicodeScalars))
        #expect(before.count == after.count, sourceLocation: sourceLocation)
        for (was, now) in zip(before, after) where was != now {
            #expect(now == " " || now == ";", sourceLocation: sourceLocation)
            #expect(was != "\n" && was != "\r", sourceLocation: sourceLocation)
        }
    }

    @Test(
        "functions of an imported module",
        arguments: [
            "export function gone() {} export async function gone2() {} export function* gone3() {}",
            "export async function* gone() { yield 1 }\nfunction gone2() {}\nasync function gone3() {}",
            "export function gone(a = {}, [b] = [1], { c } = {}) { return a + b + c }",
            "export class gone {}\nclass gone2 { constructor() {} get x() { return 1 } static *y() {} async z() {} ; }",
            "export const gone = () => 1;\nexport const gone2 = (a) => { return a }\nconst gone3 = function () {};",
            "export let gone = async (x) => x;\nvar gone2 = async function gone2() {}\nconst gone3 = x => ({ x });",
            "const gone = (a) =>\n  a\n    .map((x) => x)\n    ?.b;\nconst gone2 = a => a ?\n  1 :\n  2;",
            "const gone = a => a\n  ? 1\n  : 2;\nlet keptLet = 1",
            "function gone() { gone2() }\nfunction gone2() { gone() }",
            "function gone() { return `${`${gone2()}`}` } function gone2() {}",
            "function gone() { return /}[/}]/.test('}') } function gone2() {}",
            "function gone(x) { return x / 2 / (1) / x[0] / 'a'.length }",
            "function gone(x) { if (x) /}/.test(x); while (x) /{/.test(x); for (; x;) /'/.test(x) }",
            "function gone(x) { x++ / 2; return x-- / 3 } function gone2() { return typeof /'/ }",
            "function gone() { return 1.5 / .5 / 1. / 0x1f / 1e-3 / 1_0n }",
            "/* what is said here does not count: x */ export function gone() {}",
            "const keptText = 'function x() {'\nfunction gone() {}",
            "const keptText = `function x() { ${1} {`\nfunction gone() {}",
            "const keptValue = 1\nfunction gone() {}\n(0, keptOther)\nvar keptOther",
            "const kept = { a: 1 }.x\nfunction gone2() {}",
            "function gone() { return { gone2 } }\nfunction gone2() {}",
            "export { gone }; function gone() {}",
            "export { gone as x }; function gone() {}",
            "function gone() {}\nexport { gone as default, gone as x, }",
            "export default function gone() {}", "export default class gone { m() {} }",
            "export default function () { return gone2 }\nfunction gone2() {}",
            "function gone() {}\nexport default gone;",
            "kept?.x; class gone { #a() {} 'b c'() {} 12() {} static async *e() {} }\nvar kept = {}",
            "function gone() { return 'é€😀' } let kept = 1", "#!/usr/bin/env node\nfunction gone() {}",
            "function gone() {}\r\nlet kept = 1\r\n", "\u{FEFF}function gone() {}",
            "// a comment that ends\u{2028}function gone() {}", "let kept = 1\nfunction gone() {} // end",
            "let kept; if (kept) { kept = 2 } else { kept = 3 }\nfunction gone() {}",
            "function gone() { const async = 1; return async\nfunction gone2() {} }",
            "function gone({ a = function () {} }) { return a ?.5 : 1 }",
            "function gone() { return x?.y?.[1] ?? 2 }\nfunction gone2() { return a ? .5 : 1 }",
            "function gone() { label: for (;;) { break label } }",
            "function gone() { return new.target ?? import.meta }",
            "function gone() { new Foo\n}\nfunction gone2() { a /\nb / 1 }",
            "let kept = `${{ a: `${1}` }.a}`; function gone() {}",
        ])
    func goes(_ library: String) {
        Self.check(["main.js": "import './lib.js'\nexport default function () {}", "lib.js": library])
        // And the engine agrees about what is JavaScript.
        let files = ["/test/lib.js": library + "\nexport {}"]
        let run = Init("import './lib.js'", files: files, unusedBytesMin: 0)
        #expect(run.failure == nil)
        #expect(run.lines.last?.hasPrefix("VUs go without ") == true, "\(run.lines)")
    }

    @Test(
        "what names something keeps it",
        arguments: [
            "function kept() {}\nkept.x = 1", "function kept() {}\nif (typeof kept === 'undefined') {}",
            "function kept() {}\nconst o = { kept }", "function kept() {}\nconst o = { kept: 1 }",
            "function kept() {}\nconst t = `${kept()}`",
            "function kept() {}\nconst t = `${`${[...kept()]}`}`",
            "function kept() {}\nkept: for (;;) { break kept }",
            "function kept() {}\nclass A { kept() {} }\nnew A",
            "function kept() {}\nclass A { get kept() { return 1 } }\nA.x",
            "function kept() { }\n{ let kept = 1 }",
            "function kept() {}\nfunction keptToo(kept) {}\nkeptToo()", "var kept = () => 1;\nkept = 2",
            "let kept = function () {};\nvar kept2 = kept",
            "class kept extends Object {}",
            "class kept { static x = keptF() }\nfunction keptF() { return 1 }",
            "class kept { static { keptF() } }\nfunction keptF() {}",
            "class kept { [keptF()]() {} }\nfunction keptF() {}",
            "class kept { x = 1 }", "const kept = keptF()\nfunction keptF() { return () => 1 }",
            "const kept = (() => 1)();", "const kept = () => {}, kept2 = keptF();\nfunction keptF() {}",
            "const kept = x => x, kept2 = keptF();\nfunction keptF() {}",
            "const kept = x => x\nkeptF();\nfunction keptF() {}",
            "const kept = x => x\n  + keptF()\nfunction keptF() {}",
            "const kept = function () {}\n(keptF())\nfunction keptF() {}",
            "const kept = function () {}.bind(null);",
            "const kept = function () {}\n[keptF()]\nfunction keptF() {}",
            "const kept = function () {} in {}", "const kept = function () {}\ninstanceof Object",
            "const kept = async\n(x => x)\nvar async = keptF\nfunction keptF() {}",
            "const kept = function () {} `x`",
            "const keptA = 1, kept = () => 1;", "let { kept } = {}", "const kept = 1",
            "x = function kept() {}\nvar x", "x =\nfunction kept() {}\nvar x", "(function kept() {})()",
            "void function kept() {}\nvoid\nfunction kept2() {}", "!function kept() {}", "new class kept {}",
            "if (keptF)\nvar kept = () => 1;\nfunction keptF() {}", "async\nfunction kept() {}\nvar async",
            "i++\nfunction kept() {}\nvar i = 0", "function kept() {}\nexport default kept",
            "import.meta\nfunction kept() {}\n[kept]", "function kept() {}\nexport default [kept]",
            "function kept() {}\nconst f = () => kept\nf()", "function kept() { }\neval('kept()')",
            "export function kept() {}\n(0, eval)('x')", "function kept() {}\nx.y\n= kept\nvar x = {}",
            "function kept() { }\nlet a = 1 / kept / 2", "let x = 1 /kept/ 2\nfunction kept() {}",
            "function kept() {}\nx?.[kept]\nvar x", "function kept() {}\nx ?.5: kept\nvar x",
            "function \\u006bept() {}\nfunction kept2() {}", "function kept() {}\n\\u006bept()",
            "function kept() {}\nlet a = {}\n/kept/1", "function keptÉ() {}\nfunction kept() {}",
            "function kept() {}\nkept\u{A0}()", "function kept() {}\nx\n++\nkept\nvar x",
            "function kept() {}\nlet s = '\\\n'; kept()", "function kept() {}\n/[`/]/.test(kept)",
            "function kept() {}\nlet x\n/`/.test(x); kept()\nlet y\n/`/.test(y)",
            "function kept() {}\na: for (;;) { continue a\n/`/; kept(); break a\n/`/ }",
            "import './other.js'\n/`/; kept()\nimport './other.js'\n/`/\nfunction kept() {}",
            "function kept() {}\ndo x\nwhile (0) /`/; kept(); /`/\nvar x",
            "do keptF(); while (0)\nfunction kept() {}\nfunction keptF() {}",
            "import * as kept from './other.js'; kept.x",
        ])
    func stays(_ library: String) {
        Self.check([
            "main.js": "import './lib.js'\nexport default function () {}",
            "lib.js": library, "other.js": "",
        ])
    }

    @Test(
        "what modules ask each other for",
        arguments: [
            // By name, under other names, as default.
            (
                "import { kept } from './lib.js'; kept()",
                "export function kept() {} export function gone() {}"
            ),
            (
                "import { kept as a } from './lib.js'; a()",
                "export function kept() {} export function gone() {}"
            ),
            ("import d from './lib.js'; d()", "export default function kept() {}\nexport function gone() {}"),
            ("import d from './lib.js'; d()", "function kept() {}\nexport default kept;\nfunction gone() {}"),
            (
                "import { default as d } from './lib.js'; d()",
                "export { kept as default, gone as x }\nfunction kept() {} function gone() {}"
            ),
            (
                "import d, { kept2 } from './lib.js'; d(kept2)",
                "export default function () { kept() } function kept() {} export const kept2 = () => 1;"
            ),
            (
                "import { a } from './lib.js'; a()",
                "export { kept as a, gone as b }; function kept() {}\nfunction gone() {}"
            ),
            (
                "import { 'a b' as x } from './lib.js'; x()",
                "export { kept as 'a b', gone as \"c d\" }; function kept() {}\nfunction gone() {}"
            ),
            // Imports nobody looks at.
            ("import { gone } from './lib.js'", "export function gone() {}"),
            ("import gone from './lib.js'", "export default function gone() {}"),
            (
                "import gone, { kept } from './lib.js'; kept",
                "export default function gone() {}\nexport class kept {}"
            ),
            (
                "import kept, { gone, } from './lib.js'; kept",
                "export default class kept {}\nexport const gone = () => 1;"
            ),
            (
                "import { kept1, gone, kept2 } from './lib.js'; kept1, kept2",
                "export function kept1() {} export function gone() {} export function kept2() {}"
            ),
            ("import { gone } from './lib.js'; function gone2() { gone() }", "export function gone() {}"),
            // Of a namespace: what is named, or everything.
            (
                "import * as l from './lib.js'; l.kept()",
                "export function kept() {} export function gone() {}"
            ),
            (
                "import * as l from './lib.js'; l?.kept?.()",
                "export function kept() {} export function gone() {}"
            ),
            (
                "import * as l from './lib.js'; l['kept']()",
                "export function kept() {} export function keptToo() {}\nfunction gone() {}"
            ),
            (
                "import * as l from './lib.js'; export const x = { l }",
                "export function kept() {} function gone() {}"
            ),
            ("import * as l from './lib.js'; export { l }", "export function kept() {} function gone() {}"),
            ("import * as l from './lib.js'; function gone() { l.gone2() }", "export function gone2() {}"),
            (
                "import d, * as l from './lib.js'; d(l.default)",
                "export default function kept() {} export function gone() {}"
            ),
            (
                "export * from './lib.js'",
                "export function kept() {} export { kept2 as x }; function kept2() {} function gone() {}"
            ),
            ("export * as l from './lib.js'", "export function kept() {} function gone() {}"),
            ("export { kept as x } from './lib.js'", "export function kept() {} export function gone() {}"),
            ("const l = require('./lib.js'); l.x()", "export function kept() {} function gone() {}"),
            ("const r = require; r('./lib.js').x()", "export function kept() {} function gone() {}"),
            ("require('k6').sleep; require(\"./none.js\")", "export function gone() {}"),
            ("globalThis['require']('./lib.js')", "export function kept() {}"),
            ("require(`./lib.js`)", "export function kept() {}"),
            ("require('./l' + 'ib.js')", "export function kept() {}"),
            // A text that is not understood may ask for anything.
            ("import { x } from './lib.js'; const é = 1", "export function kept() {} function gone() {}"),
            ("import { x } from './lib.js'; ({}) /2/ 1", "export function x() {} export function gone() {}"),
            (
                "import { x } from './lib.js'; {} /2/.test(x)",
                "export function x() {} export function kept() {}"
            ),
            ("import { x } from './li\\x62.js'; x()", "export function kept() {} function gone() {}"),
            ("import { x } from './lib.js'; eval('x')", "export function kept() {} function gone() {}"),
        ])
    func asks(_ main: String, _ library: String) {
        Self.check(["main.js": main + "\nexport default function () {}", "lib.js": library])
    }

    @Test(
        "through modules in between",
        arguments: [
            ("import { kept } from './index.js'; kept()", "export { kept, gone } from './lib.js'"),
            ("import { a } from './index.js'; a()", "export { kept as a, gone as b } from './lib.js'"),
            ("import { kept } from './index.js'; kept()", "export * from './lib.js'"),
            ("import * as i from './index.js'; i.kept()", "export * from './lib.js'"),
            (
                "import { f } from './index.js'; f()",
                "import { kept, gone } from './lib.js'; export function f() { return kept() }"
            ),
            (
                "import { kept } from './index.js'; kept()",
                "import { kept, gone } from './lib.js'; export { kept, gone }"
            ),
        ])
    func throughIndex(_ main: String, _ index: String) {
        Self.check([
            "main.js": main + "\nexport default function () {}", "index.js": index,
            "lib.js": "export function kept() {}\nexport function gone() {}",
        ])
    }

    @Test("a circle of modules, functions before they are declared, default of a default")
    func circle() {
        Self.check([
            "main.js":
                "import kept from './lib.js'\nkept()\nexport function keptMain() {}\nexport default keptMain",
            "lib.js": """
            import { keptB, goneB } from './b.js'
            export { default } from './c.js'
            export function keptA() { return keptB }
            export function goneA() { return goneB() }
            """,
            "b.js":
                "import { keptA } from './lib.js'\nexport function keptB() { keptA }\nexport function goneB() {}",
            "c.js":
                "import { keptB } from './b.js'\nexport default keptB\nexport class goneC { m() { goneC.x } }",
        ])
    }

    @Test("all exports of the main module stay, and what a CommonJS module asks for")
    func roots() {
        Self.check([
            "main.js": """
            import './a.cjs'
            import { setupOnly, gone } from './lib.js'
            export function setup() { return setupOnly() }
            export function kept() {}
            export const keptToo = () => 1
            export class keptClass {}
            export { keptLate as other }
            function keptLate() {}
            function gone2() {}
            """,
            "lib.js": "export function setupOnly() { kept() }\nfunction kept() {}\nexport function gone() {}",
            "a.cjs": "const lib = require('./b.js'); exports.x = () => lib",
            "b.js": "export function kept() {}\nexport * from './c.js'\nfunction gone() {}",
            "c.js": "export function kept() {}\nfunction gone() {}",
        ])
    }

    @Test("what is counted")
    func counts() {
        let unused = UnusedCode(
            main: Self.main,
            sources: Self.sources([
                "main.js": "import { a } from './lib.js'\nexport default function () { a() }",
                "lib.js": "export function a() {}\nexport function bc() {}\nexport const d = () => 1;",
            ]))
        #expect(unused.functionCount == 2)
        #expect(unused.byteCount == "export function bc() {}export const d = () => 1;".utf8.count)
        #expect(unused.texts.keys.sorted() == [Self.library])
        let left = unused.texts[Self.library].map { String(decoding: $0, as: UTF8.self) }
        #expect(
            left
                == "export function a() {}\n;" + String(repeating: " ", count: 22) + "\n;"
                + String(repeating: " ", count: 24))
    }
}
