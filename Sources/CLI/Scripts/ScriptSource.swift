// Where a script comes from: a file, standard input, the web or an archive, as the commands hand it to the
// script runtime. Resolved once per command from run's argument; reading remote scripts is the runtime's.

import Base

struct ScriptSource: Sendable {
    /// `file:///dir/x.js`, `file:///-` for standard input, `https://…`.
    var url: String
    /// The folder relative names are resolved against, as a URL without a slash at the end.
    var directoryURL: String
    /// nil: still to be fetched from `url`.
    var code: [UInt8]?
    /// The script came in an archive, which holds every file it may read.
    var archive: TestArchive?

    /// - Parameters:
    ///   - argument: a path, `-` or an https URL.
    ///   - type: the value of `--type`; nil: told from the content.
    ///   - currentFolder: an absolute path.
    ///   - readInput: reads standard input to its end.
    /// - Throws: exit code 255 for what cannot be read.
    static func resolve(
        _ argument: String, type: String?, currentFolder: String, files: FileAccess = .system,
        readInput: () throws(FileError) -> [UInt8]
    ) throws(CLIError) -> ScriptSource {
        let folderURL = ArchivePaths.fileURL(currentFolder)
        let source: ScriptSource
        if argument == "-" {
            do {
                source = ScriptSource(url: "file:///-", directoryURL: folderURL, code: try readInput())
            } catch {
                throw CLIError("standard input cannot be read: \(error.reason)")
            }
        } else if argument.lowercased().hasPrefix("https://") {
            source = ScriptSource(url: argument, directoryURL: folder(ofURL: argument), code: nil)
        } else {
            let path = absolute(ArchivePaths.path(ofURL: argument) ?? argument, in: currentFolder)
            let url = ArchivePaths.fileURL(path)
            do {
                source = ScriptSource(url: url, directoryURL: folder(ofURL: url), code: try files.read(path))
            } catch {
                throw CLIError("the script \(argument) cannot be read: \(error.reason)")
            }
        }
        guard let code = source.code else {
            if type == "archive" { throw CLIError("archives are read from files, not from \(argument)") }
            return source
        }
        guard type == "archive" || type == nil && TarReader.isTar(code) else { return source }
        let archive = try TestArchive.read(code, name: argument)
        return ScriptSource(
            url: archive.metadata.scriptURL, directoryURL: archive.metadata.directoryURL,
            code: archive.script, archive: archive)
    }

    /// The URL of the folder a script lies in.
    private static func folder(ofURL url: String) -> String {
        let bare = url.prefix { $0 != "?" && $0 != "#" }
        guard let slash = bare.lastIndex(of: "/") else { return String(bare) }
        let folder = String(bare[..<slash])
        // The folder of a script at the root is the root.
        let (_, place) = Text.split(folder, at: "/") ?? ("", "")
        return place.dropFirst().contains("/") ? folder : folder + "/"
    }

    /// The path with the current folder in front, without `.` and `..`.
    static func absolute(_ path: String, in currentFolder: String) -> String {
        var parts: [Substring] = []
        let whole = path.hasPrefix("/") ? path : currentFolder + "/" + path
        for part in whole.split(separator: "/") {
            switch part {
            case ".": break
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }
}
