// Multipaths: `{name,"age":x.y}` and `[a,b.c]`, which make a new object or array of what several paths find.
// Used by GJSON.

struct GJSONMultipath {
    private struct Part {
        var name: ByteView?
        let path: ByteView
    }

    private let isObject: Bool
    private var parts: [Part] = []
    /// What follows the closing bracket.
    private(set) var rest: ByteView

    /// - Returns: nil when the bracket is not closed.
    init?(_ path: ByteView) {
        isObject = path[0] == Byte.openBrace
        rest = path
        var depth = 1
        var colon = 0
        var inModifier = false
        var start = 1
        var index = 1

        while index < path.count {
            let byte = path[index]
            switch byte {
            case Byte.backslash: index += 1
            case Byte.at:
                if path[index - 1] == Byte.dot || path[index - 1] == Byte.pipe { inModifier = true }
            case Byte.colon:
                if depth == 1, colon == 0, !inModifier { colon = index }
            case Byte.quote: index = path.endOfString(at: index) - 1
            case Byte.comma, Byte.closeBrace, Byte.closeBracket, Byte.closeRound:
                if byte != Byte.comma { depth -= 1 }
                guard depth == (byte == Byte.comma ? 1 : 0) else { break }
                parts.append(
                    colon == 0
                        ? Part(name: nil, path: path.part(start, index))
                        : Part(name: path.part(start, colon), path: path.part(colon + 1, index)))
                (colon, inModifier, start) = (0, false, index + 1)
                if depth == 0 {
                    rest = path.from(index + 1)
                    return
                }
            case _ where Byte.opens(byte): depth += 1
            default: break
            }
            index += 1
        }
        return nil
    }

    func make(from json: ByteView) -> [UInt8] {
        var made = [isObject ? Byte.openBrace : Byte.openBracket]
        for part in parts {
            guard let value = GJSON.evaluate(json, part.path) else { continue }
            if made.count > 1 { made.append(Byte.comma) }
            if isObject {
                appendName(of: part, to: &made)
                made.append(Byte.colon)
            }
            value.append(to: &made)
        }
        made.append(isObject ? Byte.closeBrace : Byte.closeBracket)
        return made
    }

    /// The name that was given, or the last name of the path, or `_`.
    private func appendName(of part: Part, to made: inout [UInt8]) {
        if let name = part.name, !name.isEmpty {
            if name[0] == Byte.quote, GoJSON.isValid(name.bytes) {
                made.append(contentsOf: name.bytes)
            } else {
                GoJSON.append(name.bytes, to: &made)
            }
            return
        }
        let last = Self.lastName(part.path)
        if Self.isSimple(last) {
            GoJSON.append(last.bytes, to: &made)
        } else {
            made.append(contentsOf: "\"_\"".utf8)
        }
    }

    private static func lastName(_ path: ByteView) -> ByteView {
        var index = path.count - 1
        while index >= 0 {
            let isSeparator = path[index] == Byte.pipe || path[index] == Byte.dot
            if isSeparator, index == 0 || path[index - 1] != Byte.backslash { return path.from(index + 1) }
            index -= 1
        }
        return path
    }

    private static func isSimple(_ name: ByteView) -> Bool {
        name.bytes.allSatisfy { byte in
            byte >= Byte.space && !Byte.opens(byte) && !Byte.closes(byte) && byte != Byte.hash
                && byte != Byte.pipe && byte != Byte.bang
        }
    }
}
