// Which part of a test this process runs, as k6 writes it: a segment "from:to" and the sequence "0,1/4,1/2,1"
// it belongs to. Values only; SegmentedTuple turns them into VU and iteration numbers. Read by the option
// readers.

/// Why a segment or a sequence cannot be used. Thrown while options are read.
public enum SegmentError: Error, Hashable, CustomStringConvertible {
    case malformedNumber(String)
    case malformedPercentage(String)
    case startBelowZero(Rational)
    case endAboveOne(Rational)
    case startNotBelowEnd(Rational, Rational)
    case tooFewPoints(given: Int)
    case notInSequence(segment: String, sequence: String)
    /// The sequence's parts have no common measure of at least 1/`Limits.segmentCycleMax`.
    case tooFine(String)

    public var description: String {
        switch self {
        case .malformedNumber(let text): "'\(text)' is not a percentage, a decimal, a fraction or an interval"
        case .malformedPercentage(let text): "'\(text)' is not a whole percentage"
        case .startBelowZero(let start): "a segment cannot start below 0, but this one starts at \(start)"
        case .endAboveOne(let end): "a segment cannot end above 1, but this one ends at \(end)"
        case .startNotBelowEnd(let start, let end):
            "the start of a segment (\(start)) must be below its end (\(end))"
        case .tooFewPoints(let given): "an execution segment sequence has 2 points or more, not \(given)"
        case .notInSequence(let segment, let sequence):
            "the execution segment \(segment) is not part of the sequence \(sequence)"
        case .tooFine(let text): "the execution segments \(text) are cut too finely to be shared out exactly"
        }
    }
}

/// The part (from, to] of a test.
public struct ExecutionSegment: Hashable, Sendable, CustomStringConvertible {
    public let from: Rational
    public let to: Rational

    public static let full = ExecutionSegment(unchecked: .zero, .one)

    private init(unchecked from: Rational, _ to: Rational) {
        self.from = from
        self.to = to
    }

    public init(from: Rational, to: Rational) throws(SegmentError) {
        if from >= to { throw .startNotBelowEnd(from, to) }
        if from < .zero { throw .startBelowZero(from) }
        if to > .one { throw .endAboveOne(to) }
        self.init(unchecked: from, to)
    }

    /// Reads `from:to`, a single `to` (from 0), or the empty text (the whole). Numbers are decimals,
    /// fractions or whole percentages.
    public init(parsing text: String) throws(SegmentError) {
        if text.isEmpty {
            self = .full
            return
        }
        guard let colon = text.firstIndex(of: ":") else {
            try self.init(from: .zero, to: ExecutionSegment.number(text[...]))
            return
        }
        let from = try ExecutionSegment.number(text[..<colon])
        let to = try ExecutionSegment.number(text[text.index(after: colon)...])
        try self.init(from: from, to: to)
    }

    /// `to − from`. Fits, because both lie in 0...1 with 64-bit parts or the sequence is refused as too fine.
    public var length: Rational? { to.subtracting(from) }

    /// `1/4:1/2`, reduced.
    public var description: String { "\(from):\(to)" }

    static func number(_ text: Substring) throws(SegmentError) -> Rational {
        if text.hasSuffix("%") {
            guard let percent = Rational.signedDigits(Array(text.utf8)[...].dropLast()) else {
                throw .malformedPercentage(String(text))
            }
            return Rational(percent, 100)
        }
        guard let value = Rational(parsing: text) else { throw .malformedNumber(String(text)) }
        return value
    }
}

/// Segments side by side without gaps, e.g. one per machine. It need not begin at 0 or end at 1.
public struct ExecutionSegmentSequence: Hashable, Sendable, CustomStringConvertible {
    public let segments: [ExecutionSegment]

    /// Reads the points between the segments: `0,1/4,1/2,1`.
    public init(parsing text: String) throws(SegmentError) {
        let points = text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false)
        if points.count < 2 { throw .tooFewPoints(given: points.count) }
        var segments: [ExecutionSegment] = []
        var from = try ExecutionSegment.number(points[0])
        for point in points.dropFirst() {
            let to = try ExecutionSegment.number(point)
            segments.append(try ExecutionSegment(from: from, to: to))
            from = to
        }
        self.segments = segments
    }

    /// `0,1/4,1/2,1`, reduced.
    public var description: String {
        let points = [segments[0].from.description] + segments.map { $0.to.description }
        return points.joined(separator: ",")
    }
}
