// What scripts may hand to the HTTP module without harm to the process: numbers that are none, circles,
// objects that lie about themselves. Whatever it means, the iteration comes to its end.

import ProcessSupport
import Testing

@Suite struct ScriptInputTests {
    let target: Target

    init() throws { target = try Target() }

    /// U is the target's address.
    @Test(arguments: [
        "http.get(U, { timeout: NaN })",
        "http.get(U, { timeout: 'nan' })",
        "http.get(U, { timeout: Infinity })",
        "const a = []; a[0] = a; http.batch([a])",
        "const o = {}; o.a = o; o.b = o; http.post(U, { o })",
        "const l = []; l.push(l, l, l); http.post(U, { l })",
        "const d = new Date(); d.valueOf = () => 1e300; http.post(U, { d })",
        "http.batch(new Proxy([], { get: (t, k) => (k === 'length' ? -1 : t[k]) }))",
        "http.expectedStatuses({ min: NaN, max: 1e300 })",
    ])
    func comesToItsEnd(_ code: String) throws {
        let script = try Scratch.write(
            """
            import http from 'k6/http';
            const U = '\(target.url)';
            export default function () {
              try { \(code); } catch (error) { console.log('threw'); }
              console.log('at the end');
            }
            """, "input.js")
        let end = try Apus.run("--quiet", script)
        #expect(end.code == 0, "\(end.err)")
        #expect(end.err.contains("at the end"))
    }

    /// The names of the engine's own messages are those of the script.
    @Test func aMessageNamesWhatTheScriptRead() throws {
        let script = try Scratch.write(
            "export default function () { const err = null; console.log(err.stack) }", "stack.js")
        let end = try Apus.run("--quiet", script)
        #expect(end.err.contains("'stack'"))
        #expect(!end.err.contains("\u{17F}"))
    }
}
