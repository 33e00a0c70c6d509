// A transport without a network, one per worker: `/delay/N` answers after N milliseconds, everything else at
// the next pass, `/body/TEXT` with JSON around the text, `/bytes/N` with N bytes, `/coded/A,B/N` with as many
// in these codings. It writes down what reached the "wire".

import Base
import Codec
import HTTP

final class SilentTransport {
    private let wire: Wire
    /// CPU time of the worker's thread at its last pass.
    private var passCPUNs: Int64?
    private var flights: [(address: UnsafeMutableRawPointer, due: Instant, path: String)] = []
    /// Coded bodies by path: coding them takes longer than anything else here.
    private var bodies: [String: [UInt8]] = [:]

    /// What all workers of a run requested, in order.
    final class Wire: Sendable {
        private let seen = Locked<[String]>([])
        private let pools = Locked(0)
        private let turns = Locked<(count: Int64, cpuNs: Int64)>((0, 0))

        var paths: [String] { seen.withLock { $0 } }
        /// Pools that were made and not freed.
        var openPools: Int { pools.withLock { $0 } }

        /// How often the workers' loops came by.
        var passes: Int64 { turns.withLock { $0.count } }
        /// CPU time of the workers' threads from pass to pass.
        var passesCPUNs: Int64 { turns.withLock { $0.cpuNs } }

        func notePass(cpuNs: Int64) {
            turns.withLock {
                $0.count += 1
                $0.cpuNs += cpuNs
            }
        }
        func note(_ path: String) { seen.withLock { $0.append(path) } }
        func countPool(_ change: Int) { pools.withLock { $0 += change } }
    }

    init(_ wire: Wire) { self.wire = wire }

    var port: TransportPort {
        TransportPort(
            context: Unmanaged.passUnretained(self).toOpaque(),
            prepare: { _, draft in
                let draft = draft.assumingMemoryBound(to: RequestDraft.self).pointee
                return UnsafeMutableRawPointer(
                    PreparedRequest(draft.encode(), method: draft.method, destination: 0).boxed())
            },
            makePool: { context, _ in
                SilentTransport.of(context).wire.countPool(1)
                return UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
            },
            freePool: { context, pool in
                SilentTransport.of(context).wire.countPool(-1)
                pool.deallocate()
            },
            iterationEnded: { _, _ in },
            open: { SilentTransport.of($0).open($1) },
            cancel: { context, address in
                let transport = SilentTransport.of(context)
                guard let index = transport.flights.firstIndex(where: { $0.address == address }) else {
                    preconditionFailure("an exchange was cancelled that is not open")
                }
                transport.flights.remove(at: index)
            },
            pass: { SilentTransport.of($0).pass(Instant(ns: $1)).ns })
    }

    private static func of(_ context: UnsafeMutableRawPointer) -> SilentTransport {
        Unmanaged<SilentTransport>.fromOpaque(context).takeUnretainedValue()
    }

    private func open(_ address: UnsafeMutableRawPointer) {
        let request = address.assumingMemoryBound(to: Exchange.self).pointee.request.pointee
        let head = String(
            decoding: UnsafeBufferPointer(start: request.bytes, count: request.byteCount), as: UTF8.self)
        let path = head.split(separator: " ").dropFirst().first.map(String.init) ?? ""
        wire.note(path)
        let delayMs = path.hasPrefix("/delay/") ? Int64(path.dropFirst(7)) ?? 0 : 0
        flights.append((address, Clock.now() + delayMs * Ns.perMillisecond, path))
    }

    /// A body in pieces.
    private func deliver(_ count: Int, _ exchange: UnsafeMutablePointer<Exchange>) {
        let piece = [UInt8](repeating: 120, count: 256 * 1024)
        var left = count
        while left > 0, exchange.pointee.sink == .collect {
            deliver(piece.prefix(left), exchange)
            left -= piece.count
        }
    }

    /// A piece of a body, which its opener may refuse.
    private func deliver(_ bytes: ArraySlice<UInt8>, _ exchange: UnsafeMutablePointer<Exchange>) {
        guard exchange.pointee.sink == .collect, let body = exchange.pointee.body else { return }
        if body.pointee.capacity - body.pointee.count < bytes.count,
            let room = exchange.pointee.events.pointee.room, !room(exchange, bytes.count)
        {
            exchange.pointee.sink = .discard
        } else {
            bytes.withUnsafeBufferPointer { body.pointee.append($0) }
        }
    }

    /// A head that names codings, and a body in them.
    private func deliverCoded(_ path: String, _ exchange: UnsafeMutablePointer<Exchange>) {
        let parts = path.split(separator: "/")
        let (codings, count) = (parts[1], Int(parts[2]) ?? 0)
        var head = HeaderBlock()
        Array("Content-Encoding".utf8).withUnsafeBufferPointer { head.appendName($0) }
        Array(codings.utf8).withUnsafeBufferPointer { head.appendValue($0) }
        head.finish()
        withUnsafePointer(to: &head) { exchange.pointee.events.pointee.head?(exchange, $0) }
        let body = bodies[path] ?? SilentTransport.coded(count, ContentCoding.list(header: codings))
        bodies[path] = body
        deliver(body[...], exchange)
    }

    /// Pieces in the first coding, one behind the other as gzip and zstd allow, and all of it in the others.
    private static func coded(_ count: Int, _ codings: [ContentCoding]) -> [UInt8] {
        func encoded(_ bytes: [UInt8], _ codings: ArraySlice<ContentCoding>) -> [UInt8] {
            var output = ByteBuffer()
            bytes.withUnsafeBytes { Encoder.encode($0, Array(codings), into: &output) }
            return Array(output.bytes)
        }
        let size = 1 << 20
        let piece = encoded([UInt8](repeating: 120, count: size), codings.prefix(1))
        var pieces: [UInt8] = []
        for _ in 0..<(count / size) { pieces += piece }
        pieces += encoded([UInt8](repeating: 120, count: count % size), codings.prefix(1))
        return encoded(pieces, codings.dropFirst())
    }

    private func pass(_ now: Instant) -> Instant {
        let cpuNs = Clock.threadCPUNs()
        wire.notePass(cpuNs: cpuNs - (passCPUNs ?? cpuNs))
        passCPUNs = cpuNs
        let due = flights.filter { $0.due <= now }.map(\.address)
        for address in due {
            // An answer to one may have cancelled another.
            guard let index = flights.firstIndex(where: { $0.address == address && $0.due <= now }) else {
                continue
            }
            let path = flights.remove(at: index).path
            let exchange = address.assumingMemoryBound(to: Exchange.self)
            let opened = exchange.pointee.times.opened
            exchange.pointee.times.acquired = opened
            exchange.pointee.times.sent = opened
            exchange.pointee.times.firstByte = now
            exchange.pointee.times.done = now
            exchange.pointee.status = 200
            if path.hasPrefix("/body/") {
                exchange.pointee.body?.pointee.append("{\"of\":\"<p>\(path.dropFirst(6))</p>\"}")
            }
            if path.hasPrefix("/bytes/") { deliver(Int(path.dropFirst(7)) ?? 0, exchange) }
            if path.hasPrefix("/coded/") { deliverCoded(path, exchange) }
            exchange.pointee.sentByteCount = 80
            exchange.pointee.receivedByteCount = 120
            exchange.pointee.events.pointee.end(address)
        }
        return flights.map(\.due).min() ?? .distantFuture
    }
}
