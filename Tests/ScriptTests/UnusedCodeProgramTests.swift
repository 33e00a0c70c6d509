// Scripts written to have the search for unused code go wrong: each does the same in VUs that go without it
// as in VUs that have everything.

import Base
import Plan
import Testing

@testable import Script

/// A script of several modules.
struct UnusedCodeProgram: Sendable, CustomTestStringConvertible {
    var name: String
    var main: String
    /// By path.
    var files: [String: String] = [:]
    /// Nothing of it can be told for certain, so that all of it stays.
    var isKept: Bool

    var testDescription: String { name }

    /// - Parameter text: the main module, and behind lines `=== name` those that are `./name` to it.
    init(_ name: String, isKept: Bool = false, _ text: String) {
        self.name = name
        self.isKept = isKept
        var parts = text.split(separator: "\n=== ")
        main = String(parts.removeFirst())
        for part in parts {
            let end = part.firstIndex(of: "\n")!
            files["/test/\(part[..<end])"] = String(part[part.index(after: end)...])
        }
    }
}

@Suite(.serialized) struct UnusedCodeProgramTests {
    private static let scenario = Scenario(
        name: "default", executor: .perVUIterations(vus: 1, iterations: 1, maxDurationNs: 10 * Ns.perSecond))

    @Test("a script does the same", arguments: UnusedCodeProgram.statements + UnusedCodeProgram.modules)
    func doesTheSame(_ program: UnusedCodeProgram) throws {
        let whole = try ScriptRun(program.main, [Self.scenario], files: program.files, unusedBytesMin: .max)
        let lean = try ScriptRun(program.main, [Self.scenario], files: program.files, unusedBytesMin: 0)
        let notes = lean.lines.filter { $0.hasPrefix("VUs go without ") }
        #expect(lean.lines.filter { !notes.contains($0) } == whole.lines)
        #expect(whole.lines.contains { $0.hasPrefix("result ") }, "\(whole.lines)")
        #expect(notes.count == (program.isKept ? 0 : 1), "\(lean.lines)")
    }
}
