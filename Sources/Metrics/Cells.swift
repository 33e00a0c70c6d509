// Where one shard counts one series in the current interval: plain structs in the shard's memory, one writer,
// no locks. Workers reach them through the lists of `CellLists.swift`; `Shard` empties them at interval
// edges. This is the hottest code of the module: no allocation, no ARC, no exclusivity checks on the path
// every sample takes.

import Base

/// Counts of one trend. The first 64 bytes are all that a recording touches besides the counter itself.
public struct TrendCell {
    /// Positive values.
    @usableFromInline var window: PageWindow
    /// Values that went into a bucket; zeros and NaNs are apart.
    @usableFromInline var count: Int64 = 0
    @usableFromInline var sum = 0.0
    @usableFromInline var min = Double.infinity
    @usableFromInline var max = -Double.infinity
    @usableFromInline var zeros: Int64 = 0
    @usableFromInline let owner: Unmanaged<Shard>
    /// Values below zero, by magnitude.
    var negative: PageWindow
    /// The interval's first values, while they are few.
    var log = BucketLog()
    /// NaNs: refused, but not in silence.
    var invalid: Int64 = 0
    let series: Int32
    var isTouched = false

    init(series: Int32, owner: Unmanaged<Shard>, arena: PageArena) {
        window = PageWindow(arena: arena)
        negative = PageWindow(arena: arena)
        self.owner = owner
        self.series = series
    }

    /// Whether this interval's values outgrew the log.
    func hasPages(_ arena: PageArena) -> Bool {
        window.slots != arena.noSlots || negative.slots != arena.noSlots
    }

    /// Counts one value. Everything rare (first touch of a page, negative, out of range, NaN) leaves by
    /// `recordRare`, so the path below has no clamps: such values miss the window by their bits alone.
    @inlinable @inline(__always)
    static func record(_ value: Double, into cell: UnsafeMutablePointer<TrendCell>) {
        let bits = value.bitPattern
        if bits &<< 1 == 0 {
            let zeros = cell.pointee.zeros &+ 1
            cell.pointee.zeros = zeros
            if zeros == 1 { recordRare(value, into: cell) }
            return
        }
        let bucket = Int(truncatingIfNeeded: bits &>> UInt64(HistogramLayout.shift))
        let slot = (bucket &>> HistogramLayout.pageBits) &- Int(cell.pointee.window.base)
        guard UInt(bitPattern: slot) < UInt(bitPattern: Int(cell.pointee.window.count)),
            let page = cell.pointee.window.slots[slot]
        else { return recordRare(value, into: cell) }
        let counter = page + (bucket & (HistogramLayout.pageBuckets &- 1))
        let counted = counter.pointee &+ 1
        counter.pointee = counted
        if counted == 0 { carry(value, from: cell) }
        cell.pointee.count &+= 1
        cell.pointee.sum += value
        if value < cell.pointee.min { cell.pointee.min = value }
        if value > cell.pointee.max { cell.pointee.max = value }
    }

    @inline(never) @usableFromInline
    static func recordRare(_ value: Double, into cell: UnsafeMutablePointer<TrendCell>) {
        cell.pointee.owner._withUnsafeGuaranteedRef { $0.recordRare(value, into: cell) }
    }

    /// A 16-bit counter went round.
    @inline(never) @usableFromInline
    static func carry(_ value: Double, from cell: UnsafeMutablePointer<TrendCell>) {
        cell.pointee.owner._withUnsafeGuaranteedRef { $0.carry(value, from: cell) }
    }
}

/// Sum of one counter.
public struct CounterCell {
    @usableFromInline var count: Int64 = 0
    @usableFromInline var sum = 0.0
    @usableFromInline let owner: Unmanaged<Shard>
    let series: Int32

    init(series: Int32, owner: Unmanaged<Shard>) {
        self.owner = owner
        self.series = series
    }

    @inlinable @inline(__always)
    static func record(_ value: Double, into cell: UnsafeMutablePointer<CounterCell>) {
        let count = cell.pointee.count &+ 1
        cell.pointee.count = count
        cell.pointee.sum += value
        if count == 1 { touch(cell) }
    }

    @inline(never) @usableFromInline
    static func touch(_ cell: UnsafeMutablePointer<CounterCell>) {
        cell.pointee.owner._withUnsafeGuaranteedRef { $0.touchedCounters.append(cell) }
    }
}

/// Share of non-zero values of one rate.
public struct RateCell {
    @usableFromInline var count: Int64 = 0
    @usableFromInline var passes: Int64 = 0
    @usableFromInline let owner: Unmanaged<Shard>
    let series: Int32

    init(series: Int32, owner: Unmanaged<Shard>) {
        self.owner = owner
        self.series = series
    }

    @inlinable @inline(__always)
    static func record(_ isNonZero: Bool, into cell: UnsafeMutablePointer<RateCell>) {
        let count = cell.pointee.count &+ 1
        cell.pointee.count = count
        cell.pointee.passes &+= isNonZero ? 1 : 0
        if count == 1 { touch(cell) }
    }

    @inline(never) @usableFromInline
    static func touch(_ cell: UnsafeMutablePointer<RateCell>) {
        cell.pointee.owner._withUnsafeGuaranteedRef { $0.touchedRates.append(cell) }
    }
}

/// Last value of one gauge, with its time so that shards can agree on which was last.
public struct GaugeCell {
    @usableFromInline var count: Int64 = 0
    @usableFromInline var value = 0.0
    @usableFromInline var at = Instant.never
    @usableFromInline var min = Double.infinity
    @usableFromInline var max = -Double.infinity
    @usableFromInline let owner: Unmanaged<Shard>
    let series: Int32

    init(series: Int32, owner: Unmanaged<Shard>) {
        self.owner = owner
        self.series = series
    }

    @inlinable @inline(__always)
    static func record(_ value: Double, at now: Instant, into cell: UnsafeMutablePointer<GaugeCell>) {
        let count = cell.pointee.count &+ 1
        cell.pointee.count = count
        cell.pointee.value = value
        cell.pointee.at = now
        if value < cell.pointee.min { cell.pointee.min = value }
        if value > cell.pointee.max { cell.pointee.max = value }
        if count == 1 { touch(cell) }
    }

    @inline(never) @usableFromInline
    static func touch(_ cell: UnsafeMutablePointer<GaugeCell>) {
        cell.pointee.owner._withUnsafeGuaranteedRef { $0.touchedGauges.append(cell) }
    }
}
