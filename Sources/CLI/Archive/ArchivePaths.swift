// Names of files inside an archive: from URLs to entries and back, without the names of users. Used by
// TestArchive.

enum ArchivePaths {
    /// `file:///tmp/a%20b.js` is stored as `file/tmp/a b.js`, `https://h/x.js?y` as `https/h/x.js?y`. nil
    /// for other schemes.
    static func entryName(ofURL url: String) -> String? {
        for scheme in ["file", "https"] where url.hasPrefix(scheme + "://") {
            let rest = unescaped(String(url.dropFirst(scheme.utf8.count + 3)))
            let path = rest.hasPrefix("/") ? rest : "/" + rest
            return scheme + (scheme == "file" ? anonymised(path) : path)
        }
        return nil
    }

    /// The present name of a stored entry; nil for entries that are no files of the test.
    static func entryName(ofStored name: String) -> String? {
        guard let (scheme, rest) = Text.split(name, at: "/") else { return nil }
        switch scheme {
        case "file", "https": return name
        // Archives of k6 before 0.24: local files begin with "_".
        case "files", "scripts": return rest.hasPrefix("_/") ? "file" + rest.dropFirst() : "https/" + rest
        default: return nil
        }
    }

    /// A file URL without the user's name, as the metadata holds it.
    static func anonymisedURL(_ url: String) -> String {
        guard url.hasPrefix("file://") else { return url }
        return fileURL(anonymised(unescaped(String(url.dropFirst(7)))))
    }

    /// The URL of an absolute path.
    static func fileURL(_ path: String) -> String { "file://" + escaped(path) }

    /// The path of a file URL; nil for another.
    static func path(ofURL url: String) -> String? {
        url.hasPrefix("file://") ? unescaped(String(url.dropFirst(7))) : nil
    }

    /// `/home/anna/x` becomes `/home/nobody/x`; so do the home folders of other systems.
    static func anonymised(_ path: String) -> String {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        // parts[0] is the empty text before the first slash; a drive letter may stand before the folder.
        let isDrive = parts.count > 1 && parts[1].utf8.count == 1 && parts[1].first?.isLetter == true
        let folder = isDrive ? 2 : 1
        guard parts.count > folder + 1, !parts[folder + 1].isEmpty,
            ["users", "home", "documents and settings"].contains(parts[folder].lowercased())
        else { return path }
        parts[folder + 1] = "nobody"
        return parts.joined(separator: "/")
    }

    /// A path as Go's URLs write it: letters, digits and `-_.~$&+,/:;=@` stand for themselves.
    static func escaped(_ path: String) -> String {
        var text = ""
        for byte in path.utf8 {
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "-_.~$&+,/:;=@".utf8.contains(byte)
            if isPlain {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let hex = String(byte, radix: 16, uppercase: true)
                text += "%" + (hex.utf8.count == 1 ? "0" : "") + hex
            }
        }
        return text
    }

    /// With every valid `%XX` replaced by its byte.
    static func unescaped(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = Character(Unicode.Scalar(bytes[index + 1])).hexDigitValue,
                let low = Character(Unicode.Scalar(bytes[index + 2])).hexDigitValue
            {
                out.append(UInt8(high * 16 + low))
                index += 3
            } else {
                out.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
