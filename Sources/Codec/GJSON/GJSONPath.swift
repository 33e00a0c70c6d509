// The grammar of gjson paths: what the first component of a path is, where it ends and what follows. Read
// component by component while a document is walked, as gjson does, since what a character means depends on
// whether an object or an array is met. Pure; used by GJSONWalk and GJSON.

/// A component of a path where an object or an array was met, and what follows it.
struct GJSONComponent {
    enum Rest {
        case none
        /// Goes on inside the value.
        case path(ByteView)
        /// Goes on with the result.
        case pipe(ByteView)
    }

    /// A member's name or pattern, an element's index.
    var part: Piece
    var rest = Rest.none
    /// The name is a pattern.
    var isPattern = false
    /// An array's `#`.
    var hasHash = false
    /// `#.x`: the path looked up in every element.
    var each: ByteView?
    var query: GJSONQuery?

    var hasMore: Bool { if case .path = rest { true } else { false } }
}

extension GJSONComponent {
    /// The component as a member's name.
    init(name path: ByteView) {
        part = .view(path)
        var index = 0
        while index < path.count {
            switch path[index] {
            case Byte.pipe, Byte.dot:
                part = .view(path.part(0, index))
                rest = Self.rest(of: path, at: index)
                return
            case Byte.star, Byte.question: isPattern = true
            case Byte.backslash:
                readEscaped(path, from: index)
                return
            default: break
            }
            index += 1
        }
    }

    private mutating func readEscaped(_ path: ByteView, from start: Int) {
        var name = Array(path.part(0, start).bytes)
        var index = start
        defer { part = .made(name) }
        while index < path.count {
            var byte = path[index]
            if byte == Byte.backslash {
                index += 1
                guard index < path.count else { return }
                byte = path[index]
            } else if byte == Byte.dot || byte == Byte.pipe {
                rest = Self.rest(of: path, at: index)
                return
            } else if byte == Byte.star || byte == Byte.question {
                isPattern = true
            }
            name.append(byte)
            index += 1
        }
    }

    /// The component as an element's index, `#` or query.
    init(element path: ByteView) {
        part = .view(path)
        var index = 0
        while index < path.count {
            switch path[index] {
            case Byte.pipe:
                part = .view(path.part(0, index))
                rest = .pipe(path.from(index + 1))
                return
            case Byte.dot:
                part = .view(path.part(0, index))
                rest = hasHash ? .path(path.from(index + 1)) : Self.rest(of: path, at: index)
                return
            case Byte.hash:
                hasHash = true
                guard index == 0, path.count > 1 else { break }
                if path[1] == Byte.dot {
                    part = .view(path.part(0, 1))
                    each = path.from(2)
                    return
                }
                guard path[1] == Byte.openBracket || path[1] == Byte.openRound else { break }
                guard let read = GJSONQuery.read(path) else {
                    query = GJSONQuery()
                    return
                }
                query = read.query
                query!.wantsAll = path[read.end] == Byte.hash
                index = read.end - 1
            default: break
            }
            index += 1
        }
    }

    /// What follows the separator at `index`.
    private static func rest(of path: ByteView, at index: Int) -> Rest {
        let next = path.from(index + 1)
        return path[index] == Byte.pipe || GJSONPath.startsNewValue(next) ? .pipe(next) : .path(next)
    }
}

/// The condition between the brackets of `#(…)`.
struct GJSONQuery {
    /// `never` is a lone `!`.
    enum Operator {
        case exists, equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, like, notLike, never
    }

    var path: Piece = .made([])
    var comparison = Operator.exists
    var operand: [UInt8] = []
    /// Every element that fits, not the first.
    var wantsAll = false

    /// Reads a query that starts with `#(` or `#[`; nil when a bracket is not closed.
    static func read(_ text: ByteView) -> (query: GJSONQuery, end: Int)? {
        var index = 2
        var operatorAt = 0
        var depth = 1
        var hasEscape = false
        scan: while index < text.count {
            switch text[index] {
            case Byte.bang, UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "%"):
                if depth == 1, operatorAt == 0 { operatorAt = index }
            case Byte.backslash: index += 1
            case Byte.openBracket, Byte.openRound: depth += 1
            case Byte.closeBracket, Byte.closeRound:
                depth -= 1
                if depth == 0 { break scan }
            case Byte.quote:
                let end = text.endOfString(at: index)
                hasEscape = hasEscape || text.part(index, end).bytes.contains(Byte.backslash)
                index = end - 1
            default: break
            }
            index += 1
        }
        if depth > 0 || index >= text.count { return nil }
        var query = GJSONQuery()
        guard operatorAt > 0 else {
            query.path = .view(text.part(2, index).trimmed)
            return (query, index + 1)
        }
        query.path = .view(text.part(2, operatorAt).trimmed)
        query.readComparison(text.part(operatorAt, index).trimmed, hasEscape: hasEscape)
        return (query, index + 1)
    }

    private mutating func readComparison(_ text: ByteView, hasEscape: Bool) {
        let hasEqual = text[1] == UInt8(ascii: "=")
        var length = 1
        switch text[0] {
        case Byte.bang where hasEqual: (comparison, length) = (.notEqual, 2)
        case Byte.bang where text[1] == UInt8(ascii: "%"): (comparison, length) = (.notLike, 2)
        case UInt8(ascii: "<"): (comparison, length) = hasEqual ? (.lessOrEqual, 2) : (.less, 1)
        case UInt8(ascii: ">"): (comparison, length) = hasEqual ? (.greaterOrEqual, 2) : (.greater, 1)
        case UInt8(ascii: "="): (comparison, length) = (.equal, hasEqual ? 2 : 1)
        case UInt8(ascii: "%"): comparison = .like
        case Byte.bang where text.count == 1: comparison = .never
        default: length = 0
        }
        let value = text.from(length).trimmed
        if value.count >= 2, value[0] == Byte.quote, value[value.count - 1] == Byte.quote {
            let inner = value.part(1, value.count - 1)
            operand = hasEscape ? inner.unescaped : Array(inner.bytes)
        } else {
            operand = Array(value.bytes)
        }
    }
}

enum GJSONPath {
    /// Whether what follows a dot is no name but a modifier or a multipath, which take the result so far as
    /// their document. A literal after a dot is a name.
    static func startsNewValue(_ path: ByteView) -> Bool {
        switch path.first {
        case Byte.openBracket, Byte.openBrace: return true
        case Byte.at:
            var end = 1
            while end < path.count, path[end] != Byte.dot, path[end] != Byte.pipe, path[end] != Byte.colon {
                end += 1
            }
            return GJSONModifier(rawValue: path.part(1, end).text) != nil
        default: return false
        }
    }

    /// The path before and after its first pipe that stands outside of queries.
    static func splitAtPipe(_ path: ByteView) -> (left: ByteView, right: ByteView)? {
        guard path.bytes.contains(Byte.pipe) else { return nil }
        if path[0] == Byte.openBrace {
            let end = path.endOfBrackets(at: 0, roundToo: true)
            return path[end] == Byte.pipe ? (path.part(0, end), path.from(end + 1)) : nil
        }
        var index = 0
        while index < path.count {
            switch path[index] {
            case Byte.backslash: index += 1
            case Byte.pipe: return (path.part(0, index), path.from(index + 1))
            case Byte.dot:
                if index == path.count - 1 { return nil }
                guard path[index + 1] == Byte.hash else { break }
                index += 2
                if index == path.count { return nil }
                if path[index] == Byte.openBracket || path[index] == Byte.openRound {
                    index = endOfQuery(path, at: index)
                }
            default: break
            }
            index += 1
        }
        return nil
    }

    /// Where the bracket at `start` is closed, by one of its own kind.
    private static func endOfQuery(_ path: ByteView, at start: Int) -> Int {
        let open = path[start]
        let close = open == Byte.openRound ? Byte.closeRound : Byte.closeBracket
        var depth = 1
        var index = start + 1
        while index < path.count {
            switch path[index] {
            case Byte.backslash: index += 1
            case open: depth += 1
            case close:
                depth -= 1
                if depth == 0 { return index }
            case Byte.quote: index = path.endOfString(at: index) - 1
            default: break
            }
            index += 1
        }
        return index
    }
}
