// Bytes as text: base64 in its four usual forms, and hexadecimal. Used for Basic authentication, digests,
// encoding functions of scripts. Decoding is strict: anything out of place gives nil.

public enum Base64 {
    /// The alphabet and whether the text is filled up with `=`.
    public enum Variant: Sendable, CaseIterable {
        case standard, standardUnpadded, url, urlUnpadded

        var isURL: Bool { self == .url || self == .urlUnpadded }
        var isPadded: Bool { self == .standard || self == .url }
    }

    public static func encode(_ bytes: UnsafeRawBufferPointer, _ variant: Variant = .standard) -> String {
        let alphabet = variant.isURL ? urlAlphabet : standardAlphabet
        return String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { text in
            var length = 0
            func put(_ byte: UInt8) {
                text[length] = byte
                length += 1
            }
            alphabet.withUTF8Buffer { alphabet in
                var index = 0
                while index < bytes.count {
                    let left = bytes.count - index
                    let second = left > 1 ? UInt32(bytes[index + 1]) : 0
                    let third = left > 2 ? UInt32(bytes[index + 2]) : 0
                    let group = UInt32(bytes[index]) << 16 | second << 8 | third
                    put(alphabet[Int(group >> 18)])
                    put(alphabet[Int(group >> 12 & 63)])
                    if left > 1 { put(alphabet[Int(group >> 6 & 63)]) }
                    if left > 2 { put(alphabet[Int(group & 63)]) }
                    if variant.isPadded { for _ in 0..<max(0, 3 - left) { put(UInt8(ascii: "=")) } }
                    index += 3
                }
            }
            return length
        }
    }

    public static func encode(_ bytes: [UInt8], _ variant: Variant = .standard) -> String {
        bytes.withUnsafeBytes { encode($0, variant) }
    }

    /// - Returns: nil when a character is out of the alphabet, the padding is not what the variant asks for,
    ///   or the length is impossible. Line breaks are passed over, as Go's decoder does.
    public static func decode(_ text: some StringProtocol, _ variant: Variant = .standard) -> [UInt8]? {
        var digits: [UInt8] = []
        digits.reserveCapacity(text.utf8.count)
        var padding = 0
        for byte in text.utf8 where byte != 0x0A && byte != 0x0D {
            if byte == UInt8(ascii: "=") {
                padding += 1
            } else {
                guard padding == 0, let value = value(of: byte, isURL: variant.isURL) else { return nil }
                digits.append(value)
            }
        }
        let tail = digits.count % 4
        if tail == 1 || padding != (variant.isPadded && tail > 0 ? 4 - tail : 0) { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count * 3 / 4)
        var group: UInt32 = 0
        for (index, digit) in digits.enumerated() {
            group = group << 6 | UInt32(digit)
            switch index % 4 {
            case 1: bytes.append(UInt8(truncatingIfNeeded: group >> 4))
            case 2: bytes.append(UInt8(truncatingIfNeeded: group >> 2))
            case 3: bytes.append(UInt8(truncatingIfNeeded: group))
            default: break
            }
        }
        return bytes
    }

    private static let standardAlphabet: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    private static let urlAlphabet: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    private static func value(of byte: UInt8, isURL: Bool) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: isURL ? "-" : "+"): 62
        case UInt8(ascii: isURL ? "_" : "/"): 63
        default: nil
        }
    }
}

public enum Hex {
    /// Lower-case hexadecimal.
    public static func encode(_ bytes: UnsafeRawBufferPointer) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            for (index, byte) in bytes.enumerated() {
                text[2 * index] = digit(byte >> 4)
                text[2 * index + 1] = digit(byte & 15)
            }
            return bytes.count * 2
        }
    }

    public static func encode(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { encode($0) } }

    /// - Returns: nil for an odd length or anything but hexadecimal digits of either case.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for byte in text.utf8 {
            guard let value = value(of: byte) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return high == nil ? bytes : nil
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
