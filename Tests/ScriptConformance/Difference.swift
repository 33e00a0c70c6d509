// Where Apus may differ from k6: a part of the observation, which lines or parts of lines, and the row of
// docs/compat.md that says so. Those of one script stand in its header, those of every run are listed here.

import Foundation

struct Difference: Sendable {
    let section: Observation.Section
    /// Of lines that contain a match neither is compared, or not the matches, whichever side they come from.
    let pattern: String
    /// Whether the rest of the line is compared.
    let isPart: Bool
    /// The first cell of the row in docs/compat.md.
    let row: String

    init(_ section: Observation.Section, _ pattern: String, row: String, isPart: Bool = false) {
        self.section = section
        self.pattern = pattern
        self.row = row
        self.isPart = isPart
    }

    /// `section /pattern/ row`, as a header has it.
    init(_ text: String, _ file: String, isPart: Bool) throws {
        guard let match = text.wholeMatch(of: #/(\w+) /(.+)/ (.+)/#),
            let section = Observation.Section(rawValue: String(match.1))
        else { throw HeaderError(file, "differs: \(text)") }
        self.init(section, String(match.2), row: String(match.3), isPart: isPart)
    }

    /// What of a line is compared; nil: nothing.
    func kept(of line: String) -> String? {
        if isPart { return line.replacingOccurrences(of: pattern, with: "", options: .regularExpression) }
        return line.range(of: pattern, options: .regularExpression) == nil ? line : nil
    }

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
