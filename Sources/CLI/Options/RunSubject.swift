// What the argument of `run` is: a URL to load, or a script. Decided from its text, the two forcing flags and
// whether such a file exists; CommandLineParser calls it, the plan's description says which reading was
// taken.

public enum RunSubject: Hashable, Sendable {
    /// Load this http or https URL.
    case target(url: String)
    /// Run this script: a path, `-` for standard input, or an https URL.
    case script(String)

    private static let scriptExtensions = [".js", ".mjs", ".cjs", ".ts"]

    /// - Parameters:
    ///   - isURL: `--url` was given.
    ///   - type: the value of `--type`, or of its environment variable.
    /// - Throws: exit code 255 with what to write instead.
    static func read(
        _ argument: String, isURL: Bool, type: String?, exists: (String) -> Bool
    ) throws(CLIError) -> RunSubject {
        if let type, !["js", "archive"].contains(type) {
            throw CLIError("unknown test type \"\(type)\"; there are js and archive")
        }
        if isURL {
            if let type { throw CLIError("--url and --type \(type) contradict each other") }
            return .target(url: try checkedURL(argument))
        }
        if type != nil || argument == "-" { return .script(argument) }
        guard let (scheme, _) = splitScheme(argument) else { return try bareWord(argument, exists) }
        switch scheme {
        case "https" where hasScriptExtension(path(of: argument)): return .script(argument)
        case "http", "https": return .target(url: try checkedURL(argument))
        case "file": return .script(argument)
        default:
            throw CLIError(
                "\"\(argument)\": the scheme \(scheme) is not supported", hint: "use http:// or https://")
        }
    }

    /// The argument of a command that only knows scripts.
    static func readScript(
        _ argument: String, type: String?, exists: (String) -> Bool
    ) throws(CLIError) -> RunSubject {
        if let (scheme, _) = splitScheme(argument), scheme != "https", scheme != "file" {
            throw CLIError("\"\(argument)\": scripts come from files and https URLs, not by \(scheme)")
        }
        let subject = try read(argument, isURL: false, type: type ?? "js", exists: exists)
        let isLocal = argument != "-" && splitScheme(argument) == nil
        if isLocal && !exists(argument) { throw noSuchFile(argument) }
        return subject
    }

    private static func noSuchFile(_ path: String) -> CLIError {
        CLIError(
            "no such file: \(path)",
            hint: "give a script file, - for standard input, or a URL with http:// or https://")
    }

    /// The scheme in lower case and what follows "://".
    private static func splitScheme(_ text: String) -> (String, Substring)? {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
        let scheme = text[..<colon].lowercased()
        guard let first = scheme.first, first.isLetter,
            scheme.allSatisfy({ $0.isLetter || $0.isNumber || "+-.".contains($0) })
        else { return nil }
        return (scheme, text[colon...].dropFirst(3))
    }

    private static func path(of url: String) -> Substring {
        let rest = url.split(separator: "//", maxSplits: 1).last ?? ""
        let bare = rest.prefix { $0 != "?" && $0 != "#" }
        return bare.firstIndex(of: "/").map { bare[$0...] } ?? ""
    }

    private static func hasScriptExtension(_ path: some StringProtocol) -> Bool {
        let name = path.lowercased()
        return scriptExtensions.contains { name.hasSuffix($0) }
    }

    /// Whether a URL can be loaded at all: a host, a port within range, no blanks. The HTTP layer parses it
    /// fully.
    private static func checkedURL(_ text: String) throws(CLIError) -> String {
        guard let (scheme, rest) = splitScheme(text), scheme == "http" || scheme == "https" else {
            throw CLIError("\"\(text)\" is no http or https URL", hint: "did you mean http://\(text)?")
        }
        if text.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F }) {
            throw CLIError(
                "the URL \"\(text)\" holds a blank or a control character", hint: "write a space as %20")
        }
        let authority = rest.prefix { !"/?#".contains($0) }
        let hostPort = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let afterHost =
            hostPort.hasPrefix("[") ? hostPort.drop { $0 != "]" }.dropFirst() : hostPort.drop { $0 != ":" }
        let host = hostPort.dropLast(afterHost.count)
        if host.isEmpty {
            throw CLIError("the URL \"\(text)\" has no host", hint: "for example \(scheme)://localhost:8080/")
        }
        let port = afterHost.dropFirst()
        if !afterHost.isEmpty && !port.isEmpty && !(Int(port).map { (1...65_535).contains($0) } ?? false) {
            throw CLIError("the URL \"\(text)\" has the port \"\(port)\"; ports go from 1 to 65535")
        }
        return text
    }

    /// An argument without a scheme: an existing file is a script, a host is a forgotten scheme.
    private static func bareWord(_ text: String, _ exists: (String) -> Bool) throws(CLIError) -> RunSubject {
        if exists(text) { return .script(text) }
        if text.isEmpty {
            throw CLIError("the argument is empty", hint: "give a URL, a script file or - for standard input")
        }
        if !hasScriptExtension(text) && looksLikeHost(text) {
            throw CLIError("\"\(text)\" has no scheme and is no file", hint: "did you mean http://\(text)?")
        }
        throw noSuchFile(text)
    }

    private static func looksLikeHost(_ text: String) -> Bool {
        let authority = text.prefix { !"/?#".contains($0) }
        if authority.hasPrefix("[") && authority.contains("]") { return true }
        let (host, port) = Text.split(String(authority), at: ":") ?? (String(authority), "")
        if text.hasPrefix("/") || text.hasPrefix(".") || host.isEmpty { return false }
        if host == "localhost" || IPAddress(host) != nil || IPAddress(String(authority)) != nil {
            return true
        }
        if !port.isEmpty && port.allSatisfy(\.isNumber) { return true }
        return host.contains(".") && host.allSatisfy { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" }
            && !host.hasSuffix(".json") && !host.hasSuffix(".tar")
    }
}
