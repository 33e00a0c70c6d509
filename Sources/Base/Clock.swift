// Time as numbers. Every other module takes time as an argument; only the thread around a loop, the client's
// connections and the CLI read a clock, and they read it here.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A point on the monotonic clock, in nanoseconds. Zero means "not yet".
public struct Instant: Comparable, Hashable, Sendable {
    public var ns: Int64

    @inline(__always) public init(ns: Int64) { self.ns = ns }

    /// No point in time: what a field holds before its event happened.
    @inline(__always) public static var never: Instant { Instant(ns: 0) }
    @inline(__always) public static var distantFuture: Instant { Instant(ns: Int64.max) }

    @inline(__always) public static func < (a: Instant, b: Instant) -> Bool { a.ns < b.ns }
    @inline(__always) public static func == (a: Instant, b: Instant) -> Bool { a.ns == b.ns }
    @inline(__always) public static func - (a: Instant, b: Instant) -> Int64 { a.ns &- b.ns }
    @inline(__always) public static func + (a: Instant, ns: Int64) -> Instant { Instant(ns: a.ns &+ ns) }
    @inline(__always) public var isSet: Bool { ns != 0 }
}

public enum Clock {
    /// The monotonic clock now (CLOCK_MONOTONIC: about 20 ns through the vDSO).
    @inline(__always) public static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(ns: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }

    /// Wall-clock time now, in nanoseconds since 1970.
    public static func wallNs() -> Int64 { read(CLOCK_REALTIME) }

    /// CPU time of the calling thread, in nanoseconds.
    public static func threadCPUNs() -> Int64 { read(CLOCK_THREAD_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
