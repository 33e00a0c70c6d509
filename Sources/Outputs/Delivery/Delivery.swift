// Posts an output's bodies to a store on a thread of its own: the HTTP client on its own loop, several
// requests at once, retries with pauses that grow, a bound on the memory that waits. Whoever enqueues never
// waits; what cannot be delivered is dropped, counted and said. Used by the InfluxDB and Prometheus outputs.

import Base
import Codec
import EventLoop
import HTTP
import HTTPClient
import TLS

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

public final class Delivery: @unchecked Sendable {
    let settings: DeliverySettings
    private let shared = Locked(DeliveryQueue())
    private var thread: BackgroundThread?
    private var wakeup: Wakeup?

    public init(_ settings: DeliverySettings) { self.settings = settings }

    /// Starts the thread. A preface is sent at once, and what was enqueued so far.
    /// - Throws: when the system has no descriptors or threads left; then nothing is left behind.
    public func start() throws(OutputError) {
        let loop: Loop
        do throws(LoopError) { loop = try Loop() } catch { throw OutputError("\(settings.name): \(error)") }
        let client: UnsafeMutablePointer<Client>
        do throws(LoopError) {
            wakeup = try Wakeup(on: loop)
            var clientSettings = ClientSettings()
            clientSettings.proxies = settings.proxies
            clientSettings.dialTimeoutNs = min(clientSettings.dialTimeoutNs, settings.timeoutNs)
            client = try Client.make(
                loop: loop, settings: clientSettings,
                resolver: Resolver(settings: clientSettings.dns, seed: 1),
                security: ClientSecurity(settings.security, keyLog: nil))
        } catch {
            closeWakeup()
            loop.destroy()
            throw OutputError("\(settings.name): \(error)")
        }
        let courier = Courier(settings, shared, loop, client)
        if let preface = settings.preface { courier.preface = preface }
        do {
            let wakeup = wakeup!
            thread = try BackgroundThread { courier.run(wakeup) }
        } catch {
            closeWakeup()
            courier.discard()
            throw OutputError("\(settings.name): \(error)")
        }
    }

    private func closeWakeup() {
        wakeup?.close()
        wakeup = nil
    }

    /// Starts several. - Throws: when one cannot be started; those before it have ended then.
    static func startAll(
        _ deliveries: [Delivery],
        start: (Delivery) throws(OutputError) -> Void = { (one) throws(OutputError) in try one.start() }
    ) throws(OutputError) {
        for index in deliveries.indices {
            do { try start(deliveries[index]) } catch {
                for started in deliveries[..<index] { started.beginDrain() }
                for started in deliveries[..<index] { started.join() }
                throw error
            }
        }
    }

    /// Whether its thread runs.
    var isRunning: Bool { thread != nil }

    /// Takes a body over. From any thread, never waits.
    /// - Parameter points: samples in it, for the account of what was lost.
    public func enqueue(_ body: [UInt8], points: Int) {
        let (bytesMax, wakeup) = (settings.bytesMax, wakeup)
        let isFirstLoss = shared.withLock { queue in
            // The thread may have ended, and its handle with it.
            if queue.isClosed {
                queue.lose(points, "the run had ended")
                return false
            }
            defer { wakeup?.send() }
            return queue.add(Parcel(body: body, points: points), bytesMax: bytesMax)
        }
        if isFirstLoss {
            note(
                .error,
                "\(settings.receiver) does not keep up: more than \(bytesMax >> 20) MiB wait, the oldest "
                    + "samples are dropped")
        }
    }

    /// Delivers what is left, within bounds, and ends the thread. What was lost is said.
    public func finish() {
        beginDrain()
        join()
    }

    /// The first half of `finish`: nothing more is taken. Does not wait, so that several deliveries can drain
    /// at the same time.
    public func beginDrain() {
        guard thread != nil else { return }
        let wakeup = wakeup
        shared.withLock { queue in
            if queue.isClosed { return }
            queue.isClosed = true
            // Still under the lock: the thread frees the handle once it has seen that the queue is closed.
            wakeup?.send()
        }
    }

    /// The second half: waits for the thread's end.
    public func join() {
        guard let thread else { return }
        precondition(shared.withLock { $0.isClosed }, "a delivery drains before it is joined")
        thread.join()
        self.thread = nil
        wakeup = nil
        let (lost, delivered, reason) = shared.withLock { ($0.lost, $0.delivered, $0.reason) }
        if lost > 0 {
            note(
                .error,
                "\(lost) of \(lost + delivered) samples did not reach \(settings.receiver): \(reason)")
        }
    }

    /// Samples that arrived, and samples given up, so far.
    public var counts: (delivered: Int, lost: Int) { shared.withLock { ($0.delivered, $0.lost) } }

    /// What there is to say since the last call. From any thread.
    public func takeNotes() -> [OutputNote] {
        shared.withLock { queue in
            defer { queue.notes = [] }
            return queue.notes
        }
    }

    private func note(_ severity: OutputNote.Severity, _ text: String) {
        shared.withLock { $0.notes.append(OutputNote(severity, text)) }
    }
}

/// What waits, and the account. Under a lock.
struct DeliveryQueue {
    var waiting: [Parcel] = []
    private var bytes = 0
    var isClosed = false
    var notes: [OutputNote] = []
    var delivered = 0
    var lost = 0
    var reason = ""

    /// - Returns: whether it was the first time that something had to be dropped for it.
    mutating func add(_ parcel: Parcel, bytesMax: Int) -> Bool {
        waiting.append(parcel)
        bytes += parcel.body.count
        let lostBefore = lost
        while bytes > bytesMax, !waiting.isEmpty {
            let oldest = waiting.removeFirst()
            bytes -= oldest.body.count
            lose(oldest.points, "it did not keep up")
        }
        return lostBefore == 0 && lost > 0
    }

    mutating func take() -> Parcel? {
        if waiting.isEmpty { return nil }
        let parcel = waiting.removeFirst()
        bytes -= parcel.body.count
        return parcel
    }

    /// Back to the front: it is the oldest.
    mutating func putBack(_ parcel: Parcel) {
        waiting.insert(parcel, at: 0)
        bytes += parcel.body.count
    }

    mutating func loseAll(_ reason: String) {
        for parcel in waiting { lose(parcel.points, reason) }
        waiting = []
        bytes = 0
    }

    mutating func lose(_ points: Int, _ reason: String) {
        lost += points
        self.reason = reason
    }
}
