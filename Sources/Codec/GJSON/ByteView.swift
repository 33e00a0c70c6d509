// A borrowed run of bytes that reads as zero behind its end, so that a scanner over hostile text needs no
// check before each step, and a piece that is either such a run or bytes made on the way. Used by the
// scanners of this folder only; a view lives no longer than the closure that made it.

struct ByteView {
    let base: UnsafePointer<UInt8>?
    let count: Int

    init(base: UnsafePointer<UInt8>?, count: Int) {
        self.base = base
        self.count = count
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.init(base: bytes.baseAddress, count: bytes.count) }

    var isEmpty: Bool { count == 0 }
    var first: UInt8? { count > 0 ? base![0] : nil }
    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }
    var text: String { String(decoding: bytes, as: UTF8.self) }

    subscript(index: Int) -> UInt8 { index < count ? base![index] : 0 }

    /// The bytes from `from` up to `to`, both cut to what there is.
    func part(_ from: Int, _ to: Int) -> ByteView {
        let end = min(max(to, 0), count)
        let start = min(max(from, 0), end)
        return ByteView(base: base.map { $0 + start }, count: end - start)
    }

    func from(_ start: Int) -> ByteView { part(start, count) }

    func equals(_ other: ByteView) -> Bool { count == other.count && bytes.elementsEqual(other.bytes) }

    func equals(_ word: StaticString) -> Bool { word.withUTF8Buffer { equals(ByteView($0)) } }

    /// Without the bytes up to the space at either end.
    var trimmed: ByteView {
        var start = 0
        var end = count
        while start < end, self[start] <= Byte.space { start += 1 }
        while end > start, self[end - 1] <= Byte.space { end -= 1 }
        return part(start, end)
    }
}

/// The characters the scanners look for.
enum Byte {
    static let space = UInt8(ascii: " ")
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let dot = UInt8(ascii: ".")
    static let pipe = UInt8(ascii: "|")
    static let hash = UInt8(ascii: "#")
    static let at = UInt8(ascii: "@")
    static let bang = UInt8(ascii: "!")
    static let colon = UInt8(ascii: ":")
    static let comma = UInt8(ascii: ",")
    static let star = UInt8(ascii: "*")
    static let question = UInt8(ascii: "?")
    static let openBrace = UInt8(ascii: "{")
    static let closeBrace = UInt8(ascii: "}")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")
    static let openRound = UInt8(ascii: "(")
    static let closeRound = UInt8(ascii: ")")

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
    static func opens(_ byte: UInt8) -> Bool { byte == openBrace || byte == openBracket || byte == openRound }
    static func closes(_ byte: UInt8) -> Bool {
        byte == closeBrace || byte == closeBracket || byte == closeRound
    }
}

/// A part of the document, or text made from it.
enum Piece {
    case view(ByteView)
    case made([UInt8])

    func withView<Result>(_ body: (ByteView) -> Result) -> Result {
        switch self {
        case .view(let view): body(view)
        case .made(let bytes): bytes.withUnsafeBufferPointer { body(ByteView($0)) }
        }
    }

    /// The same without a borrow.
    var detached: Piece {
        switch self {
        case .view(let view): .made(Array(view.bytes))
        case .made: self
        }
    }

    func append(to bytes: inout [UInt8]) {
        switch self {
        case .view(let view): bytes.append(contentsOf: view.bytes)
        case .made(let made): bytes.append(contentsOf: made)
        }
    }
}
