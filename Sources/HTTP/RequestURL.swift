// http and https URLs, read the way Go's client (and so k6) reads them: userinfo, IPv6 literals, default ports, the
// target that goes on the request line, and references resolved against a base for redirects. Pure.

public struct URLError: Error, Equatable, CustomStringConvertible {
    public let description: String

    public init(description: String) { self.description = description }
}

public struct RequestURL: Equatable, Sendable {
    /// "http" or "https".
    public var scheme: String
    public var user: String?
    public var password: String?
    /// Host without brackets, lower case.
    public var host: String
    public var port: UInt16
    /// Whether the port was written out.
    public var hasExplicitPort: Bool
    /// Path and query as sent on the request line; never empty.
    public var target: String
    public var fragment: String?

    public var isSecure: Bool { scheme == "https" }

    /// The `Host` header's value.
    public var authority: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return hasExplicitPort ? "\(name):\(port)" : name
    }

    /// The URL without credentials and fragment.
    public var text: String { "\(scheme)://\(authority)\(target == "/" && !hadPath ? "" : target)" }

    /// The URL as k6 tags it: credentials masked, no fragment.
    public var maskedText: String {
        let mask = user == nil ? "" : "****:****@"
        return "\(scheme)://\(mask)\(authority)\(target == "/" && !hadPath ? "" : target)"
    }

    /// Whether the URL had a path of its own; without one k6 tags the bare authority.
    var hadPath: Bool

    public init(parsing text: String) throws(URLError) {
        guard let separator = text.firstRange(of: "://") else {
            throw URLError(description: "\"\(text)\" has no scheme; did you mean http://\(text)?")
        }
        scheme = ASCII.lowercased(String(text[..<separator.lowerBound]))
        guard scheme == "http" || scheme == "https" else {
            throw URLError(description: "unsupported protocol scheme \"\(scheme)\"; use http or https")
        }
        var rest = text[separator.upperBound...]
        fragment = nil
        if let hash = rest.firstIndex(of: "#") {
            fragment = String(rest[rest.index(after: hash)...])
            rest = rest[..<hash]
        }
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        var authority = rest[..<authorityEnd]
        let path = rest[authorityEnd...]
        (user, password) = (nil, nil)
        if let at = authority.lastIndex(of: "@") {
            let info = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            user = Percent.decode(String(info[0]))
            password = info.count > 1 ? Percent.decode(String(info[1])) : nil
            authority = authority[authority.index(after: at)...]
        }
        (host, port, hasExplicitPort) = try Self.hostAndPort(authority, scheme: scheme, text: text)
        hadPath = path.first == "/" || path.first == "?"
        target = Percent.encodeTarget(path.first == "/" ? String(path) : "/" + path)
        for byte in text.utf8 where byte < 0x20 || byte == 0x7F {
            throw URLError(description: "invalid control character in URL")
        }
    }

    private static func hostAndPort(
        _ authority: Substring, scheme: String, text: String
    ) throws(URLError) -> (String, UInt16, Bool) {
        var name = authority
        var portText: Substring?
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else {
                throw URLError(description: "missing ']' in host of \"\(text)\"")
            }
            name = authority[authority.index(after: authority.startIndex)..<close]
            let rest = authority[authority.index(after: close)...]
            if rest.first == ":" {
                portText = rest.dropFirst()
            } else if !rest.isEmpty {
                throw URLError(description: "invalid host in \"\(text)\"")
            }
        } else if let colon = authority.lastIndex(of: ":") {
            name = authority[..<colon]
            portText = authority[authority.index(after: colon)...]
        }
        guard !name.isEmpty else { throw URLError(description: "no host in URL \"\(text)\"") }
        let invalid = name.utf8.contains { byte in
            byte <= 0x20 || byte == 0x7F || "<>\"{}|\\^`".utf8.contains(byte)
        }
        if invalid { throw URLError(description: "invalid character in host name of \"\(text)\"") }
        let host = ASCII.lowercased(Percent.decode(String(name)))
        guard let digits = portText, !digits.isEmpty else {
            return (host, scheme == "https" ? 443 : 80, false)
        }
        guard let port = UInt16(digits), digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw URLError(description: "invalid port \":\(digits)\" after host in \"\(text)\"")
        }
        return (host, port, true)
    }

    /// Resolves a `Location` against this URL (RFC 3986, section 5).
    public func resolving(_ reference: String) throws(URLError) -> RequestURL {
        let head = reference.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if reference.firstRange(of: "://") != nil, head.hasSuffix(":") {
            return try RequestURL(parsing: reference)
        }
        if head.contains(":"), let scheme = head.split(separator: ":").first, scheme.allSatisfy(\.isLetter) {
            throw URLError(description: "unsupported protocol scheme \"\(ASCII.lowercased(String(scheme)))\"")
        }
        let base = "\(scheme)://\(authority)"
        if reference.hasPrefix("//") { return try RequestURL(parsing: "\(scheme):\(reference)") }
        if reference.hasPrefix("/") { return try RequestURL(parsing: base + Self.removingDots(reference)) }
        let path = target.prefix { $0 != "?" }
        if reference.isEmpty || reference.hasPrefix("#") {
            return try RequestURL(parsing: base + target + reference)
        }
        if reference.hasPrefix("?") { return try RequestURL(parsing: base + path + reference) }
        let folder = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
        return try RequestURL(parsing: base + Self.removingDots(folder + reference))
    }

    private static func removingDots(_ text: some StringProtocol) -> String {
        let end = text.firstIndex { $0 == "?" || $0 == "#" } ?? text.endIndex
        var output: [Substring] = []
        let parts = text[..<end].split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            if part == "." || part == ".." {
                if part == "..", !output.isEmpty { output.removeLast() }
                if isLast { output.append("") }
            } else {
                output.append(Substring(part))
            }
        }
        return "/" + output.joined(separator: "/") + text[end...]
    }
}

public enum Percent {
    /// Replaces each valid `%XX`; anything else stays as it is.
    public static func decode(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var output: [UInt8] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = hex(bytes[index + 1]), let low = hex(bytes[index + 2])
            {
                output.append(high << 4 | low)
                index += 3
            } else {
                output.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Encodes what may not stand on a request line (spaces, controls, non-ASCII); what is encoded already stays.
    static func encodeTarget(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        func isSafe(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F && !"\"<>".utf8.contains(byte) }
        if text.utf8.allSatisfy(isSafe) { return text }
        var output: [UInt8] = []
        for byte in text.utf8 {
            if isSafe(byte) {
                output.append(byte)
            } else {
                output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}
