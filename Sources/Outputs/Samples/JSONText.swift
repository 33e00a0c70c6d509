// Strings as k6's JSON writer escapes them: what HTML or JavaScript could take for its own is written as a
// code. Used by the JSON output.

enum JSONText {
    /// - Parameter escapesHTML: thresholds are the one place where k6 does not.
    static func quoted(_ text: String, escapesHTML: Bool = true) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09: bytes += "\\t".utf8
            case 0x0A: bytes += "\\n".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0x22: bytes += "\\\"".utf8
            case 0x5C: bytes += "\\\\".utf8
            case let code where !escapesHTML && [0x26, 0x3C, 0x3E].contains(code):
                bytes.append(UInt8(scalar.value))
            case 0..<0x20, 0x26, 0x3C, 0x3E, 0x2028, 0x2029:
                let hex = String(scalar.value, radix: 16)
                bytes += "\\u\(String(repeating: "0", count: 4 - hex.utf8.count))\(hex)".utf8
            default: bytes += String(scalar).utf8
            }
        }
        bytes.append(UInt8(ascii: "\""))
        return bytes
    }

    /// `{"key":"value",…}` in the order given.
    static func object(_ tags: [MetricTagText]) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        for (index, tag) in tags.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += quoted(tag.key)
            bytes.append(UInt8(ascii: ":"))
            bytes += quoted(tag.value)
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    typealias MetricTagText = (key: String, value: String)
}
