// What is asked for its `stack` in a script's text, what becomes of the text, and where positions in it were
// in the source; what scripts then see. k6 shows an error's text and frames, and leaves everything else
// alone.

import Testing

@testable import Script

struct StackReadTests {
    @Test(
        "a read becomes a call, and what follows stays where it is",
        arguments: [
            ("log(e.stack)", "log(ſ(e)   )"), ("error.stack.split('\\n')", "ſ(error)   .split('\\n')"),
            ("a.b.c.stack + 1", "ſ(a.b.c)    + 1"), ("this.stack[0]", "ſ(this)   [0]"),
            ("new Error('x').stack", "ſ(new Error('x'))   "), ("Error('x').stack;", "ſ(Error('x'))   ;"),
            ("new a.B(c.stack).stack", "ſ(new a.B(ſ(c)   ))   "), ("(a || b).stack", "ſ((a || b))   "),
            ("list[0].stack", "ſ(list[0])   "), ("f(x)(y).stack", "ſ(f(x)(y))   "),
            ("this.#e.stack", "ſ(this.#e)   "), ("'text'.stack", "ſ('text')   "),
            ("e.stack.err.stack", "ſ(ſ(e)   .err)   "), ("last\n  .stack.x", "ſ(last)\n        .x"),
            ("f(\n  1).stack + x", "ſ(f(\n  1))      + x"), ("`${e.stack} e.stack`", "`${ſ(e)   } e.stack`"),
            ("x / e.stack / 2", "x / ſ(e)    / 2"), ("/e.stack/.test(e.stack)", "/e.stack/.test(ſ(e)   )"),
            ("{ stack: e.stack }", "{ stack: ſ(e)    }"), ("(e) => e.stack", "(e) => ſ(e)   "),
            ("e.stack === 1 && e.stack >= 2", "ſ(e)    === 1 && ſ(e)    >= 2"),
            ("typeof e.stack", "typeof ſ(e)   "), ("a ? e.stack : f.stack", "a ? ſ(e)    : ſ(f)   "),
            ("a ?? e.stack", "a ?? ſ(e)   "), ("return (e).stack", "return ſ((e))   "),
            ("if (a) e.stack", "if (a) ſ(e)   "), ("[...e.stack]", "[...ſ(e)   ]"), ("é.stack", "ſ(é)   "),
            // `?.` may end early: a property stands in for it.
            ("e?.stack", "e?.ſtack"), ("a?.b.stack.c", "a?.b.ſtack.c"), ("(a?.b).stack", "ſ((a?.b))   "),
        ])
    func read(_ source: String, _ expected: String) throws {
        let reads = try #require(StackReads(Array(source.utf8)))
        #expect(String(decoding: reads.text, as: UTF8.self) == expected)
    }

    @Test(
        "what is no read, or cannot be a call, stays",
        arguments: [
            "'e.stack'", "// e.stack", "/* e.stack */ x", "delete e.stack", "delete a.e.stack",
            "delete (e.stack)",
            "delete a().stack", "const { stack } = e", "e['stack']", "e.stacks", "this.#stack", "e.stack = 1",
            "e.stack += 1", "e.stack ??= 1", "e.stack >>>= 1", "e.stack++", "--e.stack", "e.stack(1)",
            "e.stack`x`", "new e.stack()", "new e.stack", "import('x').stack", "super.stack", "import.meta.x",
            "return(e).stack", "let stack = 1", "{ stack: 5 }", "x.y",
        ])
    func none(_ source: String) { #expect(StackReads(Array(source.utf8)) == nil) }

    @Test(
        "what could be assigned to by a pattern can be left out",
        arguments: [
            ("[e.stack] = [f.stack.x]", "[e.stack] = [ſ(f)   .x]"),
            ("({ a: e.stack } = b); log(e.stack)", "({ a: e.stack } = b); log(ſ(e)   )"),
            ("for (e.stack of x) {}; y = e.stack", "for (e.stack of x) {}; y = ſ(e)   "),
        ])
    func patterns(_ source: String, _ expected: String) throws {
        let reads = try #require(StackReads(Array(source.utf8), leavesPatterns: true))
        #expect(String(decoding: reads.text, as: UTF8.self) == expected)
    }

    /// The engine's position in the rewritten text is marked with `^`, the source's with `@`.
    @Test(
        "positions in the source",
        arguments: [
            ("ſ(a.^b())   .c", "a.@b().stack.c", false), ("ſ^(a.b())   .c", "a.b().@stack.c", true),
            ("ſ(a.b())   .^c", "a.b().stack.@c", false), ("^x = ſ(a)   ", "@x = a.stack", false),
            ("ſ(f(\n  ^1))     .x", "f(\n  @1).stack.x", false),
            ("ſ(f(\n  1))     .^x", "f(\n  1).stack.@x", false),
            ("ſ(ſ(e)   .err.^x)   ", "e.stack.err.@x.stack", false),
            ("ſ(ſ^(e)   .err)   ", "e.@stack.err.stack", true),
            ("ſ^(ſ(e)   .err)   ", "e.stack.err.@stack", true),
        ] as [(String, String, Bool)])
    func position(_ rewritten: String, _ source: String, _ isRead: Bool) throws {
        let text = Array(source.replacing("@", with: "").utf8)
        let reads = try #require(StackReads(text))
        #expect(String(decoding: reads.text, as: UTF8.self) == rewritten.replacing("^", with: ""))
        let from = Self.place(of: "^", in: rewritten)
        let place = StackRead.source(reads.reads, line: from.line, column: from.column)
        let expected = Self.place(of: "@", in: source)
        #expect(place.line == expected.line && place.column == expected.column)
        #expect(place.isRead == isRead)
    }

    private static func place(of mark: Character, in text: String) -> (line: Int, column: Int) {
        let lines = text.prefix { $0 != mark }.split(separator: "\n", omittingEmptySubsequences: false)
        return (lines.count, lines.last!.count + 1)
    }

    @Test(
        "what scripts see",
        arguments: [
            ("const o = { e: new Error('x') }; console.log(delete o.e.stack, o.e.stack)", "true undefined"),
            (
                "const e = Object.create(null); e.stack = 5; console.log(e.stack, JSON.stringify(e))",
                "5 {\"stack\":5}"
            ),
            ("const err = { __proto__: null, stack: 'own' }; console.log(err.stack)", "own"),
            (
                "const e = new Proxy({}, { get: (_, name) => `asked for ${String(name)}` }); console.log(e.stack)",
                "asked for stack"
            ),
            (
                "class A { #stack = [1]; stack = 2; sum() { return this.#stack[0] + this.stack } }\nconsole.log(new A().sum())",
                "3"
            ),
            (
                "const t = new Error('short name'); console.log(t.stack)",
                "Error: short name\n\tat file:///test/script.js:1:11\n"
            ),
            (
                "class E extends Error { show() { return this.stack } }\nconsole.log(new E('own').show())",
                "Error: own\n\tat file:///test/script.js:2:13\n"
            ),
            (
                "const e = { a: { b: new Error('deep') } }; console.log(e.a.b.stack)",
                "Error: deep\n\tat file:///test/script.js:1:21\n"
            ),
            ("const o = {}; [o.stack] = [4]; console.log(o.stack)", "4"),
            (
                "const e = new TypeError('m'), c = {}; for (const n of ['message', 'stack']) c[n] = e[n]; console.log(c.stack)",
                "Error: m\n\tat file:///test/script.js:1:11\n"
            ),
            (
                "const p = new Proxy(new Error('m'), {}); console.log(p.stack)",
                "Error: m\n\tat file:///test/script.js:1:21\n"
            ),
            (
                "const o = {}, e = new Error('p'); [o.stack] = [e]; console.log(e.stack)",
                "Error: p\n\tat file:///test/script.js:1:19\n"
            ),
            (
                "function f() { return null.x.stack }\ntry { f() } catch (e) { console.log(e.stack) }",
                "TypeError: cannot read property 'x' of null\n\tat f (file:///test/script.js:1:28)\n\tat file:///test/script.js:2:8\n"
            ),
            (
                "let u\nfunction f() { return u.stack }\ntry { f() } catch (e) { console.log(e.stack) }",
                "TypeError: cannot read property 'stack' of undefined\n\tat f (file:///test/script.js:2:25)\n\tat file:///test/script.js:3:8\n"
            ),
            ("let u\ntry { u?.stack.x; console.log('fine') } catch (e) { console.log(e.name) }", "fine"),
            (
                "const err = new Error('o'); console.log(err?.stack)",
                "Error: o\n\tat file:///test/script.js:1:13\n"
            ),
        ] as [(String, String)])
    func sees(_ source: String, _ line: String) {
        let run = Init(source)
        #expect(run.failure == nil)
        #expect(run.lines == [line])
    }
}
