// Sockets of a loop against plain descriptors: what is written when, what reading tells of bytes, ends and
// resets, and that a socket with much to read leaves the others their turn.

import Base
import EventLoop
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct SocketTests {
    @Test func writesOnlyWhileConnected() throws {
        try withPair { pair in
            #expect(pair.write("early") == -Int(EBADF))
            pair.connect()
            #expect(pair.write("early") == Int(SocketStatus.again))
            pair.establish()
            #expect(pair.write("hello") == 5)
            pair.socket.close()
            #expect(pair.write("late") == -Int(EBADF))
            pair.run { pair.isClosed }
            #expect(pair.write("late") == -Int(EBADF))
            #expect(pair.peerReceives(until: { _ in false }) == Array("hello".utf8))
        }
    }

    @Test func nothingOvertakesAQueuedWrite() throws {
        try withPair { pair in
            pair.connect()
            pair.establish()
            let bulk = [UInt8](repeating: 0x61, count: 1 << 20)
            var sent = 0
            while true {
                let count = bulk.withUnsafeBytes { pair.socket.tryWrite($0.baseAddress!, $0.count) }
                if count < 0 {
                    #expect(count == Int(SocketStatus.again))
                    break
                }
                sent += count
            }
            let rest = UnsafeMutableRawBufferPointer.allocate(byteCount: 9, alignment: 1)
            defer { rest.deallocate() }
            rest.copyBytes(from: "bbbbbbbbb".utf8)
            #expect(pair.socket.queueWrite(rest.baseAddress!, rest.count) == 0)
            // There is room again before the loop has had its turn.
            var received = pair.peerReceives { $0.count >= sent }
            #expect(pair.write("c") == Int(SocketStatus.again))
            pair.run { pair.writes == [0] }
            #expect(pair.write("d") == 1)
            received += pair.peerReceives { $0.last == 0x64 }
            #expect(received.count == sent + 10)
            #expect(received.suffix(11) == Array("abbbbbbbbbd".utf8)[...])
        }
    }

    @Test func aWriteToAClosedPeerIsAnError() throws {
        try withPair { pair in
            pair.connect()
            pair.establish()
            pair.closePeer(byReset: true)
            #expect(pair.write("x") == Int(SocketStatus.reset))
            // Without a signal, too.
            #expect(pair.write("x") == Int(SocketStatus.brokenPipe))
        }
    }

    @Test func bytesComeBeforeTheEndWhichIsToldOnce() throws {
        try withPair { pair in
            pair.connect()
            pair.establish()
            pair.peerSends(Array("abc".utf8))
            shutdown(pair.peer, Int32(SHUT_WR))
            pair.run { pair.reads.count == 2 }
            for _ in 0..<3 { pair.loop.poll() }
            #expect(pair.reads == [3, 0])
            #expect(pair.bytes == Array("abc".utf8))
            // The other direction is open.
            #expect(pair.write("d") == 1)
            #expect(pair.peerReceives { !$0.isEmpty } == [0x64])
        }
    }

    @Test func bytesComeBeforeTheResetWhichIsToldOnce() throws {
        try withPair { pair in
            pair.connect()
            pair.establish()
            pair.peerSends(Array("abc".utf8))
            pair.closePeer(byReset: true)
            pair.run { pair.reads.count == 2 }
            for _ in 0..<3 { pair.loop.poll() }
            #expect(pair.reads == [3, Int(SocketStatus.reset)])
            #expect(pair.bytes == Array("abc".utf8))
        }
    }

    /// Reading is stopped and started again within every event, and everything arrives in its order.
    @Test func readingStopsAtOnce() throws {
        try withPair { pair in
            pair.connect()
            pair.establish()
            let content = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
            let sender = try pair.startSending(content, times: 1)
            var isStopped = false
            pair.onRead = {
                #expect(!isStopped)
                isStopped = true
                pair.socket.stopReading()
            }
            pair.run {
                if isStopped {
                    pair.loop.poll()
                    isStopped = false
                    #expect(pair.socket.startReading() == 0)
                }
                return pair.bytes.count >= content.count
            }
            sender.join()
            #expect(pair.bytes == content)
        }
    }

    /// A socket that is closed within an event hears of nothing but its closing.
    @Test func closingEndsReading() throws {
        try withPair { pair in
            pair.connect()
            pair.establish()
            pair.peerSends([UInt8](repeating: 1, count: 100_000))
            pair.onRead = { pair.socket.close() }
            pair.run { pair.isClosed }
            for _ in 0..<3 { pair.loop.poll() }
            #expect(pair.reads.count == 1)
        }
    }

    @Test func muchToReadLeavesOthersTheirTurn() throws {
        try withPair { pair in
            pair.connect()
            pair.establish()
            let sender = try pair.startSending([UInt8](repeating: 1, count: 1 << 20), times: 64)
            var mostReads = 0
            var total = 0
            pair.run {
                // Since the last pass.
                mostReads = max(mostReads, pair.reads.count)
                total += pair.bytes.count
                pair.forget()
                return total == 64 << 20
            }
            sender.join()
            #expect((1...Limits.readsPerTurnMax).contains(mostReads))
        }
    }
}

/// A socket on a loop of its own, a plain descriptor at its other end, and what the socket was told.
private final class Pair {
    let loop: Loop
    let socket: Socket
    private(set) var peer: Int32 = -1
    private(set) var connections: [Int32] = []
    private(set) var reads: [Int] = []
    private(set) var bytes: [UInt8] = []
    private(set) var writes: [Int32] = []
    private(set) var isClosed = false
    var onRead: (() -> Void)?
    private let memory: UnsafeMutableRawPointer
    private let events: UnsafeMutablePointer<SocketEvents>
    private let listener: Int32
    private var address = sockaddr_in()

    init() throws {
        loop = try Loop()
        memory = .allocate(byteCount: Socket.byteCount, alignment: Socket.alignment)
        socket = Socket(at: memory)
        events = .allocate(capacity: 1)
        events.initialize(
            to: SocketEvents(
                connected: { owner, status in Pair.with(owner) { $0.connections.append(status) } },
                read: { owner, bytes, count in Pair.with(owner) { $0.arrived(bytes, count) } },
                written: { owner, status in Pair.with(owner) { $0.writes.append(status) } },
                closed: { owner in Pair.with(owner) { $0.isClosed = true } }))
        listener = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) + listen(listener, 1) + getsockname(listener, $0, &size)
            }
        }
        #expect(status == 0)
        let owner = Unmanaged.passUnretained(self).toOpaque()
        #expect(socket.open(on: loop, owner: owner, events: events) == 0)
    }

    deinit {
        if !isClosed {
            if !socket.isClosing { socket.close() }
            run { isClosed }
        }
        loop.destroy()
        if peer >= 0 { Glibc.close(peer) }
        Glibc.close(listener)
        memory.deallocate()
        events.deallocate()
    }

    private static func with(_ owner: UnsafeMutableRawPointer, _ body: (Pair) -> Void) {
        Unmanaged<Pair>.fromOpaque(owner)._withUnsafeGuaranteedRef(body)
    }

    private func arrived(_ content: UnsafeMutableRawPointer?, _ count: Int) {
        reads.append(count)
        if count > 0 { bytes += UnsafeRawBufferPointer(start: content, count: count) }
        onRead?()
    }

    func forget() {
        reads = []
        bytes = []
    }

    /// Runs the loop until `isDone`, for thirty seconds at most.
    func run(until isDone: () -> Bool) {
        let end = Clock.now() + 30 * Ns.perSecond
        while !isDone() {
            if Clock.now() >= end {
                Issue.record("nothing more happened: \(reads.count) reads, \(bytes.count) bytes, \(writes)")
                return
            }
            loop.poll()
            usleep(200)
        }
    }

    func connect() {
        let port = UInt16(bigEndian: address.sin_port)
        #expect(socket.connect(to: SocketAddress(numeric: "127.0.0.1", port: port)!) == 0)
    }

    /// Both ends are connected, and the socket reads.
    func establish() {
        peer = accept(listener, nil, nil)
        #expect(peer >= 0)
        var time = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        run { !connections.isEmpty }
        #expect(connections == [0])
        #expect(socket.startReading() == 0)
    }

    func write(_ text: String) -> Int {
        Array(text.utf8).withUnsafeBytes { socket.tryWrite($0.baseAddress!, $0.count) }
    }

    func peerSends(_ content: [UInt8]) { #expect(Pair.send(content, peer)) }

    /// Sends from a thread, which waits for the loop to read.
    func startSending(_ content: [UInt8], times: Int) throws -> BackgroundThread {
        let peer = peer
        return try BackgroundThread {
            for _ in 0..<times where !Pair.send(content, peer) { return }
        }
    }

    private static func send(_ content: [UInt8], _ descriptor: Int32) -> Bool {
        var at = 0
        while at < content.count {
            let count = content.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + at, content.count - at, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            at += count
        }
        return true
    }

    /// What the peer gets until that is enough, or the other end.
    func peerReceives(until isEnough: ([UInt8]) -> Bool) -> [UInt8] {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while !isEnough(content) {
            let count = recv(peer, &buffer, buffer.count, 0)
            if count <= 0 { break }
            content += buffer[..<count]
        }
        return content
    }

    func closePeer(byReset: Bool) {
        var linger = linger(l_onoff: byReset ? 1 : 0, l_linger: 0)
        setsockopt(peer, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        Glibc.close(peer)
        peer = -1
    }
}

private func withPair(_ body: (Pair) throws -> Void) throws {
    let pair = try Pair()
    // What tests do within an event knows the pair.
    defer { pair.onRead = nil }
    try body(pair)
}
