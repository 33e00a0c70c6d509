// Every script of Scripts/ through Apus, compared with what k6 1.1.0 did with it. k6's side is kept in
// Recorded/; `APUS_CONFORMANCE_RECORD=1` with k6 on PATH makes it anew. docs/conformance.md says how a script
// is written.

import Foundation
import Glibc
import Testing

@Suite struct ConformanceTests {
    /// "1" records k6's side, "apus" that of the scripts k6 cannot run.
    private static let record = ProcessInfo.processInfo.environment["APUS_CONFORMANCE_RECORD"]

    @Test(.timeLimit(.minutes(3)), arguments: ConformanceCase.all)
    func asK6(_ script: ConformanceCase) throws {
        if let record = Self.record {
            if (record == "apus") == (script.alone != nil) { try Self.record(script) }
        } else {
            try Self.compare(script)
        }
    }

    /// How the work is spread over threads changes nothing.
    @Test(.timeLimit(.minutes(3)), .enabled(if: record == nil), arguments: workers, [1, 2])
    func withWorkers(_ script: ConformanceCase, _ count: Int) throws {
        try Self.compare(script, "--threads", "\(count)")
    }

    private static let workers = ConformanceCase.all.filter(\.runsWithWorkers)

    private static func record(_ script: ConformanceCase) throws {
        if script.alone != nil { return try Observer(.apus, script).observe().write(script.name) }
        guard let k6 = Program.k6() else { throw RecordingError("there is no k6 on PATH to record") }
        try Observer(k6, script).observe().write(script.name)
    }

    private static func compare(_ script: ConformanceCase, _ extra: String...) throws {
        let expected = try Observation.recorded(script.name)
        guard expected.key == script.key else {
            throw RecordingError(
                "\(script.name) or a file it reads has changed since k6's side was recorded; record it again")
        }
        if script.needsResolver, !Resolver.knowsWhatDoesNotExist { return }
        let got = try Observer(.apus, script, extra).observe()
        let differences = expected.differences(to: got, of: script)
        if !differences.isEmpty { Issue.record("\(differences.prefix(40).joined(separator: "\n"))") }
    }

    @Test(.enabled(if: !ConformanceCase.isSelection)) func enoughScripts() {
        #expect(ConformanceCase.all.count >= 80)
    }

    /// What may differ is written down where users look.
    @Test func everyDifferenceIsDocumented() {
        for script in ConformanceCase.all {
            let rows =
                (script.differences + Difference.everywhere).map(\.row) + (script.alone.map { [$0] } ?? [])
            for row in rows {
                #expect(Difference.rows.contains(row), "\(script.name): docs/compat.md has no row '\(row)'")
            }
        }
    }

    /// A recording whose script is gone says nothing any more.
    @Test func everyRecordingHasAScript() throws {
        let recorded = try FileManager.default.contentsOfDirectory(
            atPath: ConformanceCase.folder + "/Recorded"
        )
        .filter { $0.hasSuffix(".json") }
        let names = Set(
            try FileManager.default.contentsOfDirectory(atPath: ConformanceCase.scripts)
                .map { ($0 as NSString).deletingPathExtension })
        #expect(recorded.filter { !names.contains(($0 as NSString).deletingPathExtension) } == [])
    }
}

/// Whether this machine gets an answer about names that do not exist: without a network there is none.
enum Resolver {
    static let knowsWhatDoesNotExist: Bool = {
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo("no-such-host.invalid", nil, nil, &found)
        if let found { freeaddrinfo(found) }
        return status == EAI_NONAME
    }()
}
