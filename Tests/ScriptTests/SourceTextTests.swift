// What is read out of a script's text: its imports by name, before it is compiled, and whose frame a position
// is in.

import Testing

@testable import Script

struct SourceTextTests {
    @Test(
        "imports by name",
        arguments: [
            ("import a from 'x'", ["default < x"]), ("import { a, b as c } from \"x\"", ["a,b < x"]),
            ("import d, { a, } from './x.js';import * as n from 'y'", ["default,a < ./x.js", " < y"]),
            ("import d, * as n from 'y'", ["default < y"]),
            ("export { default as q, 'r s' as t } from 'x'", ["default,r s < x"]),
            ("export * from 'x'; export * as e from 'z'", [" < x", " < z"]),
            ("import 'x'; import('y'); import.meta", []),
            ("// import a from 'x'\n/* import b from 'x' */ const s = \"import c from 'x'\"", []),
            ("const t = `import a from 'x' ${`${1}`} import b from 'y'`\nimport c from 'z'", ["default < z"]),
            ("f(/[/'\"]import/, 4 / 2 / 1)\nimport c from 'z'", ["default < z"]),
            (
                "export const from = 1, x = { import: 2 }; o.import\nimport { from as y } from 'z'",
                ["from < z"]
            ),
            ("export function f() { return /}'/ }\nexport { f }\nimport a from 'x'", ["default < x"]),
        ] as [(String, [String])])
    func imports(_ source: String, _ expected: [String]) {
        let found = ImportList(Array(source.utf8)).imports
        #expect(found.map { "\($0.names.joined(separator: ",")) < \($0.specifier)" } == expected)
    }

    /// The position is marked with `@`.
    @Test(
        "frames of constructors",
        arguments: [
            ("class A { constructor() { @x() } }", true),
            ("class A extends B { constructor(a = {}) { if (a) { @x() } } }", true),
            ("const A = class { constructor() { @x() } }", true),
            ("const q = class A { constructor() { @x() } }", true),
            ("class A { f() {} constructor() { try { @x() } catch {} } }", true),
            ("class B { constructor() { @x() } }", false), ("class A { make() { @x() } }", false),
            ("function A() { @x() }", false), ("class A { constructor() {} }\nfunction f() { @x() }", false),
        ])
    func constructors(_ marked: String, _ expected: Bool) throws {
        let bytes = Array(marked.utf8)
        let offset = try #require(bytes.firstIndex(of: UInt8(ascii: "@")))
        let text = Array(bytes[..<offset] + bytes[(offset + 1)...])
        #expect(
            text.withUnsafeBufferPointer { SourcePosition.isConstructor(of: "A", $0, offset) } == expected)
    }
}
