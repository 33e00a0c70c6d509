// A test as one file: script, everything it opened or imported, options and variables, in k6's layout.
// Written by `archive`, read by `run`, `inspect` and `archive`.

import Base

struct TestArchive: Hashable, Sendable {
    var metadata: ArchiveMetadata
    /// The script's text.
    var script: [UInt8]
    /// All files, the script among them, by the names `ArchivePaths.entryName` gives.
    var files: [String: [UInt8]]

    /// - Parameter files: what the script read while it was initialised, by URL.
    init(metadata: ArchiveMetadata, script: [UInt8], files: [(url: String, bytes: [UInt8])]) {
        var metadata = metadata
        self.files = [:]
        for file in files {
            if let name = ArchivePaths.entryName(ofURL: file.url) { self.files[name] = file.bytes }
        }
        if let name = ArchivePaths.entryName(ofURL: metadata.scriptURL) { self.files[name] = script }
        metadata.scriptURL = ArchivePaths.anonymisedURL(metadata.scriptURL)
        metadata.directoryURL = ArchivePaths.anonymisedURL(metadata.directoryURL)
        self.metadata = metadata
        self.script = script
    }

    /// - Parameter modifiedAt: seconds since 1970, the time every entry gets.
    func tar(modifiedAt: Int64) -> [UInt8] {
        var writer = TarWriter(modifiedAt: modifiedAt)
        writer.file("metadata.json", metadata.json())
        writer.file("data", script)
        let scriptName = ArchivePaths.entryName(ofURL: metadata.scriptURL)
        for scheme in ["file", "https"] {
            let names = files.keys.filter { $0.hasPrefix(scheme + "/") }.sorted { $0.precedes($1) }
            for folder in Self.folders(of: names) { writer.directory(folder) }
            for name in names {
                if name == scriptName {
                    writer.link(name, to: "data")
                } else {
                    writer.file(name, files[name]!)
                }
            }
        }
        writer.finish()
        return writer.bytes
    }

    /// Every folder above one of the files, sorted.
    private static func folders(of names: [String]) -> [String] {
        var folders: Set<String> = []
        for name in names {
            var rest = name[...]
            while let slash = rest.lastIndex(of: "/") {
                rest = rest[..<slash]
                if !folders.insert(String(rest)).inserted { break }
            }
        }
        return folders.sorted { $0.precedes($1) }
    }

    /// - Throws: exit code 255 for what is no archive of a test, 104 for wrong options within.
    static func read(_ bytes: [UInt8], name: String) throws(CLIError) -> TestArchive {
        let entries: [TarEntry]
        do { entries = try TarReader.entries(bytes) } catch {
            throw CLIError("the archive \(name) cannot be read: \(error)")
        }
        func content(_ wanted: String) -> [UInt8]? {
            entries.last { $0.name == wanted && $0.kind == .file }?.content
        }
        guard let metadata = content("metadata.json") else {
            throw CLIError("\(name) is a tar file, but no archive of a test: it holds no metadata.json")
        }
        guard let script = content("data") else {
            throw CLIError("the archive \(name) holds no script: the entry \"data\" is missing")
        }
        var archive = TestArchive(metadata: try ArchiveMetadata.read(metadata), script: script, files: [])
        for entry in entries {
            guard let own = ArchivePaths.entryName(ofStored: entry.name) else { continue }
            switch entry.kind {
            case .file: archive.files[own] = entry.content
            case .link(let target): archive.files[own] = content(target)
            case .directory, .other: break
            }
        }
        return archive
    }

    /// A file's content; nil if the archive does not hold it.
    func bytes(url: String) -> [UInt8]? {
        ArchivePaths.entryName(ofURL: url).flatMap { files[$0] }
    }
}
