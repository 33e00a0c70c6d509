// The house's rules as checks of one file each, with a text that must be found and one that must pass.

import Testing

struct Rule: Sendable, CustomTestStringConvertible {
    let name: String
    let planted: [SourceFile]
    let clean: [SourceFile]
    let check: @Sendable (SourceFile) -> [String]

    init(
        _ name: String, planted: [SourceFile], clean: [SourceFile],
        _ check: @escaping @Sendable (SourceFile) -> [String]
    ) {
        self.name = name
        self.planted = planted
        self.clean = clean
        self.check = check
    }

    var testDescription: String { name }

    static let all = [header, length, functions, width, words, imports, layers, titles, hosts, changelog]

    private static let text = "// One.\n// Two.\n\nlet a = 1\n"

    static let header = Rule(
        "a file opens with a comment that says what it owns, in at most ten lines",
        planted: [
            SourceFile("Sources/A/a.swift", "import Base\n"),
            SourceFile("Sources/A/a.swift", "// Short.\n\nlet a = 1\n"),
            SourceFile("Sources/A/a.swift", String(repeating: "// Line of a comment.\n", count: 20)),
            SourceFile("tools/a.py", "import sys\n"),
        ],
        clean: [
            SourceFile("Sources/A/a.swift", "// What this file owns and who calls it, at length.\n"),
            SourceFile(
                "tools/a.py", "#!/usr/bin/env python3\n# What this tool does, and\n# how it is called.\n"),
        ]
    ) { file in
        guard file.isSwift || file.path.hasPrefix("tools/") || file.path.hasPrefix(".ci/") else { return [] }
        if file.text.isEmpty { return [] }
        let opening = file.lines.drop { $0.hasPrefix("#!") || $0.hasPrefix("// swift-tools-version") }
            .prefix { $0.hasPrefix(file.isSwift ? "//" : "#") }
        let characters = opening.reduce(0) { $0 + $1.count }
        // A shell tool says there how it is called.
        let linesMax = file.isSwift ? 10 : 14
        if characters >= 40, opening.count <= linesMax { return [] }
        return ["1: opens with \(opening.count) lines, \(characters) characters of comment"]
    }

    static let linesMax = 400

    static let length = Rule(
        "files have at most \(linesMax) lines",
        planted: [SourceFile("Sources/A/a.swift", text + String(repeating: "\n", count: linesMax))],
        clean: [SourceFile("Sources/A/a.swift", text)]
    ) { file in
        file.lines.count > linesMax && !file.isMarkdown ? ["\(linesMax): \(file.lines.count) lines"] : []
    }

    static let functionLinesMax = 70

    static let functions = Rule(
        "functions have at most \(functionLinesMax) lines",
        planted: [
            SourceFile(
                "Sources/A/a.swift",
                "func a() {\n" + String(repeating: "    b(\"}\") // }\n", count: functionLinesMax) + "}\n"),
            SourceFile(
                "Sources/A/a.swift",
                "struct A {\n    init(_ a: Int = { 1 }()) {\n"
                    + String(repeating: "    b()\n", count: functionLinesMax)
                    + "    }\n}\n"),
        ],
        clean: [
            SourceFile(
                "Sources/A/a.swift",
                "struct A {\n" + String(repeating: "    func a() {\n        b()\n    }\n", count: 40) + "}\n")
        ]
    ) { file in
        file.isSwift ? Functions.longer(than: functionLinesMax, in: file.text) : []
    }

    static let widthMax = 110

    static let width = Rule(
        "lines have at most \(widthMax) characters, literals aside",
        planted: [
            SourceFile("Sources/A/a.swift", "// " + String(repeating: "x", count: 110)),
            SourceFile("Sources/A/a.swift", "let a = " + String(repeating: "b + ", count: 30) + "\"\""),
            SourceFile("tools/a.py", "#" + String(repeating: "x", count: 110)),
        ],
        clean: [
            SourceFile("Sources/A/a.swift", String(repeating: "\u{E9}", count: 110)),
            SourceFile("Sources/A/a.swift", "let a = \"" + String(repeating: "x", count: 110) + "\"\n"),
        ]
    ) { file in
        // Neither a table of a document nor a pattern can be broken.
        if file.isMarkdown || file.path.hasSuffix(".list") { return [] }
        let wide = file.lines.indices.filter { file.lines[$0].count > widthMax }
        if wide.isEmpty { return [] }
        let code = SwiftScanner.code(file.text).split(separator: "\n", omittingEmptySubsequences: false)
        return wide.compactMap { index in
            let isComment = file.lines[index].drop { $0 == " " }.hasPrefix("//")
            if file.isSwift, !isComment, code[index].count <= widthMax { return nil }
            return "\(index + 1): \(file.lines[index].count) characters"
        }
    }

    /// Words with where they may stand. Written in two parts, so that this file does not hold them.
    private static let banned: [(word: String, reason: String, allowed: Set<String>)] = [
        ("try" + "?", "handle the error, or say why it cannot happen", []),
        ("TO" + "DO", "finish it or leave it out", []),
        ("FIX" + "ME", "mend it", []),
        ("-O" + "unchecked", "it turns preconditions into assumptions", []),
        (
            "takeUnretained" + "Value", "it costs a retain and release; _withUnsafeGuaranteedRef costs none",
            // Off the hot path: once per redirect, per handshake, per signal, per VU.
            [
                "Sources/TLS/TLSClientContext.swift", "Sources/Engine/RedirectChain.swift",
                "Sources/Engine/FixedIteration.swift", "Sources/EventLoop/Wakeup.swift",
            ]
        ),
    ]

    static let words = Rule(
        "banned words",
        planted: banned.map { SourceFile("Sources/A/a.swift", "let a = \($0.word)\n") },
        clean: [SourceFile("Sources/A/a.swift", text)]
    ) { file in
        // Prose may name what code may not do; tests may pay for what the hot path may not.
        if file.path.hasSuffix(".md") { return [] }
        let isTest = file.path.hasPrefix("Tests/")
        return banned.filter {
            !$0.allowed.contains(file.path) && !(isTest && $0.word.hasPrefix("take"))
        }.flatMap { word, reason, _ in
            file.lines.enumerated().filter { holds($1, word) }.map {
                "\($0.offset + 1): '\(word)': \(reason)"
            }
        }
    }

    /// Whether the word stands in the line by itself, not as the end of a longer one.
    private static func holds(_ line: some StringProtocol, _ word: String) -> Bool {
        let line = String(line)
        return line.ranges(of: word).contains { range in
            range.lowerBound == line.startIndex || !line[line.index(before: range.lowerBound)].isLetter
        }
    }

    /// Of package registries. In two parts as well.
    private static let registryHosts = [
        ["registry.npm", "js.org"], ["py", "pi.org"], ["files.python", "hosted.org"], ["crates", ".io"],
        ["proxy.gol", "ang.org"], ["deb.deb", "ian.org"], ["security.deb", "ian.org"],
        ["archive.ubu", "ntu.com"],
        ["rubyg", "ems.org"], ["registry-1.dock", "er.io"],
    ].map { $0.joined() }

    static let hosts = Rule(
        "no package registry is named by its host",
        planted: registryHosts.map { SourceFile("tools/setup", "# https://\($0)/x\n") },
        clean: [SourceFile("tools/setup", "apt-get install wrk\n")]
    ) { file in
        registryHosts.flatMap { host in
            file.lines.enumerated().filter { $1.contains(host) }.map { "\($0.offset + 1): names \(host)" }
        }
    }
}
