// Percent-encoding by Go's rules, which differ by the part of an address. Used by `WebAddress` only.

enum PercentCoding {
    enum Part {
        case path, userInfo, host, fragment, other
    }

    /// Nil when a percent sign does not introduce two hexadecimal digits, or a host holds what it must not.
    static func decoded(_ bytes: ArraySlice<UInt8>, _ part: Part) -> String? {
        var result: [UInt8] = []
        var at = bytes.startIndex
        while at < bytes.endIndex {
            let byte = bytes[at]
            if byte != UInt8(ascii: "%") {
                if part == .host, byte < 128, !mayStandInHost(byte) { return nil }
                result.append(byte)
                at += 1
                continue
            }
            guard at + 2 < bytes.endIndex, let high = SelectorParser.hexDigit(bytes[at + 1]),
                let low = SelectorParser.hexDigit(bytes[at + 2])
            else { return nil }
            let value = UInt8(high << 4 | low)
            // In a host only what is not ASCII may be encoded, and the sign before a zone.
            if part == .host, value < 128, value != UInt8(ascii: "%") { return nil }
            result.append(value)
            at += 3
        }
        return String(decoding: result, as: UTF8.self)
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
