// gjson's modifiers (`@reverse`, `@flatten:{"deep":true}` …): each makes new JSON text of the text it is
// given. Called by GJSON.

import Base

enum GJSONModifier: String {
    case pretty, ugly, reverse, this, flatten, join, valid, keys, values, tostr, fromstr, group, dig
}

/// A modifier with its argument, as it stands at the start of a path.
struct GJSONModifierCall {
    let modifier: GJSONModifier
    private let argument: ByteView
    let rest: ByteView

    /// - Returns: nil when no modifier has the name; the path is a member's name then.
    init?(_ path: ByteView) {
        var end = 1
        while end < path.count, path[end] != Byte.colon, path[end] != Byte.pipe, path[end] != Byte.dot {
            end += 1
        }
        guard let modifier = GJSONModifier(rawValue: path.part(1, end).text) else { return nil }
        self.modifier = modifier
        if path[end] == Byte.colon {
            let text = path.from(end + 1)
            let length = Self.argumentLength(text)
            argument = text.part(0, length)
            rest = text.from(length)
        } else {
            argument = path.part(0, 0)
            rest = path.from(end)
        }
    }

    /// A JSON value, or what stands before the next pipe outside of brackets.
    private static func argumentLength(_ text: ByteView) -> Int {
        switch text.first {
        case Byte.openBrace, Byte.openBracket, Byte.quote: return squashed(text, at: 0)
        default: break
        }
        var index = 0
        while index < text.count, text[index] != Byte.pipe {
            let opens = Byte.opens(text[index]) || text[index] == Byte.quote
            index = opens ? squashed(text, at: index) : index + 1
        }
        return min(index, text.count)
    }

    private static func squashed(_ text: ByteView, at start: Int) -> Int {
        text[start] == Byte.quote
            ? text.endOfString(at: start) : text.endOfBrackets(at: start, roundToo: true)
    }

    private func isSet(_ option: StaticString) -> Bool {
        var isSet = false
        argument.value?.withView { options in
            options.forEachMember { name, value in
                if name.inner.equals(option) { isSet = value.kind == .isTrue }
            }
        }
        return isSet
    }

    func apply(to json: ByteView) -> [UInt8] {
        let unchanged = { Array(json.bytes) }
        guard let value = json.value else {
            switch modifier {
            case .keys, .values, .dig: return Array("[]".utf8)
            case .tostr:
                var text: [UInt8] = []
                GoJSON.append(json.bytes, to: &text)
                return text
            default: return []
            }
        }
        return value.withView { value in
            switch modifier {
            case .this: unchanged()
            case .valid: GoJSON.isValid(json.bytes) ? unchanged() : []
            case .ugly: json.withoutSpace
            case .pretty: GJSONPretty.format(value, options: argument)
            case .reverse: value.reversedMembers
            case .flatten: value.kind == .array ? flattened(value) : unchanged()
            case .join: value.kind == .array ? joined(value) : unchanged()
            case .keys: value.list { name, _ in name.isEmpty ? Array("null".utf8) : Array(name.bytes) }
            case .values: value.kind == .array ? unchanged() : value.list { _, value in Array(value.bytes) }
            case .tostr: Self.quoted(json)
            case .fromstr: Self.unquoted(json, value)
            case .group: value.kind == .object ? Self.grouped(value) : []
            case .dig: dug(value)
            }
        }
    }

    private static func quoted(_ json: ByteView) -> [UInt8] {
        var text: [UInt8] = []
        GoJSON.append(json.bytes, to: &text)
        return text
    }

    private static func unquoted(_ json: ByteView, _ value: ByteView) -> [UInt8] {
        guard GoJSON.isValid(json.bytes) else { return [] }
        return value.kind == .string ? value.unquoted : value.kind == .null ? [] : Array(value.bytes)
    }

    private func flattened(_ array: ByteView) -> [UInt8] {
        let isDeep = isSet("deep")
        var out: [UInt8] = [Byte.openBracket]
        func add(_ text: ByteView) {
            let text = text.trimmed
            if text.isEmpty { return }
            if out.count > 1 { out.append(Byte.comma) }
            out.append(contentsOf: text.bytes)
        }
        // Arrays still to be opened, each with how far it was read: no recursion, whatever the depth.
        var open: [(array: ByteView, at: Int)] = [(array, 1)]
        while let last = open.last {
            guard let start = last.array.startOfValue(from: last.at, stop: Byte.closeBracket) else {
                open.removeLast()
                continue
            }
            let end = last.array.endOfValue(at: start)
            open[open.count - 1].at = end
            let element = last.array.part(start, end)
            if element.kind != .array {
                add(element)
            } else if isDeep {
                open.append((element, 1))
            } else {
                add(element.inner)
            }
        }
        out.append(Byte.closeBracket)
        return out
    }

    private func joined(_ array: ByteView) -> [UInt8] {
        let keepsAll = isSet("preserve")
        var order: [(name: ByteView, value: ByteView)] = []
        var places: [[UInt8]: Int] = [:]
        array.forEachMember { _, object in
            guard object.kind == .object else { return }
            object.forEachMember { name, value in
                if let place = places[name.unquoted], !keepsAll {
                    order[place].value = value
                } else {
                    places[name.unquoted] = order.count
                    order.append((name, value))
                }
            }
        }
        return Self.object(order)
    }

    fileprivate static func object(_ members: [(name: ByteView, value: ByteView)]) -> [UInt8] {
        var out: [UInt8] = [Byte.openBrace]
        for member in members {
            if out.count > 1 { out.append(Byte.comma) }
            out.append(contentsOf: member.name.bytes)
            out.append(Byte.colon)
            out.append(contentsOf: member.value.bytes)
        }
        out.append(Byte.closeBrace)
        return out
    }

    /// `{"a":[1,2],"b":[3,4]}` becomes `[{"a":1,"b":3},{"a":2,"b":4}]`.
    private static func grouped(_ object: ByteView) -> [UInt8] {
        var rows: [[(name: ByteView, value: ByteView)]] = []
        object.forEachMember { name, column in
            guard column.kind == .array else { return }
            var row = 0
            column.forEachMember { _, value in
                if row == rows.count { rows.append([]) }
                rows[row].append((name, value))
                row += 1
            }
        }
        var out: [UInt8] = [Byte.openBracket]
        for row in rows {
            if out.count > 1 { out.append(Byte.comma) }
            out.append(contentsOf: Self.object(row))
        }
        out.append(Byte.closeBracket)
        return out
    }

    /// What the argument, as a path, finds in the value and in everything inside it.
    private func dug(_ root: ByteView) -> [UInt8] {
        var out: [UInt8] = [Byte.openBracket]
        // Values still to be searched, the next one last.
        var pending = [root]
        while let value = pending.popLast() {
            if let found = GJSON.evaluate(value, argument) {
                if out.count > 1 { out.append(Byte.comma) }
                found.append(to: &out)
            }
            guard value.kind == .array || value.kind == .object else { continue }
            let mark = pending.count
            value.forEachMember { _, inner in pending.append(inner) }
            pending[mark...].reverse()
        }
        out.append(Byte.closeBracket)
        return out
    }
}

extension ByteView {
    fileprivate var withoutSpace: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(count)
        var index = 0
        while index < count {
            let byte = self[index]
            let end = byte == Byte.quote ? endOfString(at: index) : index + 1
            if byte > Byte.space { out.append(contentsOf: part(index, end).bytes) }
            index = end
        }
        return out
    }

    fileprivate var reversedMembers: [UInt8] {
        guard kind == .array || kind == .object else { return Array(bytes) }
        var members: [(name: ByteView, value: ByteView)] = []
        forEachMember { members.append(($0, $1)) }
        members.reverse()
        if kind == .object { return GJSONModifierCall.object(members) }
        var out: [UInt8] = [Byte.openBracket]
        for member in members {
            if out.count > 1 { out.append(Byte.comma) }
            out.append(contentsOf: member.value.bytes)
        }
        out.append(Byte.closeBracket)
        return out
    }

    fileprivate func list(_ entry: (_ name: ByteView, _ value: ByteView) -> [UInt8]) -> [UInt8] {
        var out: [UInt8] = [Byte.openBracket]
        forEachMember { name, value in
            if out.count > 1 { out.append(Byte.comma) }
            out.append(contentsOf: entry(name, value))
        }
        out.append(Byte.closeBracket)
        return out
    }
}
