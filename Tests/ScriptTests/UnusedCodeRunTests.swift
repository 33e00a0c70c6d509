// Scripts whose VUs go without what nothing reaches, beside the same scripts whose VUs have everything.

import Base
import Plan
import Testing

@testable import Script

@Suite(.serialized) struct UnusedCodeRunTests {
    private static let scenario = Scenario(
        name: "default", executor: .perVUIterations(vus: 2, iterations: 1, maxDurationNs: 10 * Ns.perSecond))

    private static func run(
        _ source: String, _ files: [String: String], leavesOut: Bool, workers: Int = 1
    ) throws -> (lines: [String], notes: [String]) {
        let run = try ScriptRun(
            source, [scenario], workers: workers, files: files, unusedBytesMin: leavesOut ? 0 : .max)
        func isNote(_ line: String) -> Bool {
            line.hasPrefix("VUs go without ") || line.hasPrefix("all code stays ")
        }
        return (run.lines.filter { !isNote($0) }, run.lines.filter(isNote))
    }

    @Test("programs made at random do the same with less code")
    func atRandom() throws {
        var leftOutCount = 0
        for seed in UInt64(1)...150 {
            let graph = ModuleGraph(seed: seed)
            let whole = try Self.run(graph.main, graph.files, leavesOut: false)
            let lean = try Self.run(graph.main, graph.files, leavesOut: true)
            #expect(whole.lines == lean.lines, "seed \(seed)")
            #expect(!lean.notes.contains { $0.hasPrefix("all code stays ") }, "seed \(seed)")
            if !lean.notes.isEmpty { leftOutCount += 1 }
        }
        #expect(leftOutCount > 100)
    }

    private static let library = """
        export function used() { return new Error('here').stack }
        export function unused() { return 'unused' }
        """

    @Test("a VU that asks for what nobody could foresee has everything", arguments: [1, 2])
    func unforeseen(_ workers: Int) throws {
        let source = """
            import { used } from './lib.js'
            let late = 'none'
            console.log('init code')
            if (__VU > 0) {
                const find = (() => {})[['con', 'structor'].join('')]('return r' + 'equire')()
                late = find('./lib.js').unused()
            }
            export default function () { console.log(late, used()) }
            """
        let whole = try Self.run(source, ["/test/lib.js": Self.library], leavesOut: false, workers: workers)
        let lean = try Self.run(source, ["/test/lib.js": Self.library], leavesOut: true, workers: workers)
        #expect(lean.notes == ["VUs go without 1 functions (44 bytes) of ES modules, which nothing reaches"])
        #expect(lean.lines == whole.lines)
        // VU 0 and two others say it; then come the iterations.
        #expect(lean.lines.prefix(3) == ["init code", "init code", "init code"])
        #expect(lean.lines.count == 5)
        #expect(
            lean.lines.dropFirst(3).allSatisfy {
                $0.hasPrefix("unused Error: here\n\tat used (file:///test/lib.js:1:")
            })
    }

    @Test("small programs keep everything, whatever they are made of")
    func small() throws {
        let run = try ScriptRun(
            "import { used } from './lib.js'\nexport default function () { used() }", [Self.scenario],
            files: ["/test/lib.js": Self.library])
        #expect(run.lines == [])
    }
}
