// http and https URLs, read the way Go's client (and so k6) reads them: userinfo, IPv6 literals, default
// ports, the target that goes on the request line, and references resolved against a base for redirects.
// Pure.

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
        // The percent sign of a zone.
        let written = host.utf8.contains(UInt8(ascii: "%")) ? host.replacing("%", with: "%25") : host
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(written)]" : written
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

    /// Stands where a request has no URL that could be read.
    public static var nowhere: RequestURL {
        RequestURL(scheme: "http", host: "", port: 80, target: "/")
    }

    private init(scheme: String, host: String, port: UInt16, target: String) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.target = target
        hasExplicitPort = false
        hadPath = false
    }

    public init(parsing text: String) throws(URLError) {
        guard let separator = Self.schemeEnd(text) else {
            throw URLError(description: "\"\(text)\" has no scheme; did you mean http://\(text)?")
        }
        scheme = ASCII.lowercased(String(text[..<separator]))
        guard scheme == "http" || scheme == "https" else {
            throw URLError(description: "unsupported protocol scheme \"\(scheme)\"; use http or https")
        }
        var rest = text[text.utf8.index(separator, offsetBy: 3)...]
        fragment = nil
        if let hash = rest.utf8.firstIndex(of: UInt8(ascii: "#")) {
            fragment = String(rest[rest.utf8.index(after: hash)...])
            rest = rest[..<hash]
        }
        let authorityEnd = rest.utf8.firstIndex { $0 == Self.slash || $0 == Self.question } ?? rest.endIndex
        var authority = rest[..<authorityEnd]
        let path = rest[authorityEnd...]
        (user, password) = (nil, nil)
        if let at = authority.utf8.lastIndex(of: UInt8(ascii: "@")) {
            let info = authority[..<at]
            let colon = info.utf8.firstIndex(of: Self.colon)
            user = Percent.decode(String(info[..<(colon ?? info.endIndex)]))
            password = colon.map { Percent.decode(String(info[info.utf8.index(after: $0)...])) }
            authority = authority[authority.utf8.index(after: at)...]
        }
        (host, port, hasExplicitPort) = try Self.hostAndPort(authority, scheme: scheme, text: text)
        hadPath = !path.isEmpty
        target = Percent.encodeTarget(path.utf8.first == Self.slash ? String(path) : "/" + path)
        for byte in text.utf8 where byte < 0x20 || byte == 0x7F {
            throw URLError(description: "invalid control character in URL")
        }
    }

    // Everything here looks at bytes: a combining mark after a slash would hide it among characters.
    private static let slash = UInt8(ascii: "/")
    private static let question = UInt8(ascii: "?")
    private static let hash = UInt8(ascii: "#")
    private static let colon = UInt8(ascii: ":")

    /// Where "://" begins.
    private static func schemeEnd(_ text: String) -> String.Index? {
        let utf8 = text.utf8
        return utf8.indices.first { utf8[$0] == colon && utf8[$0...].starts(with: "://".utf8) }
    }

    private static func hostAndPort(
        _ authority: Substring, scheme: String, text: String
    ) throws(URLError) -> (String, UInt16, Bool) {
        var name = authority
        var portText: Substring?
        let isBracketed = authority.utf8.first == UInt8(ascii: "[")
        if isBracketed {
            guard let close = authority.utf8.firstIndex(of: UInt8(ascii: "]")) else {
                throw URLError(description: "missing ']' in host of \"\(text)\"")
            }
            name = authority[authority.utf8.index(after: authority.startIndex)..<close]
            let rest = authority[authority.utf8.index(after: close)...]
            guard name.utf8.contains(colon) else {
                throw URLError(
                    description: "invalid host in \"\(text)\": only IPv6 addresses stand in brackets")
            }
            if rest.utf8.first == colon {
                portText = rest[rest.utf8.index(after: rest.startIndex)...]
            } else if !rest.isEmpty {
                throw URLError(description: "invalid host in \"\(text)\"")
            }
        } else if let end = authority.utf8.lastIndex(of: colon) {
            name = authority[..<end]
            portText = authority[authority.utf8.index(after: end)...]
        }
        guard !name.isEmpty else { throw URLError(description: "no host in URL \"\(text)\"") }
        let invalid = name.utf8.contains { byte in
            byte <= 0x20 || byte == 0x7F || "<>[]\"{}|\\^`".utf8.contains(byte)
                || (byte == colon && !isBracketed)
        }
        if invalid { throw URLError(description: "invalid character in host name of \"\(text)\"") }
        let host = ASCII.lowercased(try Percent.decodeHost(name, isBracketed: isBracketed))
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
        let head = String(
            decoding: Self.prefix(reference.utf8, until: [Self.slash, Self.question, Self.hash]),
            as: UTF8.self)
        if let end = Self.schemeEnd(reference), reference[..<end].utf8.count + 1 == head.utf8.count {
            return try RequestURL(parsing: reference)
        }
        if let end = head.utf8.firstIndex(of: Self.colon), end > head.startIndex,
            head[..<end].allSatisfy(\.isLetter)
        {
            throw URLError(
                description: "unsupported protocol scheme \"\(ASCII.lowercased(String(head[..<end])))\"")
        }
        let base = "\(scheme)://\(authority)"
        let bytes = Array(reference.utf8)
        if bytes.starts(with: "//".utf8) { return try RequestURL(parsing: "\(scheme):\(reference)") }
        if bytes.first == Self.slash { return try RequestURL(parsing: base + Self.removingDots(bytes)) }
        let path = Array(Self.prefix(target.utf8, until: [Self.question]))
        if bytes.isEmpty || bytes.first == Self.hash {
            return try RequestURL(parsing: base + target + reference)
        }
        if bytes.first == Self.question {
            return try RequestURL(parsing: base + String(decoding: path, as: UTF8.self) + reference)
        }
        let folder = path[...(path.lastIndex(of: Self.slash) ?? path.startIndex)]
        return try RequestURL(parsing: base + Self.removingDots(folder + bytes))
    }

    private static func prefix<Bytes: Sequence<UInt8>>(_ bytes: Bytes, until ends: [UInt8]) -> [UInt8] {
        Array(bytes.prefix { !ends.contains($0) })
    }

    private static func removingDots(_ bytes: [UInt8]) -> String {
        let path = prefix(bytes, until: [question, hash])
        var output: [ArraySlice<UInt8>] = []
        let parts = path.split(separator: slash, omittingEmptySubsequences: false).dropFirst()
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            if part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8) {
                if part.count == 2, !output.isEmpty { output.removeLast() }
                if isLast { output.append([]) }
            } else {
                output.append(part)
            }
        }
        return "/"
            + String(decoding: Array(output.joined(separator: [slash])) + bytes[path.count...], as: UTF8.self)
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

    /// Decodes the `%XX` of a host. As in Go only bytes outside of ASCII may be written so, and the percent
    /// sign that begins the zone of an address: a line break must not get into a header this way.
    static func decodeHost(_ text: Substring, isBracketed: Bool) throws(URLError) -> String {
        let bytes = Array(text.utf8)
        for index in bytes.indices where bytes[index] == UInt8(ascii: "%") {
            let escape = String(decoding: bytes[index...].prefix(3), as: UTF8.self)
            guard index + 2 < bytes.count, let high = hex(bytes[index + 1]), hex(bytes[index + 2]) != nil,
                high >= 8 || (isBracketed && escape == "%25")
            else { throw URLError(description: "invalid URL escape \"\(escape)\"") }
        }
        return decode(String(text))
    }

    /// Encodes what may not stand on a request line (spaces, controls, non-ASCII); what is encoded already
    /// stays.
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
