// Where errors are said to be: the engine's positions turned into k6's. Each row's expectation is what k6
// 1.1.0 prints for the snippet; the engine's position is marked with ^ behind the character it points at,
// k6's with @.

import Testing

@testable import Script

struct SourcePositionTests {
    /// `text` without its marks, and the offsets they stood at.
    private static func read(_ marked: String) -> (text: [UInt8], engine: Int, k6: Int) {
        var text: [UInt8] = []
        var (engine, k6) = (-1, -1)
        for byte in marked.utf8 {
            if byte == UInt8(ascii: "^") {
                engine = text.count
            } else if byte == UInt8(ascii: "@") {
                k6 = text.count
            } else {
                text.append(byte)
            }
        }
        return (text, engine, k6)
    }

    @Test(
        "k6's position from the engine's",
        arguments: [
            "throw @new Error^('x');", "throw @new Error^;", "throw @new o.E^('x');",
            "throw @new   TypeError ^('x');",
            "return @new Thrower^(1);", "f(@new Thr^());", "@new (class { constructor() {} })^();",
            "^return thrower@();", "^return (thrower@());", "^return obj.thrower@(1, (2), \")\");",
            "^return obj.id().thrower@();", "^return (1, thrower@());",
            "^return o.a.thrower?.(), thrower@();",
            "^return thrower@(\")\", '(', `${1}(`, /\\(/);", "^return function() { thrower() }@();",
            "^return (() => thrower())@();", "^return thrower@(\n  1,\n  2\n);",
            "if (o)\n  ^return thrower@()\nelse x",
            "^return o.a\n  .f@();", "{ ^return await2@(1) }", "^return fs[i]@()",
            "und^.@foo;", "o.a.x^.@y;", "und^.@x = 1;", "delete und^.@x;", "o.x^.@y.z;",
            "@und^.f();", "o.@x^.f();", "arr@[0]^.f();", "@und^.x += 1;", "o.@x^.y++;",
            "thrower^@();", "obj['thrower']^@();", "const a = obj . thrower ^@();",
            "return obj ? thrower^@() : 1;",
        ])
    func position(_ marked: String) {
        let (text, engine, k6) = Self.read(marked)
        let place = text.withUnsafeBufferPointer { SourcePosition.find($0, engine) }
        switch place {
        case .at(let index), .construction(let index), .errorCall(let index): #expect(index == k6)
        case .hidden: Issue.record("\(marked) is hidden")
        }
    }

    @Test(
        "calls of names that nothing has",
        arguments: ["^undefinedFn@(1);", "@^undefinedVar;", "new @^missing();"])
    func missingName(_ marked: String) {
        let (text, engine, k6) = Self.read(marked)
        let place = text.withUnsafeBufferPointer { SourcePosition.find($0, engine, isMissingName: true) }
        #expect(place == .at(k6))
    }

    @Test("what is no plain place")
    func kinds() {
        let (call, callAt, _) = Self.read("throw Error^('x')")
        #expect(call.withUnsafeBufferPointer { SourcePosition.find($0, callAt) } == .errorCall(callAt))
        let (body, bodyAt, _) = Self.read("class E extends Error {^}")
        #expect(body.withUnsafeBufferPointer { SourcePosition.find($0, bodyAt) } == .hidden)
    }

    @Test("positions beyond the text stay")
    func outside() {
        let text = Array("f()".utf8)
        #expect(text.withUnsafeBufferPointer { SourcePosition.find($0, 40) } == .at(40))
    }

    @Test("lines and columns count characters")
    func lines() {
        let text = Array("aé b\ncd".utf8)
        text.withUnsafeBufferPointer { text in
            #expect(TextPosition.offset(text, line: 1, column: 3) == 3)
            #expect(TextPosition.offset(text, line: 2, column: 2) == 7)
            #expect(TextPosition.offset(text, line: 9, column: 1) == nil)
            #expect(TextPosition.lineAndColumn(text, 7, from: 1) == (2, 2))
            #expect(TextPosition.lineAndColumn(text, 3, from: 2) == (1, 3))
        }
    }
}
