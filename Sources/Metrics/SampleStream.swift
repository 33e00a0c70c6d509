// The way of raw samples, in chunks, and of closed intervals to the outputs' thread: a lock held for a few
// instructions per chunk, and a bound on the memory under way. A writer never waits: when the reader cannot
// keep up, whole chunks are dropped and counted. Writers exist only when an output asked for raw samples.

import Base

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One sample as it happened.
public struct SampleRecord {
    public var metric: MetricID
    /// Place of its tags in the chunk's `tags`.
    public var tags: Int32
    public var value: Double
    /// Wall-clock time, in nanoseconds since 1970.
    public var wallNs: Int64
    /// Which VU took it (0: none, as in set-up) and in which of its iterations, -1 where it belongs to none.
    public var vu: Int64
    public var iteration: Int64
}

/// Records with the tag sets they point to. One thread has it at a time.
public final class SampleChunk: @unchecked Sendable {
    private let base: UnsafeMutablePointer<SampleRecord>
    public let capacity: Int
    private var count = 0
    public private(set) var tags: [SampleTags] = []
    /// The shard whose writer filled it, `SampleWriter.control` for the control thread's, and the number of
    /// that shard's packet which counts the same samples. The control thread counts intervals.
    public internal(set) var shard = 0
    public internal(set) var packet = 0

    public init(capacity: Int = Limits.sampleChunkRecords) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    public var records: UnsafeBufferPointer<SampleRecord> { UnsafeBufferPointer(start: base, count: count) }
    public var isEmpty: Bool { count == 0 }
    var isFull: Bool { count == capacity }

    @inline(__always) func append(_ record: SampleRecord) {
        (base + count).initialize(to: record)
        count &+= 1
    }

    /// - Returns: the place of the tags.
    func add(_ set: SampleTags) -> Int32 {
        tags.append(set)
        return Int32(tags.count - 1)
    }

    func clear() {
        count = 0
        tags.removeAll(keepingCapacity: true)
    }
}

public final class SampleStream: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let arrived: UnsafeMutablePointer<pthread_cond_t>
    private let chunksMax: Int
    /// Records one writer may write between two packets: no reader wants more.
    let recordsPerPacketMax: Int

    // Under the lock.
    private var waiting: [SampleChunk] = []
    private var intervals: [SeriesInterval] = []
    private var droppedIntervals = 0
    private var isMuted = false
    private var spent: [SampleChunk] = []
    private var made = 0
    private var dropped: Int64 = 0
    private var isClosed = false

    /// What the reader takes at once.
    public struct Batch {
        public var chunks: [SampleChunk]
        /// Their samples are in `chunks`, of this batch or an earlier one.
        public var intervals: [SeriesInterval]
        /// Records dropped since the start.
        public var dropped: Int64
        public var droppedIntervals: Int
        /// Nothing more will come.
        public var isLast: Bool
    }

    /// - Parameters:
    ///   - writers: how many there will be; each needs a chunk of its own.
    ///   - recordsPerPacketMax: of one writer; what goes beyond is not written.
    public init(
        writers: Int, bytesMax: Int = Limits.sampleChunkBytesMax, recordsPerPacketMax: Int = Int.max
    ) {
        self.recordsPerPacketMax = recordsPerPacketMax
        let chunkBytes = Limits.sampleChunkRecords * MemoryLayout<SampleRecord>.stride
        chunksMax = max(bytesMax / chunkBytes, 2 * writers + 2)
        lock = .allocate(capacity: 1)
        lock.initialize(to: pthread_mutex_t())
        pthread_mutex_init(lock, nil)
        arrived = .allocate(capacity: 1)
        arrived.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(arrived, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(arrived)
        arrived.deallocate()
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    /// A writer's first chunk.
    func first() -> SampleChunk {
        pthread_mutex_lock(lock)
        made += 1
        pthread_mutex_unlock(lock)
        return SampleChunk()
    }

    /// Takes a chunk with records and gives an empty one for it: the same, its records dropped, when as many
    /// as may be are under way.
    func exchange(_ full: SampleChunk) -> (chunk: SampleChunk, isMuted: Bool) {
        pthread_mutex_lock(lock)
        let isMuted = isMuted
        if isClosed || spent.isEmpty && made >= chunksMax {
            dropped += Int64(full.records.count)
            pthread_mutex_unlock(lock)
            full.clear()
            return (full, isMuted)
        }
        waiting.append(full)
        let next = spent.popLast()
        if next == nil { made += 1 }
        pthread_cond_signal(arrived)
        pthread_mutex_unlock(lock)
        return (next ?? SampleChunk(), isMuted)
    }

    /// Adds an interval, after all chunks of its samples.
    public func post(_ interval: SeriesInterval) {
        pthread_mutex_lock(lock)
        if intervals.count >= Limits.seriesIntervalsWaitingMax {
            droppedIntervals += 1
        } else {
            intervals.append(interval)
        }
        pthread_cond_signal(arrived)
        pthread_mutex_unlock(lock)
    }

    /// No reader wants raw samples any more: writers stop for good at their next packet.
    public func mute() {
        pthread_mutex_lock(lock)
        isMuted = true
        pthread_mutex_unlock(lock)
    }

    var isMutedNow: Bool {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return isMuted
    }

    /// Everything that waits, at once or when the first chunk comes, at the latest at `until`.
    public func take(until: Instant) -> Batch {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        var time = timespec(tv_sec: Int(until.ns / Ns.perSecond), tv_nsec: Int(until.ns % Ns.perSecond))
        while waiting.isEmpty, intervals.isEmpty, !isClosed {
            if pthread_cond_timedwait(arrived, lock, &time) == ETIMEDOUT { break }
        }
        defer {
            waiting.removeAll(keepingCapacity: true)
            intervals.removeAll(keepingCapacity: true)
        }
        return Batch(
            chunks: waiting, intervals: intervals, dropped: dropped, droppedIntervals: droppedIntervals,
            isLast: isClosed)
    }

    /// Hands chunks back that have been read.
    public func giveBack(_ chunks: [SampleChunk]) {
        for chunk in chunks { chunk.clear() }
        pthread_mutex_lock(lock)
        spent.append(contentsOf: chunks)
        pthread_mutex_unlock(lock)
    }

    /// No writer will deliver any more; the reader gets what waits and is told that it is the last.
    public func close() {
        pthread_mutex_lock(lock)
        isClosed = true
        pthread_cond_signal(arrived)
        pthread_mutex_unlock(lock)
    }
}
