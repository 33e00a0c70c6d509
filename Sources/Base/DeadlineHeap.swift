// A binary heap of deadlines, earliest first; equal deadlines come out in the order they went in. One per
// worker: VU wake-ups, request time-outs and scenario edges all wait here, over one timer descriptor. Entries
// are cancelled by generation: the holder bumps its own counter and ignores a stale entry when it comes out.

/// What waits: an owner and the generation it had when the deadline was set.
public struct Deadline: Sendable {
    public var at: Instant
    /// Chosen by the caller: a slot number and a kind, for instance.
    public var owner: UInt64
    public var generation: UInt32
    @usableFromInline var order: UInt32

    @inlinable init(at: Instant, owner: UInt64, generation: UInt32, order: UInt32) {
        self.at = at
        self.owner = owner
        self.generation = generation
        self.order = order
    }

    @inline(__always) @inlinable static func precedes(_ a: borrowing Deadline, _ b: borrowing Deadline)
        -> Bool
    {
        a.at.ns != b.at.ns ? a.at.ns < b.at.ns : Int32(bitPattern: a.order &- b.order) < 0
    }
}

public struct DeadlineHeap: ~Copyable {
    @usableFromInline var storage: UnsafeMutablePointer<Deadline>
    @usableFromInline var capacity: Int
    public private(set) var count = 0
    @usableFromInline var nextOrder: UInt32 = 0

    public init(capacity: Int = 64) {
        self.capacity = max(capacity, 1)
        storage = .allocate(capacity: self.capacity)
    }

    deinit { storage.deallocate() }

    public var isEmpty: Bool { count == 0 }

    /// The earliest deadline, or nil when nothing waits.
    public var earliest: Instant? { count == 0 ? nil : storage[0].at }

    public mutating func insert(at: Instant, owner: UInt64, generation: UInt32) {
        if count == capacity { grow() }
        let entry = Deadline(at: at, owner: owner, generation: generation, order: nextOrder)
        nextOrder &+= 1
        var hole = count
        count += 1
        while hole > 0 {
            let parent = (hole - 1) >> 1
            if !Deadline.precedes(entry, storage[parent]) { break }
            storage[hole] = storage[parent]
            hole = parent
        }
        storage[hole] = entry
    }

    /// Removes and returns the earliest deadline if it is due at `now`.
    public mutating func popDue(now: Instant) -> Deadline? {
        if count == 0 || storage[0].at > now { return nil }
        let top = storage[0]
        count -= 1
        if count > 0 { sink(storage[count]) }
        return top
    }

    private mutating func sink(_ entry: Deadline) {
        var hole = 0
        while true {
            var child = 2 * hole + 1
            if child >= count { break }
            if child + 1 < count, Deadline.precedes(storage[child + 1], storage[child]) { child += 1 }
            if !Deadline.precedes(storage[child], entry) { break }
            storage[hole] = storage[child]
            hole = child
        }
        storage[hole] = entry
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Deadline>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: storage, count: count)
        storage.deallocate()
        storage = larger
        capacity *= 2
    }
}
