// The cells one sample of a metric goes into, given its tags: the metric's own total, each sub-metric that
// matches, the series an output asked for. Resolved once per metric and tag set by `Shard`, then held by
// whoever records: a pointer, valid as long as the shard.

import Base

/// Layout of a list in the shard's memory: a count, then that many pointers to cells.
@usableFromInline typealias CellBlock = UnsafeMutableRawPointer

extension CellBlock {
    @inlinable @inline(__always) var cellCount: Int { load(as: Int.self) }

    @inlinable @inline(__always)
    func cell<Cell>(_ index: Int, _ type: Cell.Type) -> UnsafeMutablePointer<Cell> {
        load(fromByteOffset: 8 &+ index &* 8, as: UnsafeMutablePointer<Cell>.self)
    }
}

public struct TrendCells {
    @usableFromInline let block: CellBlock

    @inlinable @inline(__always) init(block: CellBlock) { self.block = block }

    /// Number of series a sample is counted in.
    public var count: Int { block.cellCount }

    /// Counts one value: milliseconds in time trends. NaN is counted as invalid and nothing else.
    @inlinable @inline(__always) public func record(_ value: Double) {
        var index = 0
        let count = block.cellCount
        repeat {
            TrendCell.record(value, into: block.cell(index, TrendCell.self))
            index &+= 1
        } while index < count
    }
}

public struct CounterCells {
    @usableFromInline let block: CellBlock

    @inlinable @inline(__always) init(block: CellBlock) { self.block = block }

    public var count: Int { block.cellCount }

    /// Adds `value`. The caller refuses NaN.
    @inlinable @inline(__always) public func record(_ value: Double) {
        var index = 0
        let count = block.cellCount
        repeat {
            CounterCell.record(value, into: block.cell(index, CounterCell.self))
            index &+= 1
        } while index < count
    }
}

public struct RateCells {
    @usableFromInline let block: CellBlock

    @inlinable @inline(__always) init(block: CellBlock) { self.block = block }

    public var count: Int { block.cellCount }

    @inlinable @inline(__always) public func record(_ isNonZero: Bool) {
        var index = 0
        let count = block.cellCount
        repeat {
            RateCell.record(isNonZero, into: block.cell(index, RateCell.self))
            index &+= 1
        } while index < count
    }

    /// Counts a value as k6 does: anything but 0 is a pass. The caller refuses NaN.
    @inlinable @inline(__always) public func record(_ value: Double) { record(value != 0) }
}

public struct GaugeCells {
    @usableFromInline let block: CellBlock

    @inlinable @inline(__always) init(block: CellBlock) { self.block = block }

    public var count: Int { block.cellCount }

    /// Sets the value, true from `now` on. The caller refuses NaN.
    @inlinable @inline(__always) public func record(_ value: Double, at now: Instant) {
        var index = 0
        let count = block.cellCount
        repeat {
            GaugeCell.record(value, at: now, into: block.cell(index, GaugeCell.self))
            index &+= 1
        } while index < count
    }
}
