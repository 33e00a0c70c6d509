// The numbering of VUs and iterations inside one execution segment: which of the whole test's numbers are
// ours, how many of a value are ours, and the way back. The placement is k6's, so several processes (k6 or
// Apus) agree without talking. Built once at set-up; look-ups are O(1) and allocate nothing. Used by every
// schedule of this module.

import Base

/// One segment of a sequence with its share of every cycle of `cycleLength` numbers. All indexes are 0-based.
public struct SegmentedTuple: Hashable, Sendable {
    /// The process's own, also after re-segmentation.
    public let segment: ExecutionSegment
    /// After this many numbers of the whole test the pattern repeats (the common denominator of the lengths).
    public let cycleLength: Int64
    /// Our numbers of the first cycle, ascending.
    private let indexes: [Int32]
    /// Every segment's part of a cycle, in the sequence's order (a segment the sequence left out included).
    private let parts: [Int64]
    /// Where our own is among `parts`.
    private let position: Int

    /// The whole test in one process.
    public static let full = SegmentedTuple(placing: [1], position: 0, cycleLength: 1, segment: .full)

    /// - Parameters:
    ///   - segment: nil is the whole, which then has to be a part of `sequence`.
    ///   - sequence: nil is a sequence of the segment and what lies left and right of it.
    public init(
        segment: ExecutionSegment? = nil, sequence: ExecutionSegmentSequence? = nil
    ) throws(SegmentError) {
        let own = segment ?? .full
        var all = sequence?.segments ?? [own]
        if let sequence, !all.contains(own) {
            throw .notInSequence(segment: "\(own)", sequence: "\(sequence)")
        }
        if let first = all.first, first.from > .zero {
            all.insert(try ExecutionSegment(from: .zero, to: first.from), at: 0)
        }
        if let last = all.last, last.to < .one { all.append(try ExecutionSegment(from: last.to, to: .one)) }
        var cycle: Int64 = 1
        var lengths: [Rational] = []
        for part in all {
            guard let length = part.length else { throw .tooFine(SegmentedTuple.list(all)) }
            let shared = Int64(greatestCommonDivisor(cycle.magnitude, length.denominator.magnitude))
            let (product, overflow) = cycle.multipliedReportingOverflow(by: length.denominator / shared)
            if overflow || product > Limits.segmentCycleMax { throw .tooFine(SegmentedTuple.list(all)) }
            cycle = product
            lengths.append(length)
        }
        let parts = lengths.map { $0.numerator * (cycle / $0.denominator) }
        let position = all.firstIndex(of: own)!
        self.init(placing: parts, position: position, cycleLength: cycle, segment: own)
    }

    private init(placing parts: [Int64], position: Int, cycleLength: Int64, segment: ExecutionSegment) {
        self.segment = segment
        self.cycleLength = cycleLength
        self.parts = parts
        self.position = position
        var own: [Int32] = []
        own.reserveCapacity(Int(parts[position]))
        SegmentedTuple.deal(parts, cycleLength: cycleLength, count: cycleLength) { number, taker in
            if taker == position { own.append(Int32(number)) }
        }
        precondition(own.count == Int(parts[position]), "every segment takes its part of a cycle")
        indexes = own
    }

    /// Deals out the first `count` numbers of a cycle. Of the segments whose fair place for their next number
    /// has come, the longest takes it (the earlier of two equally long ones). `parts` add up to
    /// `cycleLength`.
    private static func deal(
        _ parts: [Int64], cycleLength: Int64, count: Int64, _ take: (_ number: Int64, _ taker: Int) -> Void
    ) {
        // By length, equals in their own order.
        let order = parts.indices.sorted { (parts[$1], $0) < (parts[$0], $1) }
        var taken = [Int64](repeating: 0, count: parts.count)
        // The first number each segment may take next, rounded up.
        var due = [Int64](repeating: 0, count: parts.count)
        for number in 0..<count {
            guard let taker = order.first(where: { due[$0] <= number }) else {
                preconditionFailure("every number of a cycle is due to some segment")
            }
            taken[taker] += 1
            due[taker] = (taken[taker] * cycleLength + parts[taker] - 1) / parts[taker]
            take(number, taker)
        }
    }

    /// Our numbers per cycle.
    public var indexesPerCycle: Int64 { Int64(indexes.count) }

    /// Our part of the whole. After re-segmentation it is the part of the VUs, not the length of `segment`.
    public var fraction: Rational { Rational(indexesPerCycle, cycleLength) }

    /// Our share of the first `value` numbers of the test. The shares of all segments add up to `value`.
    public func scale(_ value: Int64) -> Int64 {
        if cycleLength == 1 { return value }
        let (cycles, rest) = value.quotientAndRemainder(dividingBy: cycleLength)
        return cycles * indexesPerCycle + countInCycle(below: rest)
    }

    /// The number in the whole test of our `localIndex`-th one.
    public func globalIndex(ofLocal localIndex: Int64) -> Int64 {
        if cycleLength == 1 { return localIndex }
        let (cycles, rest) = localIndex.quotientAndRemainder(dividingBy: indexesPerCycle)
        return cycles * cycleLength + Int64(indexes[Int(rest)])
    }

    /// The way back: nil if `globalIndex` belongs to another segment.
    public func localIndex(ofGlobal globalIndex: Int64) -> Int64? {
        let local = scale(globalIndex)
        return self.globalIndex(ofLocal: local) == globalIndex ? local : nil
    }

    /// The tuple that deals out work among segments by what they got of `value` (VUs), so that no segment is
    /// given iterations it has no VUs for.
    /// - Returns: nil if this segment gets nothing of `value`.
    public func resegmented(by value: Int64) throws(SegmentError) -> SegmentedTuple? {
        if scale(value) < 1 { return nil }
        if value % cycleLength == 0 { return self }
        let (cycles, rest) = value.quotientAndRemainder(dividingBy: cycleLength)
        var shares = parts.map { $0 * cycles }
        SegmentedTuple.deal(parts, cycleLength: cycleLength, count: rest) { _, taker in shares[taker] += 1 }
        let divisor = shares.reduce(value) { Int64(greatestCommonDivisor($0.magnitude, $1.magnitude)) }
        if value / divisor > Limits.segmentCycleMax { throw .tooFine("of \(value) VUs") }
        let kept = shares.indices.filter { shares[$0] > 0 }
        return SegmentedTuple(
            placing: kept.map { shares[$0] / divisor }, position: kept.firstIndex(of: position)!,
            cycleLength: value / divisor, segment: segment)
    }

    /// How many of our indexes in one cycle lie below `number`.
    private func countInCycle(below number: Int64) -> Int64 {
        var (low, high) = (0, indexes.count)
        while low < high {
            let middle = (low + high) / 2
            if Int64(indexes[middle]) < number { low = middle + 1 } else { high = middle }
        }
        return Int64(low)
    }
}

extension SegmentedTuple {
    private static func list(_ segments: [ExecutionSegment]) -> String {
        segments.map(\.description).joined(separator: ", ")
    }
}
