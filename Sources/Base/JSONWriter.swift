// Writes JSON text piece by piece: the caller opens and closes objects and arrays, the writer places commas,
// indents and escapes. Used by summaries, result files and the REST API. Keys appear in the order they are
// written.

public struct JSONWriter {
    /// Which characters of strings are written as escapes beyond what JSON asks for.
    public enum Escaping: Sendable {
        case plain
        /// As Go writes JSON: the line separators of ECMAScript too.
        case go
        /// The same, and what HTML gives a meaning: `<`, `>`, `&`. Go's default.
        case goHTML
    }

    public private(set) var text = ""
    /// May change between two values: k6 writes parts of one document differently.
    public var escaping = Escaping.plain
    private let indentSpaces: Int
    /// One entry per open object or array: whether it already holds something.
    private var filled: [Bool] = []
    private var afterKey = false

    /// - Parameter indentSpaces: spaces per level; 0 writes everything on one line.
    public init(indentSpaces: Int = 0) { self.indentSpaces = indentSpaces }

    public mutating func beginObject() { open("{") }
    public mutating func endObject() { close("}") }
    public mutating func beginArray() { open("[") }
    public mutating func endArray() { close("]") }

    /// The key of the next value; only inside an object.
    public mutating func key(_ name: String) {
        precondition(!afterKey, "a key was written where a value is due")
        separate()
        appendQuoted(name)
        text += indentSpaces == 0 ? ":" : ": "
        afterKey = true
    }

    public mutating func value(_ string: String) {
        separate()
        appendQuoted(string)
    }

    public mutating func value(_ flag: Bool) { raw(flag ? "true" : "false") }
    public mutating func value(_ number: Int64) { raw(String(number)) }
    /// A number in ECMAScript's form; what is not finite becomes null, as JSON has no word for it.
    public mutating func value(_ number: Double) {
        raw(number.isFinite ? NumberText.shortest(number) : "null")
    }
    public mutating func null() { raw("null") }

    /// Text that is JSON already.
    public mutating func raw(_ json: String) {
        separate()
        text += json
    }

    public mutating func object(_ body: (inout JSONWriter) -> Void) {
        beginObject()
        body(&self)
        endObject()
    }

    public mutating func array<Item>(_ items: some Sequence<Item>, _ body: (inout JSONWriter, Item) -> Void) {
        beginArray()
        for item in items { body(&self, item) }
        endArray()
    }

    private mutating func open(_ bracket: String) {
        separate()
        text += bracket
        filled.append(false)
    }

    private mutating func close(_ bracket: String) {
        guard let held = filled.popLast() else { preconditionFailure("more was closed than was opened") }
        if held { breakLine() }
        text += bracket
    }

    private mutating func separate() {
        if afterKey {
            afterKey = false
            return
        }
        guard let held = filled.last else { return }
        if held { text += "," }
        filled[filled.count - 1] = true
        breakLine()
    }

    private mutating func breakLine() {
        if indentSpaces == 0 { return }
        text += "\n" + String(repeating: " ", count: indentSpaces * filled.count)
    }

    private mutating func appendQuoted(_ string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{8}" where escaping != .plain: text += "\\b"
            case "\u{c}" where escaping != .plain: text += "\\f"
            case "<" where escaping == .goHTML: text += "\\u003c"
            case ">" where escaping == .goHTML: text += "\\u003e"
            case "&" where escaping == .goHTML: text += "\\u0026"
            case "\u{2028}" where escaping != .plain: text += "\\u2028"
            case "\u{2029}" where escaping != .plain: text += "\\u2029"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
