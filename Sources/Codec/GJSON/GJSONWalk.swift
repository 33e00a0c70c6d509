// The walk of a path down a document: objects by name or pattern, arrays by index, `#` and queries. One pass
// over the text; what the path does not name is skipped without being read. Called by GJSON, which does
// modifiers, literals and multipaths.

struct GJSONWalk {
    let json: ByteView
    /// What was found.
    var value: Piece?
    /// What is still to be done with it. Set even when nothing was found: a literal needs no value.
    var pipe: ByteView?

    init(json: ByteView) { self.json = json }

    private mutating func note(_ rest: GJSONComponent.Rest) {
        if case .pipe(let path) = rest { pipe = path }
    }

    /// Walks the object whose first member starts at or behind `start`.
    /// - Returns: where the walk stands, and whether it is over.
    mutating func object(_ start: Int, _ path: ByteView) -> (end: Int, isHit: Bool) {
        let component = GJSONComponent(name: path)
        note(component.rest)
        var index = start
        while index < json.count {
            while index < json.count, json[index] != Byte.quote {
                if json[index] == Byte.closeBrace { return (index + 1, false) }
                index += 1
            }
            if index >= json.count { return (index, false) }
            let nameEnd = json.endOfString(at: index)
            let matches = component.names(json.part(index + 1, nameEnd - 1))
            guard let start = json.startOfValue(from: nameEnd) else { return (json.count, false) }
            if matches, case .path(let rest) = component.rest {
                let step = descend(start, rest)
                if step.isHit { return step }
                index = step.end
                continue
            }
            index = json.endOfValue(at: start)
            if matches {
                value = .view(json.part(start, index))
                return (index, true)
            }
        }
        return (index, false)
    }

    /// Goes on with `path` inside the value at `start`. A scalar has nothing inside.
    private mutating func descend(_ start: Int, _ path: ByteView) -> (end: Int, isHit: Bool) {
        switch json[start] {
        case Byte.openBrace: object(start + 1, path)
        case Byte.openBracket: array(start + 1, path)
        default: (json.endOfValue(at: start), false)
        }
    }

    /// Walks the array whose first element starts at or behind `start`; the end of the text closes it too.
    mutating func array(_ start: Int, _ path: ByteView) -> (end: Int, isHit: Bool) {
        let component = GJSONComponent(element: path)
        note(component.rest)
        if component.query != nil { return queried(start, component) }
        if component.hasHash { return counted(start, component) }
        let wanted = component.index
        var index = start
        var position = 0
        while let start = json.startOfValue(from: index, stop: Byte.closeBracket) {
            if position == wanted {
                if case .path(let rest) = component.rest {
                    let step = descend(start, rest)
                    if step.isHit { return step }
                    index = step.end
                } else {
                    index = json.endOfValue(at: start)
                    value = .view(json.part(start, index))
                    return (index, true)
                }
            } else {
                index = json.endOfValue(at: start)
            }
            position += 1
        }
        return (endOfArray(from: index), false)
    }

    private func endOfArray(from index: Int) -> Int {
        var index = index
        while index < json.count, json[index] != Byte.closeBracket { index += 1 }
        return index + 1
    }

    /// `#` alone is the number of elements, `#.x` the array of what `x` finds in each; any other name with a
    /// `#` finds nothing.
    private mutating func counted(_ start: Int, _ component: GJSONComponent) -> (end: Int, isHit: Bool) {
        let isCount = component.part.withView { $0.equals("#") }
        var each = component.each
        if let path = each, let split = GJSONPath.splitAtPipe(path) {
            each = split.left
            pipe = split.right
        }
        var index = start
        var count = 0
        var found: [UInt8] = [Byte.openBracket]
        while let start = json.startOfValue(from: index, stop: Byte.closeBracket) {
            index = json.endOfValue(at: start)
            count += 1
            if let each, let inner = GJSON.evaluate(json.part(start, index), each) {
                if found.count > 1 { found.append(Byte.comma) }
                inner.append(to: &found)
            }
        }
        let end = endOfArray(from: index)
        guard isCount else { return (end, false) }
        if each != nil {
            found.append(Byte.closeBracket)
            value = .made(found)
        } else {
            value = .made(Array(String(count).utf8))
        }
        return (end, true)
    }

    private mutating func queried(_ start: Int, _ component: GJSONComponent) -> (end: Int, isHit: Bool) {
        let query = component.query!
        var rest: ByteView?
        if case .path(let path) = component.rest { rest = path }
        var hasSplit = false
        var all: [UInt8] = [Byte.openBracket]
        var index = start
        while let start = json.startOfValue(from: index, stop: Byte.closeBracket) {
            index = json.endOfValue(at: start)
            let element = json.part(start, index)
            guard query.fits(element) else { continue }
            if let path = rest, !hasSplit, let split = GJSONPath.splitAtPipe(path) {
                (rest, pipe) = (split.left, split.right)
                hasSplit = true
            }
            let found = rest.map { GJSON.evaluate(element, $0) } ?? .view(element)
            guard query.wantsAll else {
                value = found
                return (index, true)
            }
            if let found {
                if all.count > 1 { all.append(Byte.comma) }
                found.append(to: &all)
            }
        }
        if query.wantsAll, value == nil {
            all.append(Byte.closeBracket)
            value = .made(all)
        }
        return (endOfArray(from: index), false)
    }
}

extension GJSONComponent {
    /// Whether a member's name, given as written between its quotes, is the component's.
    fileprivate func names(_ name: ByteView) -> Bool {
        part.withView { part in
            guard name.bytes.contains(Byte.backslash) else {
                return isPattern ? GJSONPattern.fits(name, part) : name.equals(part)
            }
            return name.unescaped.withUnsafeBufferPointer { name in
                isPattern ? GJSONPattern.fits(ByteView(name), part) : ByteView(name).equals(part)
            }
        }
    }

    /// The component as an index; nil when it is none.
    fileprivate var index: Int? {
        part.withView { part in
            if part.isEmpty { return nil }
            var value = 0
            for byte in part.bytes {
                guard Byte.isDigit(byte), value < Int.max / 20 else { return nil }
                value = value * 10 + Int(byte - 48)
            }
            return value
        }
    }
}

extension GJSONQuery {
    /// Whether an element has what the query asks for. Elements that are scalars are asked themselves.
    fileprivate func fits(_ element: ByteView) -> Bool {
        path.withView { path in
            if element[0] != Byte.openBrace, element[0] != Byte.openBracket {
                return path.isEmpty && accepts(element)
            }
            guard let found = GJSON.evaluate(element, path) else { return accepts(nil) }
            return found.withView { accepts($0) }
        }
    }
}
