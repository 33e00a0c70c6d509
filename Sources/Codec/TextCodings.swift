// Bytes as text: base64 in its four usual forms, and hexadecimal. Used for Basic authentication, digests,
// encoding functions of scripts. Decoding is strict: anything out of place is refused.

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

    /// Where a text stops being base64.
    public struct CorruptInput: Error, Hashable, CustomStringConvertible {
        /// In bytes, counted as Go's decoder does: for a group that is cut off, where the group starts.
        public let offset: Int

        /// As Go words it.
        public var description: String { "illegal base64 data at input byte \(offset)" }
    }

    /// - Returns: nil when a character is out of the alphabet, the padding is not what the variant asks for,
    ///   or the length is impossible. Line breaks are passed over, as Go's decoder does.
    public static func decode(_ text: some StringProtocol, _ variant: Variant = .standard) -> [UInt8]? {
        switch checked(text, variant) {
        case .success(let bytes): bytes
        case .failure: nil
        }
    }

    /// The same, with the place of what is wrong.
    public static func checked(
        _ text: some StringProtocol, _ variant: Variant = .standard
    ) -> Result<[UInt8], CorruptInput> {
        var decoder = Base64Decoder(text: Array(text.utf8), variant: variant)
        return decoder.decode()
    }

    private static let standardAlphabet: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    private static let urlAlphabet: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    fileprivate static func value(of byte: UInt8, isURL: Bool) -> UInt8? {
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

/// Reads groups of four digits; `at` is the next byte of the text.
private struct Base64Decoder {
    let text: [UInt8]
    let variant: Base64.Variant
    private var at = 0
    private var bytes: [UInt8] = []

    init(text: [UInt8], variant: Base64.Variant) {
        self.text = text
        self.variant = variant
    }

    mutating func decode() -> Result<[UInt8], Base64.CorruptInput> {
        bytes.reserveCapacity(text.count / 4 * 3 + 3)
        while at < text.count {
            if let offset = group() { return .failure(.init(offset: offset)) }
        }
        return .success(bytes)
    }

    /// - Returns: where the group is corrupt, if it is.
    private mutating func group() -> Int? {
        var bits: UInt32 = 0
        var digits = 0
        while digits < 4 {
            guard at < text.count else {
                if digits == 0 { return nil }
                // What Go reports here counts back by digits, whatever line breaks lie between.
                if digits == 1 || variant.isPadded { return at - digits }
                break
            }
            let byte = text[at]
            at += 1
            if let value = Base64.value(of: byte, isURL: variant.isURL) {
                bits = bits << 6 | UInt32(value)
                digits += 1
            } else if byte == UInt8(ascii: "="), variant.isPadded {
                if let offset = padding(after: digits) { return offset }
                break
            } else if byte != 0x0A, byte != 0x0D {
                return at - 1
            }
        }
        bits <<= UInt32(6 * (4 - digits))
        for place in 0..<max(0, digits - 1) {
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * place)))
        }
        return nil
    }

    /// Reads the rest of a text whose first `=` was read; nothing may follow.
    private mutating func padding(after digits: Int) -> Int? {
        if digits < 2 { return at - 1 }
        if digits == 2 {
            skipLineBreaks()
            if at == text.count { return at }
            if text[at] != UInt8(ascii: "=") { return at - 1 }
            at += 1
        }
        skipLineBreaks()
        return at < text.count ? at : nil
    }

    private mutating func skipLineBreaks() {
        while at < text.count, text[at] == 0x0A || text[at] == 0x0D { at += 1 }
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
