// The time of day as the engine reads it, so that it can be told whether init code has looked at the clock.
// The library calls `gettimeofday`; this is that function for the whole program, and does what the system's
// does. Called by the library; asked by ImageTemplate.

import Glibc

/// What a thread that loads a template wants to know of its engine's readings.
struct EngineClock {
    /// Every reading gives this: an engine's seed of random numbers, which no script sees, is made of one.
    var isFrozen = false
    var readings = 0

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        precondition(pthread_key_create(&key, nil) == 0, "the process has keys left when it starts")
        return key
    }()

    fileprivate static var current: UnsafeMutablePointer<EngineClock>? {
        pthread_getspecific(key)?.assumingMemoryBound(to: EngineClock.self)
    }

    /// Runs `body`, on this thread, with a clock that counts.
    static func watched<Result>(_ body: (UnsafeMutablePointer<EngineClock>) -> Result) -> Result {
        var clock = EngineClock()
        return withUnsafeMutablePointer(to: &clock) { clock in
            let before = pthread_getspecific(key)
            pthread_setspecific(key, clock)
            defer { pthread_setspecific(key, before) }
            return body(clock)
        }
    }

    /// Microseconds of a frozen clock.
    fileprivate static let frozen = timeval(tv_sec: 1_000_000_000, tv_usec: 0)
}

/// C's `gettimeofday`, for everything that is linked into this program.
@_cdecl("gettimeofday")
public func apusTimeOfDay(_ time: UnsafeMutablePointer<timeval>?, _ zone: UnsafeMutableRawPointer?) -> Int32 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    time?.pointee = timeval(tv_sec: now.tv_sec, tv_usec: now.tv_nsec / 1000)
    if let zone { memset(zone, 0, MemoryLayout<timezone>.size) }
    guard let clock = EngineClock.current else { return 0 }
    if clock.pointee.isFrozen { time?.pointee = EngineClock.frozen }
    clock.pointee.readings += 1
    return 0
}
