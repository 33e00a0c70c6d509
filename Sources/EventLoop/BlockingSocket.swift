// A TCP connection of a thread that has no loop: its calls wait, each until the socket is ready, a deadline
// has passed or the whole is called off from another thread. Used by HTTPClient's ProtocolProbe.

import Base
import CUV
import Glibc

/// Calls off what waits on other threads, for good: every wait with it ends at once, now and later.
public final class Interruption: Sendable {
    fileprivate let descriptor: Int32

    /// - Throws: `LoopError` when descriptors are exhausted.
    public init() throws(LoopError) {
        descriptor = apus_eventfd()
        if descriptor < 0 { throw LoopError(-errno, "creating an event descriptor") }
    }

    deinit { close(descriptor) }

    /// From any thread, any number of times.
    public func interrupt() {
        // Nobody reads it, so it stays readable; a counter at its end takes no more, but is readable as well.
        var one: UInt64 = 1
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }
}

public struct BlockingSocket: ~Copyable {
    private let descriptor: Int32
    private let deadline: Instant
    private let interruption: Interruption

    private init(_ descriptor: Int32, _ deadline: Instant, _ interruption: Interruption) {
        self.descriptor = descriptor
        self.deadline = deadline
        self.interruption = interruption
    }

    deinit { close(descriptor) }

    /// A connection to `address`; the deadline holds for all that is done with it.
    /// - Parameter source: taken as local address, with port 0 for one of the kernel's choice.
    /// - Throws: `LoopError` with libuv's code of what went wrong, `SocketStatus.timedOut` and `.cancelled`
    ///   included.
    public static func connect(
        to address: SocketAddress, from source: SocketAddress?, until deadline: Instant,
        _ interruption: Interruption
    ) throws(LoopError) -> BlockingSocket {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, kind, 0)
        if descriptor < 0 { throw LoopError(-errno, "making a socket") }
        let made = BlockingSocket(descriptor, deadline, interruption)
        if let source {
            let status = source.withSockaddr { apus_bind_descriptor(descriptor, $0) }
            if status != 0 { throw LoopError(status, "binding to \(source.host)") }
        }
        let operation = "connecting to \(address.description)"
        let size = address.isIPv6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
        if address.withSockaddr({ Glibc.connect(descriptor, $0, socklen_t(size)) }) == 0 { return made }
        if errno != EINPROGRESS { throw LoopError(-errno, operation) }
        try made.wait(for: POLLOUT, operation)
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        let status = getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
        if status != 0 || code != 0 { throw LoopError(status != 0 ? -errno : -code, operation) }
        return made
    }

    /// Sends all of `bytes`.
    public func send(_ bytes: UnsafeRawBufferPointer) throws(LoopError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = trySend(UnsafeRawBufferPointer(rebasing: rest))
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                try wait(for: POLLOUT, "sending")
            } else if errno != EINTR {
                throw LoopError(-errno, "sending")
            }
        }
    }

    /// Sends what the kernel takes at once.
    /// - Returns: bytes sent, or less than 0 with `errno` set.
    @discardableResult
    public func trySend(_ bytes: UnsafeRawBufferPointer) -> Int {
        Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// - Returns: how many bytes were put into `buffer`; 0 at the end of the stream.
    public func receive(into buffer: UnsafeMutableRawBufferPointer) throws(LoopError) -> Int {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count >= 0 { return count }
            if errno == EAGAIN {
                try wait(for: POLLIN, "receiving")
            } else if errno != EINTR {
                throw LoopError(-errno, "receiving")
            }
        }
    }

    /// Returns when the socket is ready, or has an error to tell.
    private func wait(for events: Int32, _ operation: String) throws(LoopError) {
        while true {
            let leftNs = deadline - Clock.now()
            if leftNs <= 0 { throw LoopError(SocketStatus.timedOut, operation) }
            var watched = [
                pollfd(fd: descriptor, events: Int16(events), revents: 0),
                pollfd(fd: interruption.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&watched, 2, Int32(clamping: leftNs / Ns.perMillisecond + 1))
            if count < 0, errno != EINTR { throw LoopError(-errno, operation) }
            if count <= 0 { continue }
            if watched[1].revents != 0 { throw LoopError(SocketStatus.cancelled, operation) }
            return
        }
    }
}
