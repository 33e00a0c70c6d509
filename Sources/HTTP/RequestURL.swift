// http and https URLs, read the way Go's client (and so k6) reads them: userinfo, IPv6 literals, default
// ports, the target that goes on the request line, and references resolved against a base for redirects.
// Pure.

import Base

public struct URLError: Error, Equatable, CustomStringConvertible {
    public let description: String

    public init(description: String) { self.description = description }
}

/// Why a request that could be read cannot be sent: it fails as if it had been.
public struct RequestRefusal: Equatable, Sendable {
    public let code: ErrorCode
    public let text: String

    public init(_ code: ErrorCode, _ text: String) { (self.code, self.text) = (code, text) }
}

public struct RequestURL: Equatable, Sendable {
    /// In lower case; "http" or "https" unless there is a `refusal`.
    public var scheme: String
    public var user: String?
    public var password: String?
    /// Host without brackets, lower case.
    public var host: String
    public var port: UInt16
    /// Path and query as sent on the request line; never empty.
    public var target: String
    public var fragment: String?
    /// As it was given.
    public let source: String
    /// As Go writes it: what scripts see and what stands in tags, there with the credentials masked.
    public let shown: String
    /// Set by the lenient reading only.
    public let refusal: RequestRefusal?
    /// Host and port as written, the port only where there is a number.
    public let authority: String
    /// Credentials as they stand in `shown`, with the sign behind them.
    private let userinfo: String
    private let hasPath: Bool

    public var isSecure: Bool { scheme == "https" }

    /// The URL without credentials and fragment.
    public var text: String { "\(scheme)://\(authority)\(target == "/" && !hasPath ? "" : target)" }

    /// The host as it was written.
    public var writtenHost: Substring { HostText.split(authority).host }

    /// The URL with its credentials masked.
    public var maskedText: String { masked(cutting: userinfo.utf8.count - 1) }

    /// The URL as k6 tags it: like `maskedText`, but k6 cuts as many bytes as the credentials have once they
    /// are decoded.
    public var taggedText: String {
        masked(cutting: (user?.utf8.count ?? 0) + (password.map { 1 + $0.utf8.count } ?? 0))
    }

    private func masked(cutting cut: Int) -> String {
        if user == nil { return shown }
        let start = shown.utf8.prefix(scheme.utf8.count + 3)
        let mask = password == nil ? "****" : "****:****"
        return String(decoding: start, as: UTF8.self) + mask
            + String(decoding: shown.utf8.dropFirst(start.count + cut), as: UTF8.self)
    }

    /// As in the texts of Go's errors: the user decoded, the password hidden.
    public var redactedText: String {
        guard let user, password != nil else { return shown }
        let start = shown.utf8.prefix(scheme.utf8.count + 3)
        return String(decoding: start, as: UTF8.self) + "\(user):***@"
            + String(decoding: shown.utf8.dropFirst(start.count + userinfo.utf8.count), as: UTF8.self)
    }

    /// The same URL without credentials.
    public var withoutCredentials: RequestURL {
        let start = scheme.utf8.count + 3
        let text =
            String(decoding: shown.utf8.prefix(start), as: UTF8.self)
            + String(decoding: shown.utf8.dropFirst(start + userinfo.utf8.count), as: UTF8.self)
        do { return try RequestURL(reading: text) } catch { return self }
    }

    /// Stands where a request has no URL that could be read.
    public static let nowhere = RequestURL(nowhere: "")

    private init(nowhere source: String) {
        (scheme, user, password, host, port, target) = ("http", nil, nil, "", 80, "/")
        (fragment, self.source, shown, refusal) = (nil, source, source, nil)
        (authority, userinfo, hasPath) = ("", "", false)
    }

    /// Reads a URL that shall be requested.
    /// - Throws: for what no request can be made of, also where k6 would only find out when it sends. What
    ///   may be a user and a password is not in the error.
    public init(parsing text: String) throws(URLError) {
        var shown: String { HiddenCredentials.hidden(in: text) }
        guard text.utf8.contains("://".utf8) else {
            throw URLError(description: "\"\(shown)\" has no scheme; did you mean http://\(shown)?")
        }
        do { self = try RequestURL(reading: text) } catch {
            throw URLError(description: Self.problem(error.description, in: text))
        }
        guard scheme == "http" || scheme == "https" else {
            throw URLError(description: "unsupported protocol scheme \"\(scheme)\"; use http or https")
        }
        guard !host.isEmpty else { throw URLError(description: "no host in URL \"\(shown)\"") }
        if let refusal { throw URLError(description: Self.problem(refusal.text, in: text)) }
        let isBracketed = authority.utf8.first == UInt8(ascii: "[")
        let colons = host.utf8.contains(UInt8(ascii: ":"))
        if isBracketed != colons || host.utf8.contains(where: { "<>[]\"".utf8.contains($0) }) {
            throw URLError(description: "invalid host in \"\(shown)\"")
        }
    }

    /// A reason may quote a piece of the text, which must not be one of a password.
    private static func problem(_ reason: String, in text: String) -> String {
        let shown = HiddenCredentials.hidden(in: text)
        if shown == text { return "\(reason) in \"\(text)\"" }
        return "\"\(shown)\" is no URL; signs such as / ? # @ % in a user or password are written %2F %3F "
            + "%23 %40 %25"
    }

    /// Reads a URL as Go does. One that cannot be requested has a `refusal`.
    public init(reading text: String) throws(URLError) {
        let parts = try URLParts(text)
        (scheme, user, password, fragment) = (parts.scheme, parts.user, parts.password, parts.fragment)
        (source, shown, userinfo) = (text, parts.text, parts.userinfo)
        let (name, port) = HostText.split(parts.host)
        let isHTTP = scheme == "http" || scheme == "https"
        let number = port.isEmpty ? (scheme == "https" ? 443 : 80) : UInt16(port)
        host = HostText.lowercased(name)
        self.port = number ?? 0
        // The percent sign of a zone.
        let written = Array(parts.host.utf8).replacing("%".utf8, with: "%25".utf8)
        let closed = written.last == Self.colon ? written.dropLast() : written[...]
        authority = String(decoding: closed, as: UTF8.self)
        hasPath = !parts.path.isEmpty
        target = (parts.path.utf8.first == UInt8(ascii: "/") ? "" : "/") + parts.path + parts.query
        refusal =
            if !isHTTP {
                RequestRefusal(.generic, "unsupported protocol scheme \(GoText.quoted(scheme))")
            } else if parts.host.isEmpty {
                RequestRefusal(.generic, "http: no Host in request URL")
            } else if number == nil {
                RequestRefusal(.dialGeneric, "dial tcp: address \(port): invalid port")
            } else { nil }
    }

    /// Resolves a `Location` against this URL (RFC 3986, section 5).
    public func resolving(_ reference: String) throws(URLError) -> RequestURL {
        let head = String(
            decoding: Self.prefix(reference.utf8, until: [Self.slash, Self.question, Self.hash]),
            as: UTF8.self)
        if head.utf8.last == Self.colon, reference.utf8.dropFirst(head.utf8.count).starts(with: "//".utf8) {
            return try RequestURL(parsing: reference)
        }
        if let end = head.utf8.firstIndex(of: Self.colon), end > head.startIndex,
            head[..<end].allSatisfy(\.isLetter)
        {
            throw URLError(
                description: "unsupported protocol scheme \"\(ASCII.lowercased(String(head[..<end])))\"")
        }
        let base = "\(scheme)://\(userinfo)\(authority)"
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

    // Everything in this file looks at bytes: a combining mark after a slash would hide it among characters.
    private static let slash = UInt8(ascii: "/")
    private static let question = UInt8(ascii: "?")
    private static let hash = UInt8(ascii: "#")
    private static let colon = UInt8(ascii: ":")

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
