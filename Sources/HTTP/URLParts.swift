// The parts of a URL as Go's parser takes them apart and puts them together again: what is decoded, what may
// stay as it is, what is written anew, and which texts are no URL at all. Called by RequestURL. Pure.

import Base

/// A URL's parts. Everything here looks at bytes: a combining mark must not hide a delimiter.
struct URLParts {
    private(set) var scheme = ""
    private(set) var user: String?
    private(set) var password: String?
    /// Credentials as they are written, with the sign behind them.
    private(set) var userinfo = ""
    /// Host and port, decoded.
    private(set) var host = ""
    /// The same as it is written in a URL.
    private var writtenHost = ""
    /// Encoded.
    private(set) var path = ""
    /// As it was given, with the question mark.
    private(set) var query = ""
    private(set) var fragment: String?
    /// What stands behind the scheme of a URL without slashes.
    private var opaque: String?
    private var isHostLess = false

    init(_ text: String) throws(URLError) {
        let bytes = Array(text.utf8)
        if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw URLError(description: "net/url: invalid control character in URL")
        }
        var rest = bytes[...]
        var mark: ArraySlice<UInt8>?
        if let hash = rest.firstIndex(of: UInt8(ascii: "#")) {
            mark = rest[(hash + 1)...]
            rest = rest[..<hash]
        }
        rest = try takeScheme(rest)
        if let question = rest.firstIndex(of: UInt8(ascii: "?")) {
            query = String(decoding: rest[question...], as: UTF8.self)
            rest = rest[..<question]
        }
        try takeHierarchy(rest)
        if let mark, !mark.isEmpty {
            fragment = try Percent.written(mark, .fragment)
        }
    }

    /// - Returns: what follows the scheme.
    private mutating func takeScheme(_ bytes: ArraySlice<UInt8>) throws(URLError) -> ArraySlice<UInt8> {
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case 65...90, 97...122: continue
            case 48...57, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                if index == 0 { return bytes }
            case UInt8(ascii: ":"):
                if index == 0 { throw URLError(description: "missing protocol scheme") }
                scheme = ASCII.lowercased(String(decoding: bytes.prefix(index), as: UTF8.self))
                return bytes.dropFirst(index + 1)
            default: return bytes
            }
        }
        return bytes
    }

    private mutating func takeHierarchy(_ bytes: ArraySlice<UInt8>) throws(URLError) {
        let slash = UInt8(ascii: "/")
        guard bytes.first == slash else {
            if !scheme.isEmpty {
                opaque = String(decoding: bytes, as: UTF8.self)
                return
            }
            if bytes.prefix(while: { $0 != slash }).contains(UInt8(ascii: ":")) {
                throw URLError(description: "first path segment in URL cannot contain colon")
            }
            path = try Percent.written(bytes, .path)
            return
        }
        var rest = bytes
        if bytes.starts(with: "//".utf8), !scheme.isEmpty || !bytes.starts(with: "///".utf8) {
            let authority = bytes.dropFirst(2).prefix { $0 != slash }
            rest = bytes.dropFirst(2 + authority.count)
            try takeAuthority(authority)
        } else {
            isHostLess = !scheme.isEmpty
        }
        path = try Percent.written(rest, .path)
    }

    private mutating func takeAuthority(_ authority: ArraySlice<UInt8>) throws(URLError) {
        var name = authority
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
            let info = authority[..<at]
            name = authority[(at + 1)...]
            if !info.allSatisfy({ Percent.isAlphanumeric($0) || "-._:~!$&'()*+,;=%@".utf8.contains($0) }) {
                throw URLError(description: "net/url: invalid userinfo")
            }
            let colon = info.firstIndex(of: UInt8(ascii: ":"))
            let first = try Percent.decoded(info[..<(colon ?? at)])
            user = String(decoding: first, as: UTF8.self)
            userinfo = Percent.encode(first, .userinfo)
            if let colon {
                let second = try Percent.decoded(info[(colon + 1)...])
                password = String(decoding: second, as: UTF8.self)
                userinfo += ":" + Percent.encode(second, .userinfo)
            }
            userinfo += "@"
        }
        host = try HostText.decoded(name)
        writtenHost = Percent.encode(Array(host.utf8), .host)
    }

    /// The URL put together again.
    var text: String {
        var text = scheme.isEmpty ? "" : scheme + ":"
        if let opaque {
            text += opaque
        } else {
            if !(isHostLess && host.isEmpty && user == nil), !scheme.isEmpty || !host.isEmpty || user != nil,
                !host.isEmpty || !path.isEmpty || user != nil
            {
                text += "//" + userinfo + writtenHost
            }
            text += path
        }
        return text + query + (fragment.map { "#" + $0 } ?? "")
    }
}

/// Hosts with their ports.
enum HostText {
    private static let colon = UInt8(ascii: ":")

    /// Host without brackets, and the digits of its port.
    static func split(_ text: String) -> (host: Substring, port: Substring) {
        var (name, port) = (text[...], Substring())
        if let end = text.utf8.lastIndex(of: colon), isPort(Array(text.utf8[end...])) {
            name = text[..<end]
            port = text[text.utf8.index(after: end)...]
        }
        if name.utf8.first == UInt8(ascii: "["), name.utf8.last == UInt8(ascii: "]") {
            name = name.dropFirst().dropLast()
        }
        return (name, port)
    }

    static func lowercased(_ name: Substring) -> String { ASCII.lowercased(String(name)) }

    /// Nothing, or a colon with digits.
    private static func isPort(_ bytes: [UInt8]) -> Bool {
        bytes.isEmpty || (bytes[0] == colon && bytes.dropFirst().allSatisfy { (48...57).contains($0) })
    }

    /// As in Go only bytes outside of ASCII may be written with percent signs, and the percent sign that
    /// begins the zone of an address: a line break must not get into a header this way.
    static func decoded(_ bytes: ArraySlice<UInt8>) throws(URLError) -> String {
        let isBracketed = bytes.first == UInt8(ascii: "[")
        var port: [UInt8] = []
        if isBracketed {
            guard let close = bytes.lastIndex(of: UInt8(ascii: "]")) else {
                throw URLError(description: "missing ']' in host")
            }
            port = Array(bytes[(close + 1)...])
        } else if let last = bytes.lastIndex(of: colon) {
            port = Array(bytes[last...])
        }
        if !isPort(port) {
            let text = GoText.quoted(String(decoding: port, as: UTF8.self))
            throw URLError(description: "invalid port \(text) after host")
        }
        for index in bytes.indices {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%") {
                let escape = String(decoding: bytes[index...].prefix(3), as: UTF8.self)
                guard escape.utf8.count == 3, let high = Percent.hex(bytes[index + 1]),
                    Percent.hex(bytes[index + 2]) != nil, high >= 8 || (isBracketed && escape == "%25")
                else { throw URLError(description: "invalid URL escape \(GoText.quoted(escape))") }
            } else if byte < 0x80, !Percent.isKept(byte, .host) {
                let text = GoText.quoted(String(decoding: [byte], as: UTF8.self))
                throw URLError(description: "invalid character \(text) in host name")
            }
        }
        return String(decoding: try Percent.decoded(bytes), as: UTF8.self)
    }
}

enum Percent {
    /// The parts of a URL, which keep different characters.
    enum Part { case path, fragment, userinfo, host }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: false
        }
    }

    /// Whether a part that is written anew keeps the byte.
    static func isKept(_ byte: UInt8, _ part: Part) -> Bool {
        if isAlphanumeric(byte) || "-_.~".utf8.contains(byte) { return true }
        return switch part {
        case .path: "$&+,/:;=@".utf8.contains(byte)
        case .fragment: "$&+,/:;=?@!()*".utf8.contains(byte)
        case .userinfo: "$&+,;=".utf8.contains(byte)
        case .host: "!$&'()*+,;=:[]<>\"".utf8.contains(byte)
        }
    }

    /// Every `%XX` replaced. - Throws: for a percent sign without two digits.
    static func decoded(_ bytes: ArraySlice<UInt8>) throws(URLError) -> [UInt8] {
        var output: [UInt8] = []
        var rest = bytes
        while let byte = rest.first {
            guard byte == UInt8(ascii: "%") else {
                output.append(byte)
                rest = rest.dropFirst()
                continue
            }
            let escape = Array(rest.prefix(3))
            guard escape.count == 3, let high = hex(escape[1]), let low = hex(escape[2]) else {
                let text = GoText.quoted(String(decoding: escape, as: UTF8.self))
                throw URLError(description: "invalid URL escape \(text)")
            }
            output.append(high << 4 | low)
            rest = rest.dropFirst(3)
        }
        return output
    }

    /// Writes bytes anew.
    static func encode(_ bytes: [UInt8], _ part: Part) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var output: [UInt8] = []
        for byte in bytes {
            if isKept(byte, part) {
                output.append(byte)
            } else {
                output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// A path or fragment as Go writes it: as it was given if nothing in it had to be encoded, else all of it
    /// anew.
    static func written(_ bytes: ArraySlice<UInt8>, _ part: Part) throws(URLError) -> String {
        let plain = try decoded(bytes)
        let isValid = bytes.allSatisfy { isKept($0, part) || "!$&'()*+,;=:@[]%".utf8.contains($0) }
        return isValid ? String(decoding: bytes, as: UTF8.self) : encode(plain, part)
    }

    fileprivate static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}
