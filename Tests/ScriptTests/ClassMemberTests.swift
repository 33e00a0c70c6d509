// Which part of a class a position is in. The position is marked with `@`, the beginning of the member with
// `^`, that of the class with `%`.

import Testing

@testable import Script

struct ClassMemberTests {
    private static func read(_ marked: String) -> (text: [UInt8], at: Int, member: Int?, type: Int?) {
        var text: [UInt8] = []
        var marks: [UInt8: Int] = [:]
        for byte in marked.utf8 {
            if "@^%".utf8.contains(byte) { marks[byte] = text.count } else { text.append(byte) }
        }
        return (text, marks[UInt8(ascii: "@")]!, marks[UInt8(ascii: "^")], marks[UInt8(ascii: "%")])
    }

    @Test(
        arguments: [
            ("%class A { ^x = @f() }", .field), ("%class A {\n  a = 1\n  ^x = @f()\n}", .field),
            ("%class A { a = 1; ^#x = @f(); }", .field), ("%class A extends B.C { ^x = @f() }", .field),
            ("const a = %class { ^x = @f() }", .field),
            ("%class A extends mixin(B) { ^x = [1, @f()] }", .field),
            ("%class A { m() { if (a) {} }\n ^x = { a: @f() } }", .field),
            ("%class A { ^x = (() => { g() })(@1) }", .field), ("%class A { ^x = 1 +\n @f() }", .field),
            ("%class A { a = () => 1; ^x = @f() }", .field), ("%class A { ^'x y' = @f() }", .field),
            ("%class A { ^static x = @f() }", .staticField),
            ("%class A {\n  x = 1\n  ^static y = @f()\n}", .staticField),
            ("%class A { ^static { @f() } }", .staticBlock),
            ("%class A { x = 1\n ^static { if (a) { for (const x of y) { @f() } } } }", .staticBlock),
        ] as [(String, ClassMember.Kind)])
    func found(_ marked: String, _ kind: ClassMember.Kind) throws {
        let (text, at, member, type) = Self.read(marked)
        let found = text.withUnsafeBufferPointer { ClassMember.find($0, at) }
        #expect(
            found == ClassMember(kind: kind, start: try #require(member), classStart: try #require(type)))
    }

    @Test(
        arguments: [
            "class A { m() { @f() } }", "class A { constructor() { @f() } }", "class A { x = () => @f() }",
            "class A { x = () => { @f() } }", "class A { x = [a => @f(a)] }",
            "class A { x = function () { @f() } }",
            "class A { static { list.map(x => @f(x)) } }", "class A { static { (function () { @f() })() } }",
            "const o = { x: @f() }", "@f()", "function g() { @f() }", "if (a) { @f() }",
            "class A { get x() { return @f() } }",
        ])
    func none(_ marked: String) {
        let (text, at, _, _) = Self.read(marked)
        #expect(text.withUnsafeBufferPointer { ClassMember.find($0, at) } == nil)
    }

    /// What k6 1.1.0 prints.
    @Test(
        "frames of initialisers",
        arguments: [
            (
                """
                class A { x = f() }
                function f() { throw new Error('m') }
                try { new A() } catch (e) { console.log(e.stack) }
                """,
                ["f (2:22)", "<instance_members_initializer> (1:16)", "3:7"]
            ),
            (
                """
                class A {
                  constructor() { this.y = 1 }
                  x = nope
                }
                try { new A() } catch (e) { console.log(e.stack) }
                """,
                ["<instance_members_initializer> (3:7)", "5:7"]
            ),
            (
                """
                try {
                  class A { static a = 1; static b = nope }
                } catch (e) { console.log(e.stack) }
                """,
                ["<static_initializer> (2:38)", "2:3"]
            ),
            (
                """
                function g() {
                  const A = class {
                    static { nope }
                  }
                }
                try { g() } catch (e) { console.log(e.stack) }
                """,
                ["3:14", "<static_initializer> (3:5)", "g (2:13)", "6:8"]
            ),
        ] as [(String, [String])])
    func frames(_ source: String, _ expected: [String]) throws {
        let run = Init(source)
        #expect(run.failure == nil)
        let lines = try #require(run.lines.first).split(separator: "\n").dropFirst()
        let frames = lines.map {
            String($0).replacing("\tat ", with: "").replacing("file:///test/script.js:", with: "")
        }
        #expect(frames == expected)
    }
}
