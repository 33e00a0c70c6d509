// Bucket counts of one trend on the control thread: a short sorted list while the buckets are few, then pages
// of 128 neighbouring buckets, allocated on first use, whose counters start at 8 bits and widen when they
// must. So thousands of quiet series stay small and busy ones stay exact. Filled from packets and by merging;
// read by percentiles and outputs.

/// One non-empty bucket: `count` values v with `lower` ≤ |v| < `upper` on the side `isNegative` says; zeros
/// have `lower` = `upper` = 0.
public struct HistogramBucket: Hashable, Sendable {
    /// Number in `HistogramLayout`; 0 for zeros.
    public var index: Int
    public var isNegative: Bool
    public var count: UInt64

    public init(index: Int, isNegative: Bool, count: UInt64) {
        self.index = index
        self.isNegative = isNegative
        self.count = count
    }

    public var isZero: Bool { index == 0 }
    /// Bounds by value, `lower` < `upper` also on the negative side.
    public var lower: Double {
        isZero ? 0 : isNegative ? -HistogramLayout.upperBound(index) : HistogramLayout.lowerBound(index)
    }
    public var upper: Double {
        isZero ? 0 : isNegative ? -HistogramLayout.lowerBound(index) : HistogramLayout.upperBound(index)
    }
    /// What stands for the values in it.
    public var midpoint: Double {
        isZero ? 0 : isNegative ? -HistogramLayout.midpoint(index) : HistogramLayout.midpoint(index)
    }
}

/// A page of 128 counters, 8, 16, 32 or 64 bits wide: the address with log2 of the width in bytes in its low
/// bits.
private struct CountPage {
    private var tagged: UInt

    static let none = CountPage(tagged: 0)

    private init(tagged: UInt) { self.tagged = tagged }

    init(widthLog2: UInt) {
        let bytes = HistogramLayout.pageBuckets << Int(widthLog2)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        tagged = UInt(bitPattern: memory) | widthLog2
    }

    var isNone: Bool { tagged == 0 }
    private var widthLog2: UInt { tagged & 3 }
    private var memory: UnsafeMutableRawPointer { UnsafeMutableRawPointer(bitPattern: tagged & ~3)! }
    var bytes: Int { isNone ? 0 : HistogramLayout.pageBuckets << Int(widthLog2) }

    func free() { if !isNone { memory.deallocate() } }

    func count(_ lane: Int) -> UInt64 {
        switch widthLog2 {
        case 0: UInt64(memory.load(fromByteOffset: lane, as: UInt8.self))
        case 1: UInt64(memory.load(fromByteOffset: lane * 2, as: UInt16.self))
        case 2: UInt64(memory.load(fromByteOffset: lane * 4, as: UInt32.self))
        default: memory.load(fromByteOffset: lane * 8, as: UInt64.self)
        }
    }

    private func store(_ count: UInt64, _ lane: Int) {
        switch widthLog2 {
        case 0: memory.storeBytes(of: UInt8(count), toByteOffset: lane, as: UInt8.self)
        case 1: memory.storeBytes(of: UInt16(count), toByteOffset: lane * 2, as: UInt16.self)
        case 2: memory.storeBytes(of: UInt32(count), toByteOffset: lane * 4, as: UInt32.self)
        default: memory.storeBytes(of: count, toByteOffset: lane * 8, as: UInt64.self)
        }
    }

    mutating func add(_ more: UInt64, _ lane: Int) {
        let sum = count(lane) + more
        var needed = widthLog2
        while needed < 3, sum >> (8 << needed) != 0 { needed += 1 }
        if needed > widthLog2 { widen(to: needed) }
        store(sum, lane)
    }

    /// Adds all counters of a shard's page; returns their sum.
    mutating func add(_ page: CounterPage) -> UInt64 {
        let reach =
            switch widthLog2 {
            case 0: bits(with: page, UInt8.self)
            case 1: bits(with: page, UInt16.self)
            case 2: bits(with: page, UInt32.self)
            default: bits(with: page, UInt64.self)
            }
        var needed = widthLog2
        while needed < 3, reach >> (8 << needed) != 0 { needed += 1 }
        if needed > widthLog2 { widen(to: needed) }
        return switch widthLog2 {
        case 0: add(page, UInt8.self)
        case 1: add(page, UInt16.self)
        case 2: add(page, UInt32.self)
        default: add(page, UInt64.self)
        }
    }

    /// The bits that any sum of two counters will need.
    private func bits<T: FixedWidthInteger>(with page: CounterPage, _ type: T.Type) -> UInt64 {
        let counters = memory.assumingMemoryBound(to: type)
        var bits: UInt64 = 0
        for lane in 0..<HistogramLayout.pageBuckets {
            bits |= UInt64(truncatingIfNeeded: counters[lane]) &+ UInt64(page[lane])
        }
        return bits
    }

    private func add<T: FixedWidthInteger>(_ page: CounterPage, _ type: T.Type) -> UInt64 {
        let counters = memory.assumingMemoryBound(to: type)
        var sum: UInt64 = 0
        for lane in 0..<HistogramLayout.pageBuckets {
            // Wide enough: `bits` was asked before.
            counters[lane] &+= T(truncatingIfNeeded: page[lane])
            sum &+= UInt64(page[lane])
        }
        return sum
    }

    private mutating func widen(to width: UInt) {
        let old = self
        self = CountPage(widthLog2: width)
        for lane in 0..<HistogramLayout.pageBuckets { store(old.count(lane), lane) }
        old.free()
    }
}

/// One side of a histogram: the pages between the lowest and the highest touched one.
private struct CountPages {
    var slots: UnsafeMutablePointer<CountPage>?
    var base = 0
    var count = 0

    var bytes: Int {
        (0..<count).reduce(count * MemoryLayout<CountPage>.stride) { $0 + slots![$1].bytes }
    }

    func free() {
        for slot in 0..<count { slots![slot].free() }
        slots?.deallocate()
    }

    /// A page, made if there is none.
    mutating func page(_ number: Int) -> UnsafeMutablePointer<CountPage> {
        if number < base || number >= base + count { cover(number) }
        let slot = slots! + (number - base)
        if slot.pointee.isNone { slot.pointee = CountPage(widthLog2: 0) }
        return slot
    }

    private mutating func cover(_ number: Int) {
        let low = count == 0 ? number : min(base, number)
        let end = count == 0 ? number + 1 : max(base + count, number + 1)
        // Four slots at a time: a series' range settles within its first seconds.
        let wanted = (end - low + 3) & ~3
        let start = number == low && count > 0 ? end - wanted : low
        let fresh = UnsafeMutablePointer<CountPage>.allocate(capacity: wanted)
        fresh.initialize(repeating: .none, count: wanted)
        for slot in 0..<count { fresh[base - start + slot] = slots![slot] }
        slots?.deallocate()
        slots = fresh
        base = start
        count = wanted
    }

    mutating func add(_ more: UInt64, _ bucket: Int) {
        page(bucket >> HistogramLayout.pageBits).pointee.add(more, bucket & (HistogramLayout.pageBuckets - 1))
    }

    /// Calls `body` for each non-empty bucket, lowest magnitude first (or last); stops when it returns false.
    func scan(descending: Bool, _ body: (_ bucket: Int, _ count: UInt64) -> Bool) -> Bool {
        for step in 0..<count {
            let slot = descending ? count - 1 - step : step
            if slots![slot].isNone { continue }
            let first = (base + slot) << HistogramLayout.pageBits
            for place in 0..<HistogramLayout.pageBuckets {
                let lane = descending ? HistogramLayout.pageBuckets - 1 - place : place
                let counted = slots![slot].count(lane)
                if counted > 0, !body(first + lane, counted) { return false }
            }
        }
        return true
    }
}

/// Buckets and counts of a histogram that has few: sorted numbers, the signed bucket above ten bits of count.
private struct SparseCounts {
    /// Beyond this many the list would cost more time and memory than pages.
    static let entriesMax = 256
    static let countBits = 10

    var entries: [Int32] = []

    static func count(_ entry: Int32) -> UInt64 { UInt64(entry & (1 << countBits - 1)) }
    static func bucket(_ entry: Int32) -> Int { Int(abs(entry >> Int32(countBits))) }

    /// - Returns: false, and nothing added, if it does not fit.
    mutating func add(_ more: UInt64, _ bucket: Int, _ isNegative: Bool) -> Bool {
        let key = Int32(isNegative ? -bucket : bucket) << Int32(Self.countBits)
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle] < key { low = middle + 1 } else { high = middle }
        }
        let isKnown =
            low < entries.count && entries[low] >> Int32(Self.countBits) == key >> Int32(Self.countBits)
        let sum = more + (isKnown ? Self.count(entries[low]) : 0)
        if sum >= 1 << Self.countBits || (!isKnown && entries.count == Self.entriesMax) { return false }
        if isKnown {
            entries[low] = key | Int32(sum)
        } else {
            entries.insert(key | Int32(sum), at: low)
        }
        return true
    }
}

/// Bucket counts of one trend. Not thread-safe; one owner.
public final class Histogram {
    /// All buckets, or none once there are pages.
    private var sparse = SparseCounts()
    private var isSparse = true
    private var positive = CountPages()
    private var negative = CountPages()
    public private(set) var zeros: UInt64 = 0
    /// All values counted, zeros included.
    public private(set) var count: UInt64 = 0

    public init() {}

    deinit {
        positive.free()
        negative.free()
    }

    /// Counts `value` `times` times. NaN is refused.
    public func record(_ value: Double, times: UInt64 = 1) {
        precondition(!value.isNaN, "NaN has no bucket")
        if value == 0 { return addZeros(times) }
        add(times, bucket: HistogramLayout.bucket(ofMagnitude: value.magnitude), isNegative: value < 0)
    }

    /// Adds the count of a bucket as `forEachBucket` gave it. Its index lies within `HistogramLayout`.
    public func add(_ bucket: HistogramBucket) {
        if bucket.isZero { return addZeros(bucket.count) }
        let isKnown = (HistogramLayout.bucketMin..<HistogramLayout.bucketEnd).contains(bucket.index)
        precondition(isKnown, "a bucket lies beyond the layout")
        if bucket.count > 0 { add(bucket.count, bucket: bucket.index, isNegative: bucket.isNegative) }
    }

    func addZeros(_ more: UInt64) {
        zeros += more
        count += more
    }

    func add(_ more: UInt64, bucket: Int, isNegative: Bool) {
        count += more
        if isSparse {
            if sparse.add(more, bucket, isNegative) { return }
            leaveSparse()
        }
        addToPages(more, bucket, isNegative)
    }

    private func leaveSparse() {
        isSparse = false
        for entry in sparse.entries {
            addToPages(SparseCounts.count(entry), SparseCounts.bucket(entry), entry < 0)
        }
        sparse.entries = []
    }

    private func addToPages(_ more: UInt64, _ bucket: Int, _ isNegative: Bool) {
        if isNegative {
            negative.add(more, bucket)
        } else {
            positive.add(more, bucket)
        }
    }

    /// Adds all counts of `other`, exactly.
    public func merge(_ other: Histogram) {
        other.scan { bucket in
            add(bucket)
            return true
        }
    }

    /// Adds the counters of one page of a shard: such a series is not a quiet one.
    func add(page: CounterPage, number: Int, isNegative: Bool) {
        if isSparse { leaveSparse() }
        count +=
            isNegative ? negative.page(number).pointee.add(page) : positive.page(number).pointee.add(page)
    }

    /// Every non-empty bucket, smallest values first.
    public func forEachBucket(_ body: (HistogramBucket) -> Void) {
        scan { bucket in
            body(bucket)
            return true
        }
    }

    /// Midpoints of the buckets that hold the values at two neighbouring ranks (0 = smallest) of the sorted
    /// values.
    func midpoints(at rank: UInt64, and next: UInt64) -> (Double, Double) {
        precondition(rank <= next && next < count, "a rank lies beyond the last value")
        var seen: UInt64 = 0
        var first: Double?
        var second = 0.0
        scan { bucket in
            seen += bucket.count
            if first == nil, seen > rank { first = bucket.midpoint }
            second = bucket.midpoint
            return seen <= next
        }
        return (first!, second)
    }

    private func scan(_ body: (HistogramBucket) -> Bool) {
        let firstPositive = sparse.entries.firstIndex { $0 > 0 } ?? sparse.entries.count
        for entry in sparse.entries[..<firstPositive] where !body(Self.bucket(entry)) { return }
        let negatives = negative.scan(descending: true) { bucket, count in
            body(HistogramBucket(index: bucket, isNegative: true, count: count))
        }
        if !negatives { return }
        if zeros > 0, !body(HistogramBucket(index: 0, isNegative: false, count: zeros)) { return }
        for entry in sparse.entries[firstPositive...] where !body(Self.bucket(entry)) { return }
        _ = positive.scan(descending: false) { bucket, count in
            body(HistogramBucket(index: bucket, isNegative: false, count: count))
        }
    }

    private static func bucket(_ entry: Int32) -> HistogramBucket {
        HistogramBucket(
            index: SparseCounts.bucket(entry), isNegative: entry < 0, count: SparseCounts.count(entry))
    }

    /// Memory held, in bytes; 16 per allocation for the allocator.
    public var memoryBytes: Int {
        let pages = positive.pages + negative.pages
        let list = sparse.entries.capacity * MemoryLayout<Int32>.size + (sparse.entries.isEmpty ? 0 : 48)
        return list + positive.bytes + negative.bytes + (pages + 2) * 16 + MemoryLayout<CountPages>.size * 2
            + 56
    }
}

extension CountPages {
    /// Number of pages allocated.
    fileprivate var pages: Int { (0..<count).reduce(0) { $0 + (slots![$1].isNone ? 0 : 1) } }
}
