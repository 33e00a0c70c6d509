// Where Apus may differ from k6: a part of the observation, what the lines look like, and the row of
// docs/compat.md that says so. Those of one script stand in its header, those of every run are listed here.

import Foundation

struct Difference: Sendable {
    let section: Observation.Section
    /// Lines that contain a match are not compared, whichever side they come from.
    let pattern: String
    /// The first cell of the row in docs/compat.md.
    let row: String

    init(_ section: Observation.Section, _ pattern: String, row: String) {
        self.section = section
        self.pattern = pattern
        self.row = row
    }

    /// `section /pattern/ row`, as a header has it.
    init(_ text: String, _ file: String) throws {
        guard let match = text.wholeMatch(of: #/(\w+) /(.+)/ (.+)/#),
            let section = Observation.Section(rawValue: String(match.1))
        else { throw HeaderError(file, "differs: \(text)") }
        self.init(section, String(match.2), row: String(match.3))
    }

    func covers(_ line: String) -> Bool { line.range(of: pattern, options: .regularExpression) != nil }

    static let everywhere: [Difference] = [
        Difference(.metrics, "^apus_", row: "metrics of its own"),
        Difference(.samples, "× apus_", row: "metrics of its own"),
        Difference(.export, "^metrics\\.apus_", row: "metrics of its own"),
        Difference(.stdout, "^ *apus_", row: "metrics of its own"),
    ]

    /// The first cells of every table row of docs/compat.md.
    static let rows: Set<String> = {
        let path = ConformanceCase.folder + "/../../docs/compat.md"
        guard let data = FileBytes.read(path) else { return [] }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("| ") }
        return Set(lines.map { $0.dropFirst(2).prefix { $0 != "|" }.trimmingCharacters(in: .whitespaces) })
    }()
}
