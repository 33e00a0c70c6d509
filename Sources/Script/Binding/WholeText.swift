// Texts of scripts as UTF-8. The engine lends half a surrogate pair as three bytes that are no UTF-8; what
// leaves a script has U+FFFD in its place, three bytes as well. Called where values become Swift texts.

import Glibc

enum WholeText {
    /// The first byte of each such half, and of the characters from U+D000 to U+D7FF.
    private static let mark: UInt8 = 0xED

    /// Whether a text the engine lent is UTF-8 as it stands.
    @inline(__always)
    static func isUTF8(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = text.baseAddress else { return true }
        return memchr(base, Int32(mark), text.count) == nil || nextHalf(in: text, from: 0) == nil
    }

    static func replacingHalves(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var bytes = Array(text)
        var start = 0
        while let half = nextHalf(in: text, from: start) {
            bytes[half] = 0xEF
            bytes[half + 1] = 0xBF
            bytes[half + 2] = 0xBD
            start = half + 3
        }
        return bytes
    }

    /// The text of a name the engine lent.
    static func string(_ name: UnsafePointer<CChar>) -> String {
        let count = strlen(name)
        return name.withMemoryRebound(to: UInt8.self, capacity: count) {
            let text = UnsafeBufferPointer(start: $0, count: count)
            return isUTF8(text)
                ? String(decoding: text, as: UTF8.self)
                : String(decoding: replacingHalves(text), as: UTF8.self)
        }
    }

    /// Where the next half starts.
    private static func nextHalf(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var at = start
        while at + 2 < text.count {
            guard let found = memchr(text.baseAddress! + at, Int32(mark), text.count - at - 2) else {
                return nil
            }
            at = UnsafeRawPointer(found) - UnsafeRawPointer(text.baseAddress!)
            if text[at + 1] >= 0xA0 { return at }
            at += 3
        }
        return nil
    }
}
