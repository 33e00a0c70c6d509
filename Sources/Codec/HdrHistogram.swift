// A histogram in HdrHistogram's terms: counts by index, and which values an index stands for. What the V2
// codec beside it reads and writes; result files and exports map their own buckets to indices.

public struct HdrHistogram: Hashable, Sendable {
    public struct Count: Hashable, Sendable {
        public var index: Int
        public var count: Int64

        public init(index: Int, count: Int64) {
            self.index = index
            self.count = count
        }
    }

    /// Why bytes are no such histogram.
    public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String

        public init(_ description: String) { self.description = description }
    }

    /// Decimal digits a value keeps: 1 to 5.
    public var significantDigits: Int
    /// The smallest value told apart from 0, at least 1.
    public var lowest: Int64
    /// At least 2 × `lowest`.
    public var highest: Int64
    /// What a unit is worth: values are whole numbers times this.
    public var ratio: Double
    /// By index, each once, all above 0.
    public var counts: [Count]

    public init(
        significantDigits: Int = 3, lowest: Int64 = 1, highest: Int64 = 2, ratio: Double = 1,
        counts: [Count] = []
    ) {
        precondition((1...5).contains(significantDigits), "1 to 5 digits can be kept")
        self.significantDigits = significantDigits
        self.lowest = lowest
        self.highest = highest
        self.ratio = ratio
        self.counts = counts
    }

    /// Indices per octave, as a power of two.
    public var octaveBits: Int { [4, 7, 10, 14, 17][significantDigits - 1] }
    private var unitBits: Int { 63 - lowest.leadingZeroBitCount }

    /// One more than the last index whose values fit 63 bits.
    public var indexEnd: Int { (64 - octaveBits - unitBits) << octaveBits }

    /// The smallest whole number counted at an index below `indexEnd`.
    public func lowest(at index: Int) -> Int64 {
        let octave = index >> octaveBits
        if octave < 2 { return Int64(index) << Int64(unitBits) }
        let place = Int64(index & (1 << octaveBits - 1)) + 1 << Int64(octaveBits)
        return place << Int64(octave - 1 + unitBits)
    }

    /// How many whole numbers share an index.
    public func width(at index: Int) -> Int64 {
        1 << Int64(max((index >> octaveBits) - 1, 0) + unitBits)
    }

    /// The largest whole number counted at an index.
    public func highest(at index: Int) -> Int64 { lowest(at: index) + (width(at: index) - 1) }

    public var total: Int64 { counts.reduce(0) { $0 + $1.count } }
}
