// Who may import whom: the layers as they were designed, and the targets as Package.swift lists them. The
// rule about imports compares files with both.

enum Layers {
    /// A target and all it may depend on. Targets with another name than these are free in what they list.
    static let allowed: [String: Set<String>] = [
        "Base": [],
        "Plan": ["Base"],
        "Metrics": ["Base"],
        "Codec": ["Base", "CZlib", "CBrotli", "CZstd", "CSnappy", "COpenSSL"],
        "EventLoop": ["Base", "CUV"],
        "TLS": ["Base", "COpenSSL"],
        "HTTP": ["Base", "Codec", "CLLHTTP"],
        "HTTPClient": ["Base", "EventLoop", "HTTP", "TLS"],
        "Engine": ["Base", "Plan", "HTTP", "Metrics", "EventLoop"],
        "HTML": ["Base", "CGumbo"],
        "Script": [
            "Base", "Engine", "Plan", "HTTP", "Metrics", "Codec", "EventLoop", "CQuickJS", "CFiber",
            "HTML",
        ],
        // A product of another package is listed as it and its package are named.
        "PrometheusProto": ["SwiftProtobuf", "swift-protobuf"],
        "Outputs": [
            "Base", "Metrics", "HTTPClient", "HTTP", "EventLoop", "Codec", "TLS", "PrometheusProto",
        ],
        "Control": ["Base", "EventLoop", "HTTP", "TLS", "Engine", "Codec"],
        "apus": ["CLI"],
    ]

    /// Modules of the system and the language, free for everyone.
    static let system: Set<String> = ["Glibc", "Musl", "Synchronization", "Swift"]
    /// Foundation costs milliseconds at start-up: it stays out of what lies below these.
    static let withFoundation: Set<String> = ["CLI", "Outputs"]

    /// The modules a file imports, in any form of the statement.
    static func imports(_ file: SourceFile) -> [(line: Int, module: String)] {
        SwiftScanner.code(file.text).split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .compactMap { index, line in
                let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
                guard let at = words.firstIndex(of: "import"), at <= 1, at + 1 < words.count else {
                    return nil
                }
                let kinds: Set<Substring> = [
                    "struct", "class", "enum", "protocol", "func", "let", "var", "typealias",
                ]
                let name =
                    kinds.contains(words[at + 1]) && at + 2 < words.count ? words[at + 2] : words[at + 1]
                return (index + 1, String(name.split(separator: ".")[0]))
            }
    }

    /// Targets with their dependencies, read from the text of Package.swift.
    static func targets(_ manifest: String) -> [String: Set<String>] {
        let declaration =
            #/
            (?:target|tests|executableTarget)\(\s*
            (?:name:\s*)?"([\w\-]+)",\s*
            (?:dependencies:\s*)?\[([^\]]*)\]
            /#
        var targets: [String: Set<String>] = [:]
        for match in manifest.matches(of: declaration) {
            let names = match.2.split(separator: ",").compactMap { part -> String? in
                let name = part.drop { $0 != "\"" }.dropFirst().prefix { $0 != "\"" }
                return name.isEmpty ? nil : String(name)
            }
            targets[String(match.1)] = Set(names)
        }
        return targets
    }
}
