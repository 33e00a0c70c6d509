// What the text of an import means: a built-in module, a file, a remote module. k6's rules: relative and
// absolute paths against the importing module's URL, no guessing of endings, no bare names. Pure.

enum Specifier {
    enum Meaning: Equatable {
        case builtin(String)
        case url(String)
        /// The message of the error that importing it is.
        case invalid(String)
    }

    /// - Parameter base: URL of the importing module, or of a folder (ending in a slash).
    static func resolve(_ specifier: String, base: String) -> Meaning {
        if specifier == "k6" || specifier.hasPrefix("k6/") { return .builtin(specifier) }
        if specifier.isEmpty { return .invalid("local or remote path required") }
        if specifier.hasPrefix(".") || specifier.hasPrefix("/") {
            return .url(join(base, specifier))
        }
        if specifier.hasPrefix("file://") {
            if base.hasPrefix("https://") {
                return .invalid("origin (\(base)) not allowed to load local file: \(specifier)")
            }
            return .url("file://" + normalized(String(specifier.dropFirst(7))))
        }
        if specifier.hasPrefix("https://") { return .url(specifier) }
        if let colon = specifier.range(of: "://") {
            let scheme = specifier[..<colon.lowerBound]
            return .invalid(
                "only supported schemes for imports are file and https, \(specifier) has `\(scheme)`")
        }
        for host in ["github.com/", "cdnjs.com/"] where specifier.hasPrefix(host) {
            return .invalid(
                "\(specifier) is no URL that could be fetched; import the file itself, with https://")
        }
        return .invalid(
            "The moduleSpecifier \"\(specifier)\" couldn't be recognised as something k6 supports.")
    }

    /// The text for a module that is nowhere.
    static func missing(_ specifier: String) -> String {
        "The moduleSpecifier \"\(specifier)\" couldn't be found on local disk. Check the path; in a container, "
            + "check that the folder with the script and its modules is mounted"
    }

    /// The URL of an absolute or relative path against the URL of a file.
    static func join(_ base: String, _ path: String) -> String {
        let (root, basePath) = split(base)
        if path.hasPrefix("/") { return root + normalized(path) }
        let folder = basePath.prefix(upTo: basePath.lastIndex(of: "/") ?? basePath.startIndex)
        return root + normalized(folder + "/" + path)
    }

    /// "file://" or "https://host", and the path.
    private static func split(_ url: String) -> (root: String, path: String) {
        guard let scheme = url.range(of: "://") else { return ("file://", url) }
        let rest = url[scheme.upperBound...].prefix { $0 != "?" && $0 != "#" }
        if url.hasPrefix("file://") { return ("file://", String(rest)) }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        return (String(url[..<slash]), String(rest[slash...]))
    }

    /// A path without "." and ".." parts.
    static func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: true) {
            if part == "." { continue }
            if part == ".." {
                if !parts.isEmpty { parts.removeLast() }
            } else {
                parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }

    static func path(ofFileURL url: String) -> String {
        url.hasPrefix("file://") ? String(url.dropFirst(7)) : url
    }
}

extension String {
    /// The first occurrence of a text, without Foundation.
    func range(of text: String) -> Range<String.Index>? {
        guard let first = text.utf8.first else { return nil }
        let (mine, wanted) = (utf8, Array(text.utf8))
        var start = mine.startIndex
        while let found = mine[start...].firstIndex(of: first) {
            if mine[found...].starts(with: wanted) {
                return found..<mine.index(found, offsetBy: wanted.count)
            }
            start = mine.index(after: found)
        }
        return nil
    }
}
