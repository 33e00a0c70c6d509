// The embedded HTTP(S) server: starts its threads, tells the ports they got, stops and joins them. Used by
// `apus target`, by the checks that need a server of their own, and by tests. Any thread may call it.

import Base
import EventLoop
import Synchronization
import TLS

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

public final class TargetServer: @unchecked Sendable {
    /// The port that was bound, and the second one if there is one.
    public let port: UInt16
    public let securePort: UInt16?
    /// The certificate of a secure server, for clients that are to trust it.
    public let certificatePEM: String?
    private let shared: UnsafeMutablePointer<TargetShared>
    private let threads: [TargetThread]
    private let isStopped = Atomic<Bool>(false)

    /// Binds, starts every thread and returns when all of them accept connections.
    /// - Throws: `TargetStartError` when an address, a port, a certificate or the system does not allow it.
    public init(_ settings: TargetSettings) throws(TargetStartError) {
        let count = settings.threadCount
        guard count >= 1, count <= 1024 else { throw TargetStartError("threads: 1 to 1024, not \(count)") }
        guard let address = SocketAddress(numeric: settings.address, port: settings.port) else {
            throw TargetStartError("address: \"\(settings.address)\" is not a numeric IP address")
        }
        let identity = settings.speaksTLS ? try TargetIdentity.make(settings) : nil
        // A client that leaves while it is written to must be an error of that write, not the end of the
        // process.
        signal(SIGPIPE, SIG_IGN)
        let shared = UnsafeMutablePointer<TargetShared>.allocate(capacity: 1)
        shared.initialize(to: TargetShared(threadCount: count))
        var ports = TargetPorts(main: address.port, secure: settings.securePort)
        var threads: [TargetThread] = []
        for index in 0..<count {
            let plan = TargetThreadPlan(
                index: index, address: address, ports: ports, isSecure: settings.isSecure,
                sharesPort: count > 1, identity: identity, shared: shared)
            switch TargetThread.start(plan) {
            case .success(let thread):
                // The first thread settles the ports the others share.
                ports = thread.ports
                threads.append(thread)
            case .failure(let error):
                Self.end(threads, shared)
                throw error
            }
        }
        self.shared = shared
        self.threads = threads
        port = ports.main
        securePort = ports.secure
        certificatePEM = identity?.certificatePEM
    }

    /// Closes every connection, ends the threads and joins them. A second call does nothing.
    public func stop() {
        if isStopped.exchange(true, ordering: .relaxed) { return }
        Self.join(threads, shared)
    }

    deinit {
        stop()
        Self.free(shared)
    }

    /// Makes the whole server silent: requests that arrive within `ns` nanoseconds are answered when it is
    /// over.
    public func stopAnswering(forNs ns: Int64) {
        shared.pointee.stoppedUntilNs.store(Clock.now().ns + ns, ordering: .relaxed)
    }

    public var counters: TargetCounters { shared.pointee.counters }

    private static func join(_ threads: [TargetThread], _ shared: UnsafeMutablePointer<TargetShared>) {
        shared.pointee.isStopping.store(true, ordering: .releasing)
        for thread in threads { thread.wakeAndJoin() }
    }

    private static func end(_ threads: [TargetThread], _ shared: UnsafeMutablePointer<TargetShared>) {
        join(threads, shared)
        free(shared)
    }

    private static func free(_ shared: UnsafeMutablePointer<TargetShared>) {
        shared.deinitialize(count: 1)
        shared.deallocate()
    }
}

struct TargetPorts: Sendable {
    var main: UInt16
    var secure: UInt16?
}

/// What the threads of one server share.
struct TargetShared: ~Copyable {
    /// Until when nothing is answered, on the monotonic clock; 0: not stopped.
    let stoppedUntilNs = Atomic<Int64>(0)
    let isStopping = Atomic<Bool>(false)
    let tallies: UnsafeMutablePointer<TargetTally>
    private let threadCount: Int

    init(threadCount: Int) {
        self.threadCount = threadCount
        tallies = .allocate(capacity: threadCount)
        for index in 0..<threadCount { (tallies + index).initialize(to: TargetTally()) }
    }

    deinit {
        tallies.deinitialize(count: threadCount)
        tallies.deallocate()
    }

    var counters: TargetCounters {
        var sum = TargetCounters()
        for index in 0..<threadCount { tallies[index].add(to: &sum) }
        return sum
    }
}

/// One thread's counters: written by it alone, read by anyone. A cache line of its own.
struct TargetTally: ~Copyable {
    let requests = Atomic<Int64>(0)
    let accepted = Atomic<Int64>(0)
    let closed = Atomic<Int64>(0)
    let refused = Atomic<Int64>(0)
    let handshakesFailed = Atomic<Int64>(0)
    let acceptsFailed = Atomic<Int64>(0)
    private let padding: (Int64, Int64) = (0, 0)

    /// One more. With a single writer a load and a store do; an atomic addition would lock the line.
    @inline(__always) static func count(_ counter: borrowing Atomic<Int64>) {
        counter.store(counter.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    borrowing func add(to sum: inout TargetCounters) {
        // Closed is read first: a connection that comes and goes in between must not make `open` negative.
        let closed = closed.load(ordering: .acquiring)
        let accepted = accepted.load(ordering: .relaxed)
        sum.requests += requests.load(ordering: .relaxed)
        sum.accepted += accepted
        sum.open += accepted - closed
        sum.refused += refused.load(ordering: .relaxed)
        sum.handshakesFailed += handshakesFailed.load(ordering: .relaxed)
        sum.acceptsFailed += acceptsFailed.load(ordering: .relaxed)
    }
}
