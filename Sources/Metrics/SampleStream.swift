// The way of raw samples from the workers to the outputs' thread, in chunks: a lock held for a few
// instructions per chunk, and a bound on the memory under way. A writer never waits: when the reader cannot
// keep up, whole chunks are dropped and counted. Exists only when an output asked for raw samples.

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

    // Under the lock.
    private var waiting: [SampleChunk] = []
    private var spent: [SampleChunk] = []
    private var made = 0
    private var dropped: Int64 = 0
    private var isClosed = false

    /// What the reader takes at once.
    public struct Batch {
        public var chunks: [SampleChunk]
        /// Records dropped since the start.
        public var dropped: Int64
        /// Nothing more will come.
        public var isLast: Bool
    }

    /// - Parameter writers: how many there will be; each needs a chunk of its own.
    public init(writers: Int, bytesMax: Int = Limits.sampleChunkBytesMax) {
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
    func exchange(_ full: SampleChunk) -> SampleChunk {
        pthread_mutex_lock(lock)
        if isClosed || spent.isEmpty && made >= chunksMax {
            dropped += Int64(full.records.count)
            pthread_mutex_unlock(lock)
            full.clear()
            return full
        }
        waiting.append(full)
        let next = spent.popLast()
        if next == nil { made += 1 }
        pthread_cond_signal(arrived)
        pthread_mutex_unlock(lock)
        return next ?? SampleChunk()
    }

    /// Everything that waits, at once or when the first chunk comes, at the latest at `until`.
    public func take(until: Instant) -> Batch {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        var time = timespec(tv_sec: Int(until.ns / Ns.perSecond), tv_nsec: Int(until.ns % Ns.perSecond))
        while waiting.isEmpty, !isClosed {
            if pthread_cond_timedwait(arrived, lock, &time) == ETIMEDOUT { break }
        }
        defer { waiting.removeAll(keepingCapacity: true) }
        return Batch(chunks: waiting, dropped: dropped, isLast: isClosed)
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
