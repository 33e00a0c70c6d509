// Addresses in pages, read, resolved and written as Go's net/url does: the parts of a link (`hash`, `host` …)
// and where forms and links lead. Pure. Used by `ElementKind` and by the HTTP module for `submitForm` and
// `clickLink`.

import Base

public struct WebAddress: Hashable, Sendable {
    public var scheme = ""
    /// What follows the scheme of an address that is not hierarchical: "a@b.c" of `mailto:a@b.c`.
    public var opaque = ""
    public var user: String?
    public var password: String?
    /// With the port.
    public var host = ""
    /// Decoded.
    public var path = ""
    /// As it was written.
    private var rawPath = ""
    public var hasAuthority = false
    /// Encoded.
    public var query = ""
    /// Decoded.
    public var fragment = ""

    /// Why a text is no address, as Go words it.
    public struct Problem: Error, Hashable, Sendable {
        public let text: String
    }

    /// Nil when Go refuses the text.
    public init?(_ text: String) {
        do { try self.init(parsing: text) } catch { return nil }
    }

    public init(parsing text: String) throws(Problem) {
        var bytes = Array(text.utf8)[...]
        guard !bytes.contains(where: { $0 < 32 || $0 == 127 }) else {
            throw Problem(text: "net/url: invalid control character in URL")
        }
        if let mark = bytes.firstIndex(of: UInt8(ascii: "#")) {
            fragment = try PercentCoding.decoded(bytes[(mark + 1)...], .other)
            bytes = bytes[..<mark]
        }
        guard let length = Self.schemeLength(bytes) else { throw Problem(text: "missing protocol scheme") }
        if length > 0 {
            scheme = String(decoding: bytes.prefix(length - 1), as: UTF8.self).lowercased()
            bytes = bytes.dropFirst(length)
        }
        if let mark = bytes.firstIndex(of: UInt8(ascii: "?")) {
            query = String(decoding: bytes[(mark + 1)...], as: UTF8.self)
            bytes = bytes[..<mark]
        }
        if bytes.first != UInt8(ascii: "/") {
            if !scheme.isEmpty {
                opaque = String(decoding: bytes, as: UTF8.self)
                return
            }
            // A colon in the first part of a relative path would read as a scheme.
            if bytes.prefix(while: { $0 != UInt8(ascii: "/") }).contains(UInt8(ascii: ":")) {
                throw Problem(text: "first path segment in URL cannot contain colon")
            }
        }
        if bytes.starts(with: "//".utf8), !scheme.isEmpty || !bytes.starts(with: "///".utf8) {
            let end = bytes.dropFirst(2).firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
            try readAuthority(bytes[(bytes.startIndex + 2)..<end])
            bytes = bytes[end...]
        }
        path = try PercentCoding.decoded(bytes, .other)
        rawPath = String(decoding: bytes, as: UTF8.self)
    }

    /// With the colon; 0 without a scheme, nil when the text starts with a colon.
    private static func schemeLength(_ bytes: ArraySlice<UInt8>) -> Int? {
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case 65...90, 97...122: continue
            case 48...57, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                if index == 0 { return 0 }
            case UInt8(ascii: ":"): return index == 0 ? nil : index + 1
            default: return 0
            }
        }
        return 0
    }

    private mutating func readAuthority(_ bytes: ArraySlice<UInt8>) throws(Problem) {
        hasAuthority = true
        var hostBytes = bytes
        if let at = bytes.lastIndex(of: UInt8(ascii: "@")) {
            let info = bytes[..<at]
            hostBytes = bytes[(at + 1)...]
            guard info.allSatisfy(PercentCoding.mayStandInUserInfo) else {
                throw Problem(text: "net/url: invalid userinfo")
            }
            let name = info.prefix { $0 != UInt8(ascii: ":") }
            user = try PercentCoding.decoded(name, .other)
            if name.count < info.count {
                password = try PercentCoding.decoded(info.dropFirst(name.count + 1), .other)
            }
        }
        var port = hostBytes
        if hostBytes.first == UInt8(ascii: "[") {
            guard let end = hostBytes.lastIndex(of: UInt8(ascii: "]")) else {
                throw Problem(text: "missing ']' in host")
            }
            port = hostBytes[(end + 1)...]
        } else {
            port = hostBytes.lastIndex(of: UInt8(ascii: ":")).map { hostBytes[$0...] } ?? []
        }
        let isPort = port.first == UInt8(ascii: ":") && port.dropFirst().allSatisfy { (48...57).contains($0) }
        guard port.isEmpty || isPort else {
            let text = GoText.quoted(String(decoding: port, as: UTF8.self))
            throw Problem(text: "invalid port \(text) after host")
        }
        host = try PercentCoding.decoded(hostBytes, .host)
    }

    // MARK: Parts

    /// Without the port and, when there is one, without brackets.
    public var hostname: String {
        guard let colon = portColon else { return host }
        let name = host[..<colon]
        return name.hasPrefix("[") && name.hasSuffix("]") ? String(name.dropFirst().dropLast()) : String(name)
    }

    public var port: String { portColon.map { String(host[host.index(after: $0)...]) } ?? "" }

    private var portColon: String.Index? {
        guard let colon = host.lastIndex(of: ":") else { return nil }
        if host.hasPrefix("[") { return host[..<colon].hasSuffix("]") ? colon : nil }
        return colon
    }

    // MARK: Resolving

    /// Where `reference` leads from here.
    public func resolving(_ reference: WebAddress) -> WebAddress {
        var result = reference
        if reference.scheme.isEmpty { result.scheme = scheme }
        if !reference.scheme.isEmpty || !reference.host.isEmpty || reference.user != nil {
            result.setResolved(reference.encodedPath, base: "")
            return result
        }
        if !reference.opaque.isEmpty { return result }
        if reference.path.isEmpty, reference.query.isEmpty {
            result.query = query
            if reference.fragment.isEmpty { result.fragment = fragment }
        }
        if reference.path.isEmpty, !opaque.isEmpty {
            result.opaque = opaque
            return result
        }
        result.host = host
        result.user = user
        result.password = password
        result.hasAuthority = hasAuthority
        result.setResolved(reference.encodedPath, base: encodedPath)
        return result
    }

    private mutating func setResolved(_ reference: String, base: String) {
        rawPath = Self.joined(base, reference)
        do {
            path = try PercentCoding.decoded(Array(rawPath.utf8)[...], .other)
        } catch {
            preconditionFailure("an encoded path decodes: \(rawPath)")
        }
    }

    /// The reference's path seen from the base's, without dots.
    private static func joined(_ base: String, _ reference: String) -> String {
        var full = reference
        if reference.isEmpty {
            full = base
        } else if !reference.hasPrefix("/") {
            full = (base.lastIndex(of: "/").map { String(base[...$0]) } ?? "") + reference
        }
        if full.isEmpty { return "" }
        // As Go does it: the path's first slash counts as an empty segment, and is taken off again.
        var segments: [Substring] = []
        let parts = full.split(separator: "/", omittingEmptySubsequences: false)
        for part in parts {
            switch part {
            case ".": continue
            case "..": if !segments.isEmpty { segments.removeLast() }
            default: segments.append(part)
            }
        }
        let isFolder = parts.last == "." || parts.last == ".."
        let result = "/" + segments.joined(separator: "/") + (isFolder ? "/" : "")
        return result.hasPrefix("//") ? String(result.dropFirst()) : result
    }

    // MARK: Writing

    /// As it was written when that is a valid encoding of the path.
    public var encodedPath: String {
        if !rawPath.isEmpty, PercentCoding.isValidPath(rawPath) { return rawPath }
        return PercentCoding.encoded(path, .path)
    }

    public var text: String {
        var text = scheme.isEmpty ? "" : scheme + ":"
        if !opaque.isEmpty {
            text += opaque
        } else {
            if hasAuthority, !scheme.isEmpty || !host.isEmpty || user != nil {
                if !host.isEmpty || !path.isEmpty || user != nil { text += "//" }
                if let user {
                    text += PercentCoding.encoded(user, .userInfo)
                    if let password { text += ":" + PercentCoding.encoded(password, .userInfo) }
                    text += "@"
                }
                text += PercentCoding.encoded(host, .host)
            }
            if !encodedPath.isEmpty, !encodedPath.hasPrefix("/"), !host.isEmpty { text += "/" }
            text += encodedPath
        }
        if !query.isEmpty { text += "?" + query }
        if !fragment.isEmpty { text += "#" + PercentCoding.encoded(fragment, .fragment) }
        return text
    }
}
