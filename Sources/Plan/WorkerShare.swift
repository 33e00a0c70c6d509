// How one process splits its work over its workers: VUs and iterations go round in turn, exactly as W equal
// execution segments would have it. A Stripe composes that with the process's own segment. Used by every
// schedule and by Engine.

/// Worker `index` of `count`. A process-local number j (0-based) belongs to worker j mod count.
public struct WorkerShare: Hashable, Sendable {
    public let index: Int64
    public let count: Int64

    /// The process as one worker.
    public static let whole = WorkerShare(index: 0, count: 1)

    /// - Precondition: 0 ≤ `index` < `count`.
    public init(index: Int, count: Int) {
        precondition(index >= 0 && index < count, "a worker is one of its process's workers")
        self.index = Int64(index)
        self.count = Int64(count)
    }

    /// How many of the process's first `value` numbers are this worker's. The shares of all workers add up to
    /// `value`.
    public func share(of value: Int64) -> Int64 { value <= index ? 0 : (value - index - 1) / count + 1 }

    public func processIndex(ofLocal localIndex: Int64) -> Int64 { localIndex * count + index }

    /// nil if another worker has it.
    public func localIndex(ofProcess processIndex: Int64) -> Int64? {
        processIndex % count == index ? processIndex / count : nil
    }

    public static func owner(ofProcess processIndex: Int64, of count: Int) -> Int {
        Int(processIndex % Int64(count))
    }

    /// The shares of a scenario with `vus` VUs: as many workers take its iterations as have a VU for them.
    /// - Returns: nil if this worker has none.
    public func limited(toVUs vus: Int64) -> WorkerShare? {
        vus <= index ? nil : WorkerShare(index: Int(index), count: Int(min(count, vus)))
    }
}

/// The numbers of the whole test that are one worker's. All indexes are 0-based.
public struct Stripe: Hashable, Sendable {
    public var tuple: SegmentedTuple
    public var share: WorkerShare

    public init(tuple: SegmentedTuple, share: WorkerShare = .whole) {
        self.tuple = tuple
        self.share = share
    }

    /// How many of the test's first `value` numbers are this worker's.
    public func count(below value: Int64) -> Int64 { share.share(of: tuple.scale(value)) }

    public func processIndex(ofLocal localIndex: Int64) -> Int64 { share.processIndex(ofLocal: localIndex) }

    public func globalIndex(ofLocal localIndex: Int64) -> Int64 {
        tuple.globalIndex(ofLocal: share.processIndex(ofLocal: localIndex))
    }
}
