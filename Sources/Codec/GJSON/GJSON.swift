// What a gjson path finds in a JSON document: the selector of `res.json(selector)`. The syntax and its corner
// cases are those of the gjson version k6 v1.1.0 carries. Works on the document's bytes and makes new text
// only where a path asks for it (modifiers, multipaths, `#.x`). Pure; called by the scripts' Response.

import Base

public enum GJSON {
    public enum Value: Equatable, Sendable {
        case null
        case bool(Bool)
        case number(Double)
        /// UTF-8, escapes resolved.
        case string([UInt8])
        /// The JSON text of an array or object.
        case document([UInt8])
    }

    /// - Parameter json: must be valid (`GoJSON.isValid`); other text gives some answer.
    /// - Returns: nil when there is nothing at `path`.
    public static func find(_ path: String, in json: UnsafeBufferPointer<UInt8>) -> Value? {
        var path = path
        return path.withUTF8 { path in
            evaluate(ByteView(json), ByteView(path))?.withView { read($0) } ?? nil
        }
    }

    private static func read(_ text: ByteView) -> Value? {
        switch text.kind {
        case nil: nil
        case .null: .null
        case .isTrue: .bool(true)
        case .isFalse: .bool(false)
        case .number: .number(text.number)
        case .string: .string(text.unquoted)
        case .array, .object: .document(Array(text.bytes))
        }
    }

    /// The piece of `json` at `path`, or what the path makes of it. A view in the result is one of `json`.
    static func evaluate(_ json: ByteView, _ path: ByteView) -> Piece? {
        var path = path
        if path.count > 1 {
            switch path[0] {
            case Byte.at:
                if let call = GJSONModifierCall(path) {
                    return resume(.made(call.apply(to: json)), call.rest)
                }
            case Byte.bang:
                if let literal = literal(path) { return resume(.view(literal.value), literal.rest) }
            case Byte.openBrace, Byte.openBracket:
                // What cannot be read as a multipath is looked up as the name that is left of it.
                let multipath = GJSONMultipath(path)
                path = multipath?.rest ?? path.part(0, 0)
                if let multipath, path.isEmpty || path[0] == Byte.dot || path[0] == Byte.pipe {
                    let made = Piece.made(multipath.make(from: json))
                    return path.isEmpty ? made : follow(made, path.from(1))
                }
            default: break
            }
        }
        return walk(json, path)
    }

    private static func walk(_ json: ByteView, _ path: ByteView) -> Piece? {
        var walk = GJSONWalk(json: json)
        if path[0] == Byte.dot, path[1] == Byte.dot {
            // The document as lines of JSON: an array without brackets.
            _ = walk.array(0, path.from(2))
        } else if let start = json.bytes.firstIndex(where: { $0 == Byte.openBrace || $0 == Byte.openBracket })
        {
            _ =
                json[start] == Byte.openBrace
                ? walk.object(start + 1, path) : walk.array(start + 1, path)
        }
        guard let pipe = walk.pipe else { return walk.value }
        return follow(walk.value, pipe)
    }

    /// Goes on with `path` in a result.
    private static func follow(_ value: Piece?, _ path: ByteView) -> Piece? {
        switch value {
        case nil: evaluate(ByteView(base: nil, count: 0), path)?.detached
        case .view(let view): evaluate(view, path)
        case .made(let bytes): bytes.withUnsafeBufferPointer { evaluate(ByteView($0), path)?.detached }
        }
    }

    /// Goes on behind a modifier or a literal; what is no separator there ends the path.
    private static func resume(_ value: Piece, _ rest: ByteView) -> Piece? {
        if rest[0] == Byte.pipe || rest[0] == Byte.dot { return follow(value, rest.from(1))?.detached }
        return value.withView { $0.value?.detached }
    }

    /// `!"text"`, `!5`, `!{"a":1}`, `!true`: the value itself, whatever the document is.
    private static func literal(_ path: ByteView) -> (value: ByteView, rest: ByteView)? {
        let text = path.from(1)
        switch text[0] {
        case Byte.quote, Byte.openBrace, Byte.openBracket, UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            // gjson takes the first character for a bracket, whatever it is: a literal text or number reaches
            // to the end of the path, and what follows its value counts for nothing.
            let end = text.endOfBrackets(at: 1, depth: 1, roundToo: true)
            return (text.part(0, end), text.from(end))
        default: break
        }
        var end = 0
        while end < text.count, text[end] != Byte.dot, text[end] != Byte.pipe { end += 1 }
        let word = text.part(0, end)
        let known = ["true", "false", "null", "nan", "inf"]
        return known.contains(word.text.lowercased()) ? (word, text.from(end)) : nil
    }
}
