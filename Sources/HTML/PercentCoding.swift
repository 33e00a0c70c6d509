// Percent-encoding by Go's rules, which differ by the part of an address. Used by `WebAddress` only.

import Base

enum PercentCoding {
    enum Part {
        case path, userInfo, host, fragment, other
    }

    /// Refuses a percent sign that does not introduce two hexadecimal digits, and in a host what it must not
    /// hold.
    static func decoded(_ bytes: ArraySlice<UInt8>, _ part: Part) throws(WebAddress.Problem) -> String {
        var result: [UInt8] = []
        var at = bytes.startIndex
        while at < bytes.endIndex {
            let byte = bytes[at]
            if byte != UInt8(ascii: "%") {
                if part == .host, byte < 128, !mayStandInHost(byte) {
                    throw problem("invalid character", bytes[at...at], "in host name")
                }
                result.append(byte)
                at += 1
                continue
            }
            let escape = bytes[at..<min(at + 3, bytes.endIndex)]
            guard escape.count == 3, let high = SelectorParser.hexDigit(bytes[at + 1]),
                let low = SelectorParser.hexDigit(bytes[at + 2])
            else { throw problem("invalid URL escape", escape, "") }
            let value = UInt8(high << 4 | low)
            // In a host only what is not ASCII may be encoded, and the sign before a zone.
            if part == .host, value < 128, value != UInt8(ascii: "%") {
                throw problem("invalid URL escape", escape, "")
            }
            result.append(value)
            at += 3
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func problem(_ what: String, _ bytes: ArraySlice<UInt8>, _ rest: String)
        -> WebAddress.Problem
    {
        let quoted = GoText.quoted(String(decoding: bytes, as: UTF8.self))
        return WebAddress.Problem(text: "\(what) \(quoted)" + (rest.isEmpty ? "" : " " + rest))
    }

    static func encoded(_ text: String, _ part: Part) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            if mayStand(byte, part) {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func mayStand(_ byte: UInt8, _ part: Part) -> Bool {
        if isUnreserved(byte) { return true }
        let others: StaticString =
            switch part {
            case .path: "$&+,/:;=@"
            case .userInfo: "$&+,;="
            case .host: "!$&'()*+,;=:[]<>\""
            case .fragment: "$&+,/:;=?@!()*"
            case .other: ""
            }
        return UnsafeBufferPointer(start: others.utf8Start, count: others.utf8CodeUnitCount).contains(byte)
    }

    static func mayStandInHost(_ byte: UInt8) -> Bool { mayStand(byte, .host) }

    static func mayStandInUserInfo(_ byte: UInt8) -> Bool {
        isUnreserved(byte) || Array("-._:~!$&'()*+,;=%@".utf8).contains(byte)
    }

    /// Whether a path may stay as it was written.
    static func isValidPath(_ path: String) -> Bool {
        path.utf8.allSatisfy { byte in
            mayStand(byte, .path) || Array("!'()*[]%".utf8).contains(byte)
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
