// Result files read: bytes come in from anywhere, records go out one by one, so that a file of any length
// takes the memory of one line. Nothing is trusted: what is damaged, foreign or newer is one problem with its
// line; only a last line that was cut off is passed over, since that is how a killed run's file ends. Pure.

import Base
import Codec
import Metrics

extension Limits {
    /// A longer line is no interval of a run: 100,000 series of half a kilobyte are 50 MB.
    public static let resultLineBytesMax = 256 * 1024 * 1024
    /// Sixteen trillion: half a year at a million a second. A stored result that counts more was damaged; so
    /// adding up half a million of them stays within 64 bits.
    public static let resultCountMax: Int64 = 1 << 44
}

public struct ResultProblem: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

public struct ResultReader {
    /// The next bytes of the file; empty at its end.
    public typealias Source = () throws(ResultProblem) -> [UInt8]

    private let source: Source
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private var line = 0
    private var kinds: [String: MetricKind] = [:]
    private var series: [Int: MetricKind] = [:]
    private var hasEnded = false
    /// Whether the last line was cut off.
    public private(set) var isCutOff = false

    public init(_ source: @escaping Source) { self.source = source }

    public init(bytes: [UInt8]) {
        var rest: [UInt8]? = bytes
        self.init { () throws(ResultProblem) in
            defer { rest = nil }
            return rest ?? []
        }
    }

    /// The next record; nil at the end. The first is always the header.
    public mutating func next() throws(ResultProblem) -> ResultRecord? {
        while let bytes = try nextLine() {
            if bytes.isEmpty { continue }
            let record: ResultRecord?
            do throws(ResultProblem) { record = try read(bytes) } catch {
                throw line == 1 ? error : ResultProblem("line \(line): \(error)")
            }
            if let record { return record }
        }
        if kinds.isEmpty { throw ResultProblem("it is no result file of apus: there is no first line") }
        return nil
    }

    private mutating func nextLine() throws(ResultProblem) -> [UInt8]? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                line += 1
                return Array(buffer[start..<end])
            }
            if isAtEnd {
                isCutOff = start < buffer.count
                // A first line that never ends is worth a look: it may be no result at all.
                if isCutOff, line == 0 {
                    line = 1
                    defer { start = buffer.count }
                    return Array(buffer[start...])
                }
                return nil
            }
            buffer.removeFirst(start)
            start = 0
            searched = buffer.count
            if buffer.count > Limits.resultLineBytesMax {
                throw ResultProblem("line \(line + 1) is longer than any a result has")
            }
            let more = try source()
            isAtEnd = more.isEmpty
            buffer += more
        }
    }

    private mutating func read(_ bytes: [UInt8]) throws(ResultProblem) -> ResultRecord? {
        let value: JSONValue
        do { value = try JSONValue.parse(bytes) } catch {
            throw ResultProblem(
                line == 1 ? "it is no result file of apus" : "it is damaged: \(error.description)")
        }
        guard let object = value.members else { throw ResultProblem("it is no result file of apus") }
        let fields = ResultFields(object)
        if line == 1 {
            let header = try ResultFields.header(fields)
            for metric in header.metrics { kinds[metric.name] = metric.kind }
            return .header(header)
        }
        if hasEnded { throw ResultProblem("there is more after the end of the run") }
        switch try fields.text("type") {
        case "series":
            let (number, one) = try fields.series()
            guard let kind = kinds[one.metric] else {
                throw ResultProblem("it has a series of the unknown metric \(one.metric)")
            }
            if series.updateValue(kind, forKey: number) != nil {
                throw ResultProblem("it has two series \(number)")
            }
            return .series(number, one)
        case "interval": return .interval(try fields.values(series))
        case "totals": return .totals(try fields.values(series))
        case "end":
            hasEnded = true
            return .end(try fields.end())
        case "header": throw ResultProblem("a second result begins")
        // A kind of line of a later minor addition.
        default: return nil
        }
    }
}
