// Garbage with much memory of the host behind it goes while a script runs. A process of its own is measured:
// tests beside it take memory, too.

import Glibc
import ProcessSupport
import Testing

@Suite(.serialized) struct ScriptMemoryTests {
    /// The sanitizers keep what was freed, or take several times what there is.
    private static let measuresMemory =
        dlsym(nil, "__asan_init") == nil && dlsym(nil, "__tsan_init") == nil

    /// Bytes by which many iterations take more than one.
    private func growth(_ iterations: Int, _ code: String) throws -> Int64 {
        let target = try Target()
        let script = try Scratch.write(
            """
            import http from 'k6/http';
            import { parseHTML } from 'k6/html';
            const U = '\(target.url)/';
            const large = 'x'.repeat(1000000);
            const page = '<p>a</p>'.repeat(10000);
            const value = 'v'.repeat(4000);
            export default function () {
              \(code)
              const walk = (n) => (n > 0 ? walk(n - 1) : held);
              walk(3);
            }
            """, "garbage.js")
        func peak(_ count: Int) throws -> Int64 {
            let end = try Apus.run("--threads", "1", "--iterations", "\(count)", script, within: 300)
            #expect(end.code == 0, "\(end.err)")
            #expect(end.err.isEmpty, "\(end.err)")
            #expect(end.peakBytes > 0)
            return end.peakBytes
        }
        return try peak(iterations) - peak(1)
    }

    /// A function that calls itself keeps all around it until the collector looks, which goes by what the
    /// engine has allocated: a kilobyte of it may hold a megabyte of a body.
    @Test(
        .enabled(if: measuresMemory),
        arguments: [
            "const held = http.get(U + 'bytes/1000000');",
            "const held = http.post(U, large);",
            "const held = http.file(large, 'name');",
            "const held = parseHTML(page);",
            "const held = http.get(U); held.body = large;",
        ])
    func garbageWithMuchBehindIt(code: String) throws {
        // All of it would be 300 MB and more.
        let grown = try growth(300, code)
        #expect(grown < 120 << 20, "\(grown >> 20) MiB")
    }

    @Test(.enabled(if: measuresMemory)) func aJarThatIsGarbage() throws {
        // All jars together: 240 MB.
        let grown = try growth(
            1200,
            """
            const held = new http.CookieJar();
            for (let i = 0; i < 50; i++) held.set(U, 'c' + i, value);
            """)
        #expect(grown < 100 << 20, "\(grown >> 20) MiB")
    }
}
