// JSON laid out for people, as gjson's `@pretty` does: two spaces per level, arrays without objects on one
// line while they fit in 80 columns. Its layout shows only through `@pretty|@tostr`. Called by GJSONModifier.

import Base

struct GJSONPretty {
    private var width = 80
    private var prefix: [UInt8] = []
    private var indent: [UInt8] = Array("  ".utf8)
    private var sortsKeys = false

    private var out: [UInt8] = []
    /// Where the last line break was written; the room left in a line is counted from it.
    private var lineStart = 0
    private var depth = 0

    /// - Parameter options: an object with `width`, `prefix`, `indent`, `sortKeys`; anything else is passed
    ///   over.
    static func format(_ value: ByteView, options: ByteView) -> [UInt8] {
        var pretty = GJSONPretty(options: options)
        pretty.out.append(contentsOf: pretty.prefix)
        pretty.write(value)
        pretty.out.append(UInt8(ascii: "\n"))
        return pretty.out
    }

    private init(options: ByteView) {
        options.value?.withView { object in
            guard object.kind == .object else { return }
            object.forEachMember { name, value in
                let text = value.kind == .string ? value.unquoted : Array(value.bytes)
                switch name.inner.text {
                case "width": width = Int(clamping: Int64(max(-1e9, min(1e9, value.number))))
                case "prefix": prefix = text.filter(Self.isSpace)
                case "indent": indent = text.filter(Self.isSpace)
                case "sortKeys": sortsKeys = value.kind == .isTrue
                default: break
                }
            }
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == Byte.space || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private mutating func breakLine() {
        lineStart = out.count
        if out.last == Byte.space {
            out[lineStart - 1] = UInt8(ascii: "\n")
        } else {
            out.append(UInt8(ascii: "\n"))
        }
    }

    private mutating func tab() {
        out.append(contentsOf: prefix)
        for _ in 0..<depth { out.append(contentsOf: indent) }
    }

    private mutating func write(_ value: ByteView) {
        guard value.kind == .array || value.kind == .object, depth < Limits.jsonDepthMax else {
            out.append(contentsOf: value.part(0, value.endOfValue(at: 0)).bytes)
            return
        }
        let isObject = value.kind == .object
        if !isObject, width > 0, writeOnOneLine(value) { return }
        var members: [(name: ByteView, value: ByteView)] = []
        value.forEachMember { members.append(($0, $1)) }
        if isObject, sortsKeys {
            members.sort { $0.name.unquoted.lexicographicallyPrecedes($1.name.unquoted) }
        }
        out.append(isObject ? Byte.openBrace : Byte.openBracket)
        depth += 1
        for (position, member) in members.enumerated() {
            if position > 0 {
                out.append(Byte.comma)
                if !isObject, width != -1 { out.append(Byte.space) }
            }
            breakLine()
            tab()
            if isObject {
                out.append(contentsOf: member.name.bytes)
                out.append(Byte.colon)
                out.append(Byte.space)
            }
            write(member.value)
        }
        depth -= 1
        if !members.isEmpty {
            breakLine()
            tab()
        }
        out.append(isObject ? Byte.closeBrace : Byte.closeBracket)
    }

    /// - Returns: false, with nothing written, when the array holds an object or does not fit.
    private mutating func writeOnOneLine(_ array: ByteView) -> Bool {
        let room = width - (out.count - lineStart)
        if room <= 3 { return false }
        var line: [UInt8] = []
        var index = 0
        let end = array.endOfValue(at: 0)
        while index < end, line.count <= room {
            let byte = array[index]
            if byte == Byte.openBrace { return false }
            let next = byte == Byte.quote ? array.endOfString(at: index) : index + 1
            if byte > Byte.space {
                line.append(contentsOf: array.part(index, next).bytes)
                if byte == Byte.comma { line.append(Byte.space) }
            }
            index = next
        }
        if line.count > room { return false }
        out.append(contentsOf: line)
        return true
    }
}
