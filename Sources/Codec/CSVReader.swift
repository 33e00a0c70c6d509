// Comma-separated values, read record by record with the rules and the error texts of Go's encoding/csv:
// fields may be quoted, quoted ones may hold line breaks, empty lines are passed over, and every record has
// as many fields as the first. After an error reading goes on with the next line. Used by
// `k6/experimental/csv`.

public struct CSVReader {
    public struct Problem: Error, Hashable, CustomStringConvertible {
        public enum Kind: Hashable, Sendable { case bareQuote, quote, fieldCount }

        public let kind: Kind
        /// Where the record starts, from 1.
        public let startLine: Int
        public let line: Int
        /// In bytes, from 1.
        public let column: Int

        /// What is wrong, without the place.
        public var reason: String {
            switch kind {
            case .bareQuote: "bare \" in non-quoted-field"
            case .quote: "extraneous or missing \" in quoted-field"
            case .fieldCount: "wrong number of fields"
            }
        }

        public var description: String {
            if kind == .fieldCount { return "record on line \(line): \(reason)" }
            let place = "parse error on line \(line), column \(column): \(reason)"
            return startLine == line ? place : "record on line \(startLine); \(place)"
        }
    }

    private let bytes: [UInt8]
    private let delimiter: UInt8
    private var at: Int
    private var lineNumber = 0
    private var fieldCount: Int?

    // The line being read, its break made a single `\n`, and where it stands in it.
    private var line: ArraySlice<UInt8> = []
    private var column = 1

    /// - Parameter start: how many bytes were read already.
    public init(_ bytes: [UInt8], from start: Int = 0, delimiter: UInt8 = UInt8(ascii: ",")) {
        self.bytes = bytes
        self.delimiter = delimiter
        at = start
    }

    /// The next record; nil behind the last one.
    public mutating func next() -> Result<[String], Problem>? {
        repeat {
            guard readLine() else { return nil }
        } while line.first == Self.newline
        let startLine = lineNumber
        column = 1
        var fields: [String] = []
        var isLast = false
        while !isLast {
            switch line.first == Self.quote ? quotedField(startLine) : plainField(startLine) {
            case .failure(let problem): return .failure(problem)
            case .success(let field):
                fields.append(field.text)
                isLast = field.isLast
            }
        }
        if let fieldCount, fieldCount != fields.count {
            return .failure(.init(kind: .fieldCount, startLine: startLine, line: startLine, column: 1))
        }
        fieldCount = fields.count
        return .success(fields)
    }

    private static let quote = UInt8(ascii: "\"")
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private typealias Field = Result<(text: String, isLast: Bool), Problem>

    /// - Returns: false at the end of the text.
    private mutating func readLine() -> Bool {
        line = []
        guard at < bytes.count else { return false }
        let end = bytes[at...].firstIndex(of: Self.newline)
        line = bytes[at..<(end.map { $0 + 1 } ?? bytes.count)]
        at = line.endIndex
        lineNumber += 1
        if end == nil {
            if line.last == Self.carriageReturn { line.removeLast() }
        } else if line.dropLast().last == Self.carriageReturn {
            line = line.dropLast(2) + [Self.newline]
        }
        return true
    }

    private mutating func drop(_ count: Int) {
        line = line.dropFirst(count)
        column += count
    }

    private mutating func plainField(_ startLine: Int) -> Field {
        let end = line.firstIndex(of: delimiter)
        var text = line[..<(end ?? line.endIndex)]
        if end == nil, text.last == Self.newline { text.removeLast() }
        if let quote = text.firstIndex(of: Self.quote) {
            let place = column + quote - line.startIndex
            return .failure(.init(kind: .bareQuote, startLine: startLine, line: lineNumber, column: place))
        }
        if let end { drop(end - line.startIndex + 1) }
        return .success((String(decoding: text, as: UTF8.self), end == nil))
    }

    private mutating func quotedField(_ startLine: Int) -> Field {
        var text: [UInt8] = []
        drop(1)
        while true {
            guard let end = line.firstIndex(of: Self.quote) else {
                guard !line.isEmpty else {
                    return .failure(
                        .init(kind: .quote, startLine: startLine, line: lineNumber, column: column))
                }
                text += line
                column += line.count
                if readLine() { column = 1 }
                continue
            }
            text += line[..<end]
            drop(end - line.startIndex + 1)
            switch line.first {
            case Self.quote:
                text.append(Self.quote)
                drop(1)
            case delimiter:
                drop(1)
                return .success((String(decoding: text, as: UTF8.self), false))
            case nil, Self.newline: return .success((String(decoding: text, as: UTF8.self), true))
            default:
                let place = column - 1
                return .failure(.init(kind: .quote, startLine: startLine, line: lineNumber, column: place))
            }
        }
    }
}
