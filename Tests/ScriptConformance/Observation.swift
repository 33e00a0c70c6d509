// What was seen of one run, as lines in sections, and how two of them differ. k6's are kept in Recorded/ as
// JSON; the observer makes Apus's.

import Foundation

struct Observation: Codable, Equatable {
    enum Section: String, CaseIterable, Sendable {
        case exit, log, stdout, metrics, samples, export, files
    }

    /// Of the script and its fixtures, ``ConformanceCase/key``.
    var key: String
    var exit: Int32
    var log: [String]
    var stdout: [String]
    /// Definitions in the samples' file.
    var metrics: [String]
    var samples: [String]
    /// The summary's JSON, a line per value.
    var export: [String]
    /// Files the script or the run wrote: the name, a colon, a line.
    var files: [String]

    subscript(_ section: Section) -> [String] {
        switch section {
        case .exit: ["\(exit)"]
        case .log: log
        case .stdout: stdout
        case .metrics: metrics
        case .samples: samples
        case .export: export
        case .files: files
        }
    }

    static func recorded(_ name: String) throws -> Observation {
        guard let data = FileBytes.read(path(name)) else {
            throw RecordingError(
                "k6's side of \(name) is not recorded; record it with APUS_CONFORMANCE_RECORD=1 and k6 on PATH"
            )
        }
        return try JSONDecoder().decode(Observation.self, from: data)
    }

    func write(_ name: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(fileURLWithPath: Self.path(name)))
    }

    static func path(_ name: String) -> String { "\(ConformanceCase.folder)/Recorded/\(name).json" }

    /// One line per difference, the expected with a minus, what Apus did with a plus; empty when they agree.
    func differences(to other: Observation, of script: ConformanceCase) -> [String] {
        var found: [String] = []
        let allowed = Difference.everywhere + script.differences
        for section in Section.allCases {
            let ours = allowed.filter { $0.section == section }
            func kept(_ line: String) -> String? {
                var line = line
                for difference in ours {
                    guard let rest = difference.kept(of: line) else { return nil }
                    line = rest
                }
                return line
            }
            let expected = self[section].compactMap(kept)
            let got = other[section].compactMap(kept)
            let isOrdered = section == .stdout || section == .files || section == .log && script.isOrdered
            let lines =
                isOrdered ? Self.inOrder(expected, got) : Self.inOrder(expected.sorted(), got.sorted())
            found += lines.map { "\(section.rawValue) \($0)" }
        }
        return found
    }

    private static func inOrder(_ expected: [String], _ got: [String]) -> [String] {
        got.difference(from: expected, by: NearlyEqual.lines).map { change in
            switch change {
            case .remove(let offset, let line, _): (offset, "- \(line)")
            case .insert(let offset, let line, _): (offset, "+ \(line)")
            }
        }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}

struct RecordingError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Percentiles come from buckets at most 0.1 % wide, and are cut off after two decimals where people read
/// them.
enum NearlyEqual {
    static func lines(_ one: String, _ other: String) -> Bool {
        if one == other { return true }
        guard one.contains("med") || one.contains("p("), other.contains("med") || other.contains("p(") else {
            return false
        }
        let number = #/-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/#
        guard one.replacing(number, with: "#") == other.replacing(number, with: "#") else { return false }
        return zip(one.matches(of: number), other.matches(of: number)).allSatisfy { left, right in
            guard let left = Double(left.0), let right = Double(right.0) else { return false }
            return abs(left - right) <= 0.0101 + 0.001 * max(abs(left), abs(right))
        }
    }
}
