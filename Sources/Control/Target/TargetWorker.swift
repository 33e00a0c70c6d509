// What one thread of the embedded server owns: the loop, the listening sockets, the connections and their
// deadlines, and the bytes of the answers that are the same for everyone. Everything here runs on that
// thread.

import Base
import EventLoop
import HTTP
import TLS

typealias TargetWorkerRef = UnsafeMutablePointer<TargetWorker>

struct TargetWorker: ~Copyable {
    let loop: Loop
    let wakeup: Wakeup
    let shared: UnsafeMutablePointer<TargetShared>
    let tally: UnsafeMutablePointer<TargetTally>
    let security: TLSServerContext?
    let scratch: UnsafeMutablePointer<RequestScratch>
    private let listenEvents: UnsafeMutablePointer<SocketEvents>
    private let connectionEvents: UnsafeMutablePointer<SocketEvents>
    private var listeners: [UnsafeMutablePointer<TargetListener>] = []
    private(set) var ports: TargetPorts
    private var connections: [TargetConnectionRef] = []
    private var freeList: TargetConnectionRef?
    private var timers = DeadlineHeap(capacity: 256)
    private var isShuttingDown = false
    /// Answers of the connection at work, sent at the end of its turn. Empty between turns.
    var out = ByteBuffer()
    /// Where TLS decrypts to; lent to one connection for one turn.
    let plaintext: UnsafeMutableRawBufferPointer
    /// The answer to a plain GET of `/`, with the place of its date.
    private(set) var root = ByteBuffer()
    private var rootDateOffset = 0
    /// The date as headers carry it: `HTTPDate.byteCount` octets, renewed once a second.
    private(set) var date = ByteBuffer()
    private var dateChangesNs: Int64 = 0

    private init(loop: Loop, wakeup: Wakeup, security: TLSServerContext?, _ plan: TargetThreadPlan) {
        self.loop = loop
        self.wakeup = wakeup
        self.security = security
        shared = plan.shared
        tally = plan.shared.pointee.tallies + plan.index
        ports = plan.ports
        plaintext = .allocate(byteCount: security == nil ? 0 : Limits.readBufferBytes, alignment: 64)
        scratch = .allocate(capacity: 1)
        scratch.initialize(to: RequestScratch())
        listenEvents = .allocate(capacity: 1)
        listenEvents.initialize(
            to: SocketEvents(
                connected: { TargetWorker.accept($0.assumingMemoryBound(to: TargetListener.self), $1) },
                read: { _, _, _ in }, written: { _, _ in }, closed: { _ in }))
        connectionEvents = .allocate(capacity: 1)
        connectionEvents.initialize(
            to: SocketEvents(
                connected: { _, _ in },
                read: { TargetConnection.arrived(TargetConnection.of($0), $1, $2) },
                written: { TargetConnection.written(TargetConnection.of($0), $1) },
                closed: { TargetWorker.closed(TargetConnection.of($0)) }))
    }

    deinit {
        plaintext.deallocate()
        scratch.deinitialize(count: 1)
        scratch.deallocate()
        listenEvents.deallocate()
        connectionEvents.deallocate()
    }

    /// Makes the worker and its listening sockets. After a failure the loop holds nothing open that `destroy`
    /// minds.
    static func make(loop: Loop, _ plan: TargetThreadPlan) -> Result<TargetWorkerRef, TargetStartError> {
        let made: (Wakeup, TLSServerContext?)
        do {
            made = (try Wakeup(on: loop), try plan.identity.map(TargetIdentity.context))
        } catch {
            return .failure(TargetStartError("\(error)"))
        }
        let worker = TargetWorkerRef.allocate(capacity: 1)
        worker.initialize(to: TargetWorker(loop: loop, wakeup: made.0, security: made.1, plan))
        if let error = worker.pointee.listen(plan, worker) {
            shutDown(worker)
            worker.pointee.wakeup.close()
            loop.poll()
            free(worker)
            return .failure(error)
        }
        worker.pointee.renewDate()
        worker.pointee.dateChangesNs = Clock.now().ns
        loop.onPass(context: UnsafeMutableRawPointer(worker)) { context, nowNs in
            TargetWorker.pass(context.assumingMemoryBound(to: TargetWorker.self), nowNs)
        }
        return .success(worker)
    }

    static func free(_ worker: TargetWorkerRef) {
        for connection in worker.pointee.connections { TargetConnection.free(connection) }
        for listener in worker.pointee.listeners { TargetListener.free(listener) }
        worker.deinitialize(count: 1)
        worker.deallocate()
    }

    // MARK: - listening and accepting

    private mutating func listen(_ plan: TargetThreadPlan, _ worker: TargetWorkerRef) -> TargetStartError? {
        switch listen(at: plan.address.withPort(ports.main), plan.isSecure, plan.sharesPort, worker) {
        case .success(let port): ports.main = port
        case .failure(let error): return error
        }
        guard let wanted = ports.secure else { return nil }
        switch listen(at: plan.address.withPort(wanted), true, plan.sharesPort, worker) {
        case .success(let port): ports.secure = port
        case .failure(let error): return error
        }
        return nil
    }

    private mutating func listen(
        at address: SocketAddress, _ isSecure: Bool, _ sharesPort: Bool, _ worker: TargetWorkerRef
    ) -> Result<UInt16, TargetStartError> {
        let listener = TargetListener.allocate(worker: worker, isSecure: isSecure)
        let socket = TargetListener.socket(listener)
        var status = socket.open(
            on: loop, family: address.family, owner: UnsafeMutableRawPointer(listener), events: listenEvents)
        if status == 0 {
            // Open handles are closed by `shutDown`, also after a failure below.
            listeners.append(listener)
            status = socket.listen(at: address, backlog: Limits.targetBacklog, reusePort: sharesPort)
        } else {
            TargetListener.free(listener)
        }
        guard status == 0, let bound = socket.localAddress() else {
            return .failure(
                TargetStartError("cannot listen at \(address.description): \(Loop.text(status))"))
        }
        return .success(bound.port)
    }

    private static func accept(_ listener: UnsafeMutablePointer<TargetListener>, _ status: Int32) {
        let worker = listener.pointee.worker
        guard status == 0 else { return TargetTally.count(worker.pointee.tally.pointee.acceptsFailed) }
        let connection = worker.pointee.takeConnection(worker)
        let socket = TargetConnection.socket(connection)
        let opened = socket.open(
            on: worker.pointee.loop, owner: UnsafeMutableRawPointer(connection),
            events: worker.pointee.connectionEvents)
        guard opened == 0 else {
            TargetTally.count(worker.pointee.tally.pointee.acceptsFailed)
            return worker.pointee.giveBack(connection)
        }
        // From here on the closed event counts and gives the connection back.
        TargetTally.count(worker.pointee.tally.pointee.accepted)
        connection.pointee.begin()
        if TargetListener.socket(listener).accept(into: socket) != 0 {
            TargetTally.count(worker.pointee.tally.pointee.acceptsFailed)
            return TargetConnection.close(connection)
        }
        socket.setNoDelay()
        if listener.pointee.isSecure { connection.pointee.startSession(worker.pointee.security!) }
        if socket.startReading() != 0 { TargetConnection.close(connection) }
    }

    private mutating func takeConnection(_ worker: TargetWorkerRef) -> TargetConnectionRef {
        if let connection = freeList {
            freeList = connection.pointee.next
            connection.pointee.next = nil
            return connection
        }
        let connection = TargetConnection.allocate(worker: worker, slot: connections.count)
        connections.append(connection)
        return connection
    }

    private mutating func giveBack(_ connection: TargetConnectionRef) {
        connection.pointee.next = freeList
        freeList = connection
    }

    private static func closed(_ connection: TargetConnectionRef) {
        let worker = connection.pointee.worker
        connection.pointee.end(worker.pointee.scratch)
        let tally = worker.pointee.tally
        let closed = tally.pointee.closed.load(ordering: .relaxed)
        tally.pointee.closed.store(closed &+ 1, ordering: .releasing)
        worker.pointee.giveBack(connection)
    }

    // MARK: - time

    mutating func setTimer(_ connection: TargetConnectionRef, at: Instant, generation: UInt32) {
        timers.insert(at: at, owner: UInt64(connection.pointee.slot), generation: generation)
    }

    private static func pass(_ worker: TargetWorkerRef, _ nowNs: Int64) -> Int64 {
        if worker.pointee.isShuttingDown { return Int64.max }
        if worker.pointee.shared.pointee.isStopping.load(ordering: .acquiring) {
            shutDown(worker)
            worker.pointee.loop.stop()
            return Int64.max
        }
        if nowNs >= worker.pointee.dateChangesNs {
            worker.pointee.renewDate()
            worker.pointee.dateChangesNs = nowNs + Ns.perSecond
        }
        while let due = worker.pointee.timers.popDue(now: Instant(ns: nowNs)) {
            let connection = worker.pointee.connections[Int(due.owner)]
            if connection.pointee.generation == due.generation { TargetConnection.due(connection, nowNs) }
        }
        return min(worker.pointee.timers.earliest?.ns ?? Int64.max, worker.pointee.dateChangesNs)
    }

    private mutating func renewDate() {
        date.removeAll()
        HTTPDate.append(secondsSince1970: Clock.wallNs() / Ns.perSecond, to: &date)
        if root.isEmpty {
            rootDateOffset = TargetBodies.appendRoot(date: date, to: &root)
        } else {
            let place = UnsafeMutableRawPointer(root.base! + rootDateOffset)
            place.copyMemory(from: date.base!, byteCount: date.count)
        }
    }

    // MARK: - the end

    private static func shutDown(_ worker: TargetWorkerRef) {
        worker.pointee.isShuttingDown = true
        for listener in worker.pointee.listeners { TargetListener.socket(listener).close() }
        for connection in worker.pointee.connections { TargetConnection.close(connection) }
    }
}

/// A listening socket and what its connections speak, in one block.
struct TargetListener {
    let worker: TargetWorkerRef
    let isSecure: Bool

    private static var socketSpace: Int { (Socket.byteCount + 15) & ~15 }

    static func allocate(worker: TargetWorkerRef, isSecure: Bool) -> UnsafeMutablePointer<TargetListener> {
        let block = UnsafeMutableRawPointer.allocate(
            byteCount: socketSpace + MemoryLayout<TargetListener>.stride, alignment: 16)
        let listener = (block + socketSpace).bindMemory(to: TargetListener.self, capacity: 1)
        listener.initialize(to: TargetListener(worker: worker, isSecure: isSecure))
        return listener
    }

    static func free(_ listener: UnsafeMutablePointer<TargetListener>) {
        (UnsafeMutableRawPointer(listener) - socketSpace).deallocate()
    }

    static func socket(_ listener: UnsafeMutablePointer<TargetListener>) -> Socket {
        Socket(at: UnsafeMutableRawPointer(listener) - socketSpace)
    }
}
