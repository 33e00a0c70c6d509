// A small strict JSON reader for the tests: numbers to the last bit (Foundation's reader loses some), and
// anything malformed traps. Used to read golden files and to check what the JSON writers wrote.

import Foundation

struct JSONReader {
    private let bytes: [UInt8]
    private var at = 0

    init(_ data: Data) { bytes = Array(data) }

    /// The whole text as `[String: Any]`, `[Any]`, `String`, `Double`, `Bool` or `NSNull`.
    mutating func document() -> Any {
        let result = value()
        skipBlanks()
        precondition(at == bytes.count, "text behind the end of the JSON value")
        return result
    }

    private mutating func skipBlanks() {
        while at < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[at]) { at += 1 }
    }

    private mutating func take(_ character: Character) {
        precondition(
            at < bytes.count && bytes[at] == character.asciiValue, "\(character) expected at byte \(at)")
        at += 1
    }

    private mutating func taken(_ word: String) -> Bool {
        guard bytes[at...].starts(with: word.utf8) else { return false }
        at += word.utf8.count
        return true
    }

    private mutating func value() -> Any {
        skipBlanks()
        precondition(at < bytes.count, "the JSON text ends too early")
        switch bytes[at] {
        case UInt8(ascii: "{"): return object()
        case UInt8(ascii: "["): return array()
        case UInt8(ascii: "\""): return string()
        default: break
        }
        if taken("true") { return true }
        if taken("false") { return false }
        if taken("null") { return NSNull() }
        let digits = bytes[at...].prefix { "+-.eE0123456789".utf8.contains($0) }
        guard let number = Double(String(decoding: digits, as: UTF8.self)) else {
            fatalError("no value at byte \(at)")
        }
        at += digits.count
        return number
    }

    private mutating func object() -> [String: Any] {
        var result: [String: Any] = [:]
        take("{")
        skipBlanks()
        if taken("}") { return result }
        repeat {
            skipBlanks()
            let key = string()
            skipBlanks()
            take(":")
            precondition(result.updateValue(value(), forKey: key) == nil, "the key \(key) stands twice")
            skipBlanks()
        } while taken(",")
        take("}")
        return result
    }

    private mutating func array() -> [Any] {
        var result: [Any] = []
        take("[")
        skipBlanks()
        if taken("]") { return result }
        repeat {
            result.append(value())
            skipBlanks()
        } while taken(",")
        take("]")
        return result
    }

    private mutating func string() -> String {
        take("\"")
        var units: [UInt16] = []
        while bytes[at] != UInt8(ascii: "\"") {
            if bytes[at] == UInt8(ascii: "\\") {
                units.append(escaped())
            } else {
                let end = bytes[at...].firstIndex { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
                guard let end else { fatalError("a string without an end") }
                units += String(decoding: bytes[at..<end], as: UTF8.self).utf16
                at = end
            }
        }
        at += 1
        return String(decoding: units, as: UTF16.self)
    }

    private mutating func escaped() -> UInt16 {
        let kind = bytes[at + 1]
        at += 2
        switch kind {
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "b"): return 8
        case UInt8(ascii: "f"): return 12
        case UInt8(ascii: "u"):
            guard let unit = UInt16(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16) else {
                fatalError("a broken escape at byte \(at)")
            }
            at += 4
            return unit
        default: return UInt16(kind)
        }
    }
}
