// Rules about what imports what, and about documents.

extension Rule {
    private static let manifest = SourceTree.files.first { $0.path == "Package.swift" }
    private static let targets = manifest.map { Layers.targets($0.text) } ?? [:]

    static let imports = Rule(
        "a file imports what its target lists",
        planted: [
            SourceFile("Sources/Base/a.swift", "import Engine\n"),
            SourceFile("Sources/Base/a.swift", "import struct Engine.Run\n"),
            SourceFile("Sources/HTTP/a.swift", "@preconcurrency import Foundation\n"),
            SourceFile("Sources/HTTP/a.swift", "public import CUV\n"),
            SourceFile("Sources/Nowhere/a.swift", "import Base\n"),
        ],
        clean: [
            SourceFile("Sources/Outputs/a.swift", "import Foundation\nimport Base\n"),
            SourceFile(
                "Sources/HTTP/a.swift", "import Base\n// import Engine\n#if a\n    import Glibc\n#endif\n"),
            SourceFile(
                "Tests/BaseTests/a.swift", "import Foundation\n@testable import Base\nimport Testing\n"),
        ]
    ) { file in
        guard file.isSwift, let target = file.target else { return [] }
        guard let listed = targets[target] else { return ["1: Package.swift lists no target \(target)"] }
        let isTest = file.path.hasPrefix("Tests/")
        return Layers.imports(file).compactMap { line, module in
            if listed.contains(module) || Layers.system.contains(module) || module == target { return nil }
            if module.hasPrefix("Foundation"), isTest || Layers.withFoundation.contains(target) { return nil }
            if isTest, module == "Testing" { return nil }
            return "\(line): \(target) does not list \(module)"
        }
    }

    static let layers = Rule(
        "Package.swift keeps to the layers",
        planted: [
            SourceFile("Package.swift", "target(\"Plan\", [\"Base\", \"EventLoop\"], hot: true),\n"),
            SourceFile(
                "Package.swift", ".executableTarget(name: \"apus\", dependencies: [\"CLI\", \"Engine\"]),\n"),
        ],
        clean: [
            SourceFile(
                "Package.swift",
                "target(\n    \"Plan\",\n    [\"Base\"]),\ntests(\"PlanTests\", [\"Engine\"]),\n")
        ]
    ) { file in
        guard file.path == "Package.swift" else { return [] }
        let targets = Layers.targets(file.text)
        if targets.isEmpty { return ["1: no target was found"] }
        return Layers.allowed.flatMap { name, allowed in
            (targets[name] ?? []).subtracting(allowed).sorted().map { "1: \(name) may not depend on \($0)" }
        }
    }

    static let titles = Rule(
        "a document has one title, first",
        planted: [
            SourceFile("docs/a.md", "Text.\n\n# Title\n"), SourceFile("docs/a.md", "# One\n\n# Two\n"),
            SourceFile("docs/a.md", "## Section\n"),
        ],
        clean: [SourceFile("docs/a.md", "# Title\n\n```sh\n# a comment\n```\n\n## Section\n")]
    ) { file in
        guard file.isMarkdown else { return [] }
        var isCode = false
        let titles = file.lines.enumerated().filter { _, line in
            if line.hasPrefix("```") { isCode.toggle() }
            return !isCode && line.hasPrefix("# ")
        }
        if titles.count == 1, titles[0].offset == 0 { return [] }
        return ["1: \(titles.count) titles"]
    }

    static let changelog = Rule(
        "the changelog has a section per version, newest first, each with entries",
        planted: [
            SourceFile("CHANGELOG.md", "# Changelog\n"),
            SourceFile("CHANGELOG.md", "# Changelog\n\n## Unreleased\n\nText.\n"),
            SourceFile("CHANGELOG.md", "# Changelog\n\n## 0.1.0\n\n- A.\n"),
            SourceFile(
                "CHANGELOG.md",
                "# Changelog\n\n## 0.1.0 (2026-01-01)\n\n- A.\n\n## 0.2.0 (2026-02-01)\n\n- B.\n"),
        ],
        clean: [
            SourceFile(
                "CHANGELOG.md",
                "# Changelog\n\n## Unreleased\n\n- A.\n\n## 0.10.0 (2026-02-01)\n\n### Added\n\n- B.\n\n## 0.2.0 (2026-01-01)\n\n- C.\n"
            )
        ]
    ) { file in
        file.path == "CHANGELOG.md" ? Changelog.problems(file) : []
    }
}

enum Changelog {
    static func problems(_ file: SourceFile) -> [String] {
        var problems: [String] = []
        var versions: [[Int]] = []
        let starts = file.lines.indices.filter { file.lines[$0].hasPrefix("## ") }
        if starts.isEmpty { return ["1: no section"] }
        for (place, start) in starts.enumerated() {
            let end = place + 1 < starts.count ? starts[place + 1] : file.lines.count
            let heading = file.lines[start].dropFirst(3)
            if let match = heading.wholeMatch(of: #/(\d+)\.(\d+)\.(\d+) \(\d{4}-\d{2}-\d{2}\)/#) {
                versions.append([match.1, match.2, match.3].map { Int($0) ?? 0 })
            } else if heading != "Unreleased" || place > 0 {
                problems.append("\(start + 1): '\(heading)' is neither 'Unreleased' nor 'x.y.z (yyyy-mm-dd)'")
            }
            if !file.lines[start..<end].contains(where: { $0.hasPrefix("- ") }) {
                problems.append("\(start + 1): a section without entries")
            }
        }
        for (newer, older) in zip(versions, versions.dropFirst())
        where !older.lexicographicallyPrecedes(newer) {
            problems.append("1: version \(older) stands below \(newer)")
        }
        return problems
    }
}

enum Functions {
    /// Functions, initialisers and the like with more lines, from the line of their name to their closing
    /// brace.
    static func longer(than linesMax: Int, in text: String) -> [String] {
        let lines = SwiftScanner.code(text).split(separator: "\n", omittingEmptySubsequences: false)
        let declaration = #/\b(?:func\s+\S+|init[?!]?\s*[(<]|deinit\b|subscript\s*[(<])/#
        var problems: [String] = []
        for (start, line) in lines.enumerated() {
            guard let match = line.firstMatch(of: declaration), !isCall(line[..<match.range.lowerBound])
            else { continue }
            guard let end = end(of: lines, from: start, line[match.range.lowerBound...]) else { continue }
            let count = end - start + 1
            if count > linesMax { problems.append("\(start + 1): \(count) lines") }
        }
        return problems
    }

    /// `self.init(…)` and `.init(…)` are calls.
    private static func isCall(_ before: Substring) -> Bool { before.hasSuffix(".") }

    /// The line of the brace that closes the body; nil without a body (a requirement of a protocol).
    private static func end(of lines: [Substring], from start: Int, _ first: Substring) -> Int? {
        var braces = 0
        var parentheses = 0
        for index in start..<lines.count {
            for character in index == start ? first : lines[index] {
                switch character {
                case "(", "[": parentheses += 1
                case ")", "]": parentheses -= 1
                case "{": braces += 1
                case "}":
                    braces -= 1
                    // A default argument's closure ends within the parentheses.
                    if braces == 0 && parentheses == 0 { return index }
                    if braces < 0 { return nil }
                default: break
                }
            }
            // A requirement ends without a body; a body may open on a later line only inside parentheses or
            // after a clause, which the formatter indents.
            if braces == 0, parentheses == 0, index + 1 < lines.count {
                let next = lines[index + 1].drop { $0 == " " }
                let goesOn = ["{", "->", "where", "throws", "async"].contains { next.hasPrefix($0) }
                if !goesOn { return nil }
            }
        }
        return nil
    }
}
