// One connection of the embedded server: bytes in, requests out of the parser, answers into the worker's
// buffer, and one write per turn. The socket and this state are one block, reused after the closed event.
// Runs on the worker's thread.
//
// A connection is *busy* from the moment an answer cannot go out at once until it has: a delay, a body in
// pieces, a full socket. What the client sends meanwhile waits in `input`.

import Base
import EventLoop
import HTTP
import TLS

typealias TargetConnectionRef = UnsafeMutablePointer<TargetConnection>

struct TargetConnection: ~Copyable {
    enum Phase: UInt8 {
        /// Free for the next request, or in the middle of one.
        case reading
        /// A timer will go on.
        case waiting
        /// An answer's body is being made in pieces.
        case streaming
        /// Nothing more will ever be sent; the client has to leave.
        case stalled
        /// Refused and finished: reads on so that the refusal arrives, then closes.
        case draining
        case closing
    }

    /// What happens to the connection once the present answer is out.
    enum Ending: UInt8 {
        case none
        case orderly
        /// Without TLS's own goodbye: the client has to take it for a break.
        case abrupt
        case reset
        case drain
    }

    enum Wake: UInt8 { case none, answer, resume, piece, idleClose, drained }

    let worker: TargetWorkerRef
    let slot: Int
    /// The next in the worker's free list.
    var next: TargetConnectionRef?
    var parser = RequestParser()
    var session: UnsafeMutablePointer<TLSSession>?
    /// Bytes that came while the connection was busy.
    var input = ByteBuffer()
    /// What the kernel did not take; libuv borrows it while a write is queued.
    var pending = ByteBuffer()
    /// The request's body, for the one route that wants it.
    var body: UnsafeMutablePointer<ByteBuffer>?
    var stream = TargetStream()
    /// How long the answer waits, for its text.
    var delayMs = 0
    /// Bumped whenever a deadline loses its meaning.
    var generation: UInt32 = 0
    var phase = Phase.closing
    var ending = Ending.none
    var wake = Wake.none
    var isWriteQueued = false
    var isReadingPaused = false
    var peerClosed = false
    // The request being answered.
    var isHead = false
    var isHTTP10 = false
    var keepsAlive = false

    private init(worker: TargetWorkerRef, slot: Int) {
        self.worker = worker
        self.slot = slot
    }

    // MARK: - life

    private static var socketSpace: Int { (Socket.byteCount + 15) & ~15 }

    static func allocate(worker: TargetWorkerRef, slot: Int) -> TargetConnectionRef {
        let block = UnsafeMutableRawPointer.allocate(
            byteCount: socketSpace + MemoryLayout<TargetConnection>.stride, alignment: 16)
        let connection = (block + socketSpace).bindMemory(to: TargetConnection.self, capacity: 1)
        connection.initialize(to: TargetConnection(worker: worker, slot: slot))
        return connection
    }

    static func free(_ connection: TargetConnectionRef) {
        precondition(connection.pointee.phase == .closing, "a connection was freed while it was open")
        connection.deinitialize(count: 1)
        (UnsafeMutableRawPointer(connection) - socketSpace).deallocate()
    }

    @inline(__always) static func socket(_ connection: TargetConnectionRef) -> Socket {
        Socket(at: UnsafeMutableRawPointer(connection) - socketSpace)
    }

    @inline(__always) static func of(_ owner: UnsafeMutableRawPointer) -> TargetConnectionRef {
        owner.assumingMemoryBound(to: TargetConnection.self)
    }

    mutating func begin() {
        phase = .reading
        ending = .none
        isReadingPaused = false
        peerClosed = false
    }

    /// The closed event: everything borrowed or kept goes back.
    mutating func end(_ scratch: UnsafeMutablePointer<RequestScratch>) {
        isWriteQueued = false
        parser.release(scratch)
        dropBody()
        input.removeAll(keepingCapacity: false)
        pending.removeAll(keepingCapacity: false)
        stream = TargetStream()
        endSession()
    }

    mutating func dropBody() {
        guard let body else { return }
        body.deinitialize(count: 1)
        body.deallocate()
        self.body = nil
    }

    static func close(_ connection: TargetConnectionRef) {
        if connection.pointee.phase == .closing { return }
        connection.pointee.cancelTimer()
        connection.pointee.phase = .closing
        socket(connection).close()
    }

    // MARK: - time

    mutating func cancelTimer() {
        generation &+= 1
        wake = .none
    }

    static func setTimer(_ connection: TargetConnectionRef, _ wake: Wake, at: Instant) {
        connection.pointee.cancelTimer()
        connection.pointee.wake = wake
        connection.pointee.worker.pointee.setTimer(
            connection, at: at, generation: connection.pointee.generation)
    }

    static func due(_ connection: TargetConnectionRef, _ nowNs: Int64) {
        let wake = connection.pointee.wake
        connection.pointee.cancelTimer()
        if wake != .drained, let until = stoppedUntil(connection) {
            return setTimer(connection, wake, at: until)
        }
        switch wake {
        case .none: break
        case .answer:
            connection.pointee.phase = .reading
            TargetReply(connection).delayed()
            if send(connection) { advance(connection) }
        case .resume:
            connection.pointee.phase = .reading
            advance(connection)
        case .piece:
            if !connection.pointee.isWriteQueued { advance(connection) }
        case .idleClose:
            // A request that is just arriving is cut off: that is the race this fault is for.
            connection.pointee.ending = .orderly
            if !connection.pointee.isWriteQueued { finish(connection, .orderly) }
        case .drained: close(connection)
        }
    }

    /// Until when the whole server is silent, or nil.
    private static func stoppedUntil(_ connection: TargetConnectionRef) -> Instant? {
        let untilNs = connection.pointee.worker.pointee.shared.pointee.stoppedUntilNs.load(ordering: .relaxed)
        return untilNs != 0 && Clock.now().ns < untilNs ? Instant(ns: untilNs) : nil
    }

    // MARK: - reading

    /// `count` > 0: bytes in the loop's read buffer; 0: the client has finished sending; < 0: an error.
    static func arrived(_ connection: TargetConnectionRef, _ bytes: UnsafeMutableRawPointer?, _ count: Int) {
        if count <= 0 { return ended(connection, count) }
        if connection.pointee.session != nil {
            return arrivedSecurely(connection, UnsafeRawBufferPointer(start: bytes, count: count))
        }
        take(connection, UnsafeRawPointer(bytes!).assumingMemoryBound(to: UInt8.self), count)
    }

    /// Plaintext of the client's.
    @inline(__always)
    static func take(_ connection: TargetConnectionRef, _ bytes: UnsafePointer<UInt8>, _ count: Int) {
        if connection.pointee.phase != .reading || connection.pointee.isWriteQueued {
            return hold(connection, bytes, count)
        }
        consume(connection, bytes, count)
        if send(connection) { advance(connection) }
    }

    static func ended(_ connection: TargetConnectionRef, _ status: Int) {
        connection.pointee.peerClosed = true
        let isWaitedFor: Bool
        switch connection.pointee.phase {
        case .closing: return
        case .reading: isWaitedFor = connection.pointee.isWriteQueued
        case .waiting: isWaitedFor = true
        case .streaming: isWaitedFor = connection.pointee.stream.hasEnd
        case .stalled, .draining: isWaitedFor = false
        }
        // A client that only finished sending may still read the answer it asked for.
        if status < 0 || !isWaitedFor { close(connection) }
    }

    private static func hold(_ connection: TargetConnectionRef, _ bytes: UnsafePointer<UInt8>, _ count: Int) {
        switch connection.pointee.phase {
        case .closing, .stalled, .draining: return
        case .reading, .waiting, .streaming: break
        }
        connection.pointee.input.append(UnsafeBufferPointer(start: bytes, count: count))
        if connection.pointee.input.count > Limits.targetAheadBytesMax {
            connection.pointee.isReadingPaused = true
            socket(connection).stopReading()
        }
    }

    /// Feeds the parser and answers what is complete. Answers stand in the worker's buffer afterwards.
    @inline(__always)
    private static func consume(
        _ connection: TargetConnectionRef, _ bytes: UnsafePointer<UInt8>, _ count: Int
    ) {
        let worker = connection.pointee.worker
        var at = 0
        repeat {
            if connection.pointee.parser.isIdle, let until = stoppedUntil(connection) {
                connection.pointee.phase = .waiting
                hold(connection, bytes + at, count - at)
                return setTimer(connection, .resume, at: until)
            }
            let result = connection.pointee.parser.feed(bytes + at, count - at, worker.pointee.scratch)
            at += result.consumed
            switch result.outcome {
            case .complete: respond(connection)
            case .more: return
            case .head: TargetReply(connection).bodyFollows()
            case .malformed, .headTooLarge, .bodyTooLarge:
                return TargetReply(connection).refuse(result.outcome)
            }
            if connection.pointee.ending != .none { return }
            let isFull = worker.pointee.out.count > Limits.targetOutputBytesMax
            if connection.pointee.phase != .reading || isFull {
                if at < count { hold(connection, bytes + at, count - at) }
                return
            }
        } while at < count
    }

    @inline(__always)
    private static func respond(_ connection: TargetConnectionRef) {
        let worker = connection.pointee.worker
        let head = connection.pointee.parser.head!
        TargetTally.count(worker.pointee.tally.pointee.requests)
        if connection.pointee.wake == .idleClose {
            // The answer that announced nothing is followed by one more, then by the promised end.
            connection.pointee.cancelTimer()
            connection.pointee.ending = .orderly
        }
        let isRoot = head.pointee.target.count == 1 && head.pointee.target.base![0] == UInt8(ascii: "/")
        if isRoot, head.pointee.isGet, head.pointee.keepsAlive, !head.pointee.isHTTP10 {
            worker.pointee.out.append(worker.pointee.root.rawBytes)
        } else {
            TargetReply(connection).answer(head)
        }
        connection.pointee.parser.release(worker.pointee.scratch)
    }

    // MARK: - going on

    /// Everything made so far is out: what comes next? Runs until the connection waits for something.
    @inline(__always)
    static func advance(_ connection: TargetConnectionRef) {
        let isAtRest =
            connection.pointee.phase == .reading && connection.pointee.ending == .none
            && connection.pointee.input.isEmpty && !connection.pointee.peerClosed
        if !isAtRest || connection.pointee.isReadingPaused { advanceFully(connection) }
    }

    private static func advanceFully(_ connection: TargetConnectionRef) {
        var pieces = 0
        while true {
            switch connection.pointee.phase {
            case .closing, .waiting, .stalled, .draining: return
            case .streaming:
                if pieces == Limits.targetPiecesPerTurn {
                    return setTimer(connection, .piece, at: Clock.now())
                }
                pieces += 1
                makePiece(connection)
                let pauseNs = connection.pointee.stream.pauseNs
                if connection.pointee.phase == .streaming, pauseNs > 0 {
                    setTimer(connection, .piece, at: Clock.now() + pauseNs)
                    _ = send(connection)
                    return
                }
                if !send(connection) { return }
            case .reading:
                if connection.pointee.ending != .none { return finish(connection, connection.pointee.ending) }
                if connection.pointee.input.isEmpty {
                    if connection.pointee.peerClosed { finish(connection, .orderly) }
                    return
                }
                consumeHeld(connection)
                if !send(connection) { return }
            }
        }
    }

    private static func makePiece(_ connection: TargetConnectionRef) {
        let hasMore = connection.pointee.stream.append(to: &connection.pointee.worker.pointee.out)
        if !hasMore { connection.pointee.phase = .reading }
    }

    private static func consumeHeld(_ connection: TargetConnectionRef) {
        var held = ByteBuffer()
        swap(&held, &connection.pointee.input)
        consume(connection, UnsafePointer(held.base!), held.count)
        if connection.pointee.isReadingPaused, connection.pointee.input.count <= Limits.targetAheadBytesMax {
            connection.pointee.isReadingPaused = false
            if socket(connection).startReading() != 0 { close(connection) }
        }
    }

    /// Ends the connection as `ending` says.
    private static func finish(_ connection: TargetConnectionRef, _ ending: Ending) {
        switch ending {
        case .none, .abrupt: close(connection)
        case .orderly:
            sayGoodbye(connection)
            close(connection)
        case .reset:
            connection.pointee.cancelTimer()
            connection.pointee.phase = .closing
            socket(connection).closeWithReset()
        case .drain:
            sayGoodbye(connection)
            connection.pointee.phase = .draining
            socket(connection).shutdownWriting()
            setTimer(connection, .drained, at: Clock.now() + Limits.targetDrainNs)
        }
    }

    // MARK: - writing

    /// Sends what stands in the worker's buffer.
    /// - Returns: whether all of it went out; otherwise the written event goes on, or the connection is
    ///   closing.
    @inline(__always)
    static func send(_ connection: TargetConnectionRef) -> Bool {
        let worker = connection.pointee.worker
        let count = worker.pointee.out.count
        if count == 0 { return connection.pointee.phase != .closing && !connection.pointee.isWriteQueued }
        if connection.pointee.session != nil { return sendSecurely(connection) }
        let taken = socket(connection).tryWrite(worker.pointee.out.base!, count)
        if taken == count {
            worker.pointee.out.removeAll()
            return true
        }
        let isSent = queueRest(connection, worker.pointee.out.rawBytes, taken)
        worker.pointee.out.removeAll(keepingCapacity: worker.pointee.out.capacity <= 1 << 20)
        return isSent
    }

    /// Queues what a write of `bytes` left over after `taken` (or refused with an error). - Returns: false.
    static func queueRest(_ connection: TargetConnectionRef, _ bytes: UnsafeRawBufferPointer, _ taken: Int)
        -> Bool
    {
        if connection.pointee.phase == .closing { return false }
        if taken < 0, taken != Int(SocketStatus.again) {
            close(connection)
            return false
        }
        precondition(!connection.pointee.isWriteQueued, "an answer was made while another was being written")
        connection.pointee.pending.append(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(max(taken, 0))))
        let rest = connection.pointee.pending.rawBytes
        connection.pointee.isWriteQueued = true
        if socket(connection).queueWrite(rest.baseAddress!, rest.count) != 0 { close(connection) }
        return false
    }

    static func written(_ connection: TargetConnectionRef, _ status: Int32) {
        connection.pointee.isWriteQueued = false
        if connection.pointee.phase == .closing { return }
        connection.pointee.pending.removeAll(keepingCapacity: false)
        if status != 0 { return close(connection) }
        let isPaced = connection.pointee.phase == .streaming && connection.pointee.wake == .piece
        if !isPaced { advance(connection) }
    }
}
