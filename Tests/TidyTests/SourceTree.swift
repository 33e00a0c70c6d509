// The files of the project as the tidy tests read them: paths relative to the root, with their text. Build
// folders, recorded outputs and what protoc made are left out.

import Foundation

struct SourceFile: Sendable {
    let path: String
    let text: String
    let lines: [Substring]

    init(_ path: String, _ text: String) {
        self.path = path
        self.text = text
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        self.lines = lines
    }

    var isSwift: Bool { path.hasSuffix(".swift") }
    var isMarkdown: Bool { path.hasSuffix(".md") }
    /// "Engine" of "Sources/Engine/Health/Verdict.swift".
    var target: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && (parts[0] == "Sources" || parts[0] == "Tests") ? String(parts[1]) : nil
    }
}

enum SourceTree {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let folders = ["Sources", "Tests", "tools", "docs", ".ci", "Benchmarks"]
    private static let skipped = [".build", "Fixtures", "results", "__pycache__"]
    private static let endings = ["swift", "h", "modulemap", "md", "py", "sh", "c", "list", ""]

    /// Every text file, read once.
    static let files: [SourceFile] = {
        var paths = ["Package.swift", "README.md", "CHANGELOG.md"].filter {
            FileManager.default.fileExists(atPath: root.appendingPathComponent($0).path)
        }
        for folder in folders { paths += list(folder) }
        return paths.sorted().compactMap { path in
            let url = root.appendingPathComponent(path)
            guard let data = FileManager.default.contents(atPath: url.path),
                let text = String(validating: data, as: UTF8.self)
            else { return nil }
            return SourceFile(path, text)
        }
    }()

    private static func list(_ folder: String) -> [String] {
        let top = root.appendingPathComponent(folder)
        guard
            let walk = FileManager.default.enumerator(
                at: top, includingPropertiesForKeys: [.isRegularFileKey])
        else { return [] }
        var paths: [String] = []
        for case let url as URL in walk {
            if skipped.contains(url.lastPathComponent) {
                walk.skipDescendants()
                continue
            }
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
            guard exists, !isFolder.boolValue, endings.contains(url.pathExtension),
                !url.lastPathComponent.hasSuffix(".pb.swift")
            else { continue }
            let parts = url.pathComponents.dropFirst(root.pathComponents.count)
            paths.append(parts.joined(separator: "/"))
        }
        return paths
    }
}
