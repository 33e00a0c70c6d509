// TCP sockets of a loop. A socket's memory is one block inside its owner's slot (see `Socket.byteCount`); it
// may be reused only after the closed event. Events arrive through a table of C functions, so a read costs no
// reference counting. Called by HTTPClient and Control.

import Base
import CUV
import Glibc

/// What a socket tells its owner. Every function gets the owner pointer given at `open`.
public struct SocketEvents {
    public typealias Status = @convention(c) (_ owner: UnsafeMutableRawPointer, _ status: Int32) -> Void
    /// `count` > 0: bytes in the loop's read buffer, borrowed until the call returns. 0: end of file.
    /// < 0: a libuv error code.
    public typealias Read =
        @convention(c) (
            _ owner: UnsafeMutableRawPointer, _ bytes: UnsafeMutableRawPointer?, _ count: Int
        ) -> Void
    public typealias Plain = @convention(c) (_ owner: UnsafeMutableRawPointer) -> Void

    public let connected: Status
    public let read: Read
    /// A queued write has ended (not called for writes that went out at once).
    public let written: Status
    /// The block may be reused.
    public let closed: Plain

    public init(
        connected: @escaping Status, read: @escaping Read, written: @escaping Status, closed: @escaping Plain
    ) {
        self.connected = connected
        self.read = read
        self.written = written
        self.closed = closed
    }
}

/// Negative codes of libuv that decisions depend on.
public enum SocketStatus {
    public static let again: Int32 = UV_EAGAIN.rawValue
    public static let endOfFile: Int32 = UV_EOF.rawValue
    public static let refused: Int32 = UV_ECONNREFUSED.rawValue
    public static let reset: Int32 = UV_ECONNRESET.rawValue
    public static let brokenPipe: Int32 = UV_EPIPE.rawValue
    public static let timedOut: Int32 = UV_ETIMEDOUT.rawValue
    public static let cancelled: Int32 = UV_ECANCELED.rawValue
    public static let descriptorsExhausted: Int32 = UV_EMFILE.rawValue
    public static let systemDescriptorsExhausted: Int32 = UV_ENFILE.rawValue
    public static let addressNotAvailable: Int32 = UV_EADDRNOTAVAIL.rawValue
    public static let addressInUse: Int32 = UV_EADDRINUSE.rawValue
    public static let networkUnreachable: Int32 = UV_ENETUNREACH.rawValue
    public static let hostUnreachable: Int32 = UV_EHOSTUNREACH.rawValue
}

/// A socket in memory its owner provides: `Socket.byteCount` bytes at `Socket.alignment`, at an address that
/// does not change until the closed event.
public struct Socket {
    @usableFromInline let raw: UnsafeMutablePointer<apus_socket>

    public static var byteCount: Int { MemoryLayout<apus_socket>.stride }
    public static var alignment: Int { MemoryLayout<apus_socket>.alignment }

    @inline(__always) public init(at memory: UnsafeMutableRawPointer) {
        raw = memory.assumingMemoryBound(to: apus_socket.self)
    }

    /// Prepares the socket on `loop`. With `family` (AF_INET or AF_INET6) the descriptor is made at once,
    /// otherwise at connect. `events` must stay valid until the closed event.
    /// - Returns: 0 or a libuv error code; after an error the block is not open.
    public func open(
        on loop: Loop, family: Int32 = 0, owner: UnsafeMutableRawPointer, events: UnsafePointer<SocketEvents>
    ) -> Int32 {
        raw.pointee.owner = owner
        raw.pointee.events = UnsafeRawPointer(events)
        leaveDescriptor()
        return uv_tcp_init_ex(&loop.state.pointee.uv, &raw.pointee.tcp, UInt32(family))
    }

    /// Starts connecting; the connected event follows unless an error is returned at once.
    public func connect(to address: borrowing SocketAddress) -> Int32 {
        address.withSockaddr { uv_tcp_connect(&raw.pointee.connect, &raw.pointee.tcp, $0, onConnected) }
    }

    /// Takes `address` as source, leaving the port to the kernel. The socket must have been opened with its
    /// family.
    public func bindSource(_ address: borrowing SocketAddress) -> Int32 {
        address.withSockaddr { apus_bind_source(raw, $0) }
    }

    public func setNoDelay() { uv_tcp_nodelay(&raw.pointee.tcp, 1) }
    public func setKeepAlive(seconds: UInt32) { uv_tcp_keepalive(&raw.pointee.tcp, 1, seconds) }

    public func startReading() -> Int32 { apus_read_start(raw, onAllocate, onRead) }
    public func stopReading() { apus_read_stop(raw) }

    /// Writes what the kernel takes at once.
    /// - Returns: bytes written, or a libuv error code (`SocketStatus.again` when it takes none).
    @inline(__always) public func tryWrite(_ bytes: UnsafeRawPointer, _ count: Int) -> Int {
        Int(apus_try_write(raw, bytes, count))
    }

    /// Queues a write; `bytes` must stay valid until the written event. One queued write at a time.
    public func queueWrite(_ bytes: UnsafeRawPointer, _ count: Int) -> Int32 {
        apus_write(raw, bytes, count, onWritten)
    }

    public var isClosing: Bool { uv_is_closing(apus_handle(raw)) != 0 }

    private func leaveDescriptor() {
        raw.pointee.fd = -1
        raw.pointee.is_reading = 0
    }

    /// Closes; the closed event follows. Pending events end as cancelled before it.
    public func close() {
        leaveDescriptor()
        uv_close(apus_handle(raw), onClosed)
    }

    /// Closes with a reset instead of a FIN.
    public func closeWithReset() {
        leaveDescriptor()
        if apus_reset(raw, onClosed) != 0 { uv_close(apus_handle(raw), onClosed) }
    }

    /// Sends a FIN after what was written; reading goes on. Only while no write is queued.
    /// - Returns: 0 or a libuv error code.
    @discardableResult
    public func shutdownWriting() -> Int32 {
        var descriptor: uv_os_fd_t = 0
        let status = uv_fileno(apus_handle(raw), &descriptor)
        if status != 0 { return status }
        return Glibc.shutdown(descriptor, Int32(SHUT_WR)) == 0 ? 0 : -errno
    }

    public func localAddress() -> SocketAddress? { name { uv_tcp_getsockname(&raw.pointee.tcp, $0, $1) } }
    public func peerAddress() -> SocketAddress? { name { uv_tcp_getpeername(&raw.pointee.tcp, $0, $1) } }

    private func name(_ get: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<Int32>) -> Int32)
        -> SocketAddress?
    {
        var storage = sockaddr_storage()
        var length = Int32(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { get($0, &length) }
        }
        return status == 0 ? SocketAddress(storage) : nil
    }

    fileprivate var events: UnsafePointer<SocketEvents> {
        raw.pointee.events.assumingMemoryBound(to: SocketEvents.self)
    }
}

// MARK: - listening

extension Socket {
    /// Binds and listens; `accepted` gets the owner and 0 for every waiting connection, which `accept` then
    /// takes.
    /// - Returns: 0 or a libuv error code.
    public func listen(
        at address: borrowing SocketAddress, backlog: Int32, reusePort: Bool
    ) -> Int32 {
        if reusePort {
            var descriptor: uv_os_fd_t = 0
            let status = uv_fileno(apus_handle(raw), &descriptor)
            if status != 0 { return status }
            var on: Int32 = 1
            if setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, socklen_t(MemoryLayout<Int32>.size)) != 0
            {
                return -errno
            }
        }
        let bound = address.withSockaddr { uv_tcp_bind(&raw.pointee.tcp, $0, 0) }
        return bound != 0 ? bound : uv_listen(apus_stream(raw), backlog, onListening)
    }

    /// Takes a waiting connection of a listening socket into `client`, which must be open on the same loop.
    public func accept(into client: Socket) -> Int32 { uv_accept(apus_stream(raw), apus_stream(client.raw)) }
}

// MARK: - thunks: recover the owner, call one function

/// libuv asks for memory to read into. It gets none: the bytes are taken here with `recv`, which costs the
/// kernel less than libuv's `read`, and `onRead` hands them on, called by libuv with UV_ENOBUFS right after.
private func onAllocate(
    _ handle: UnsafeMutablePointer<uv_handle_t>?, _ suggested: Int, _ buffer: UnsafeMutablePointer<uv_buf_t>?
) {
    let state = apus_loop_data(handle!.pointee.loop).assumingMemoryBound(to: LoopState.self)
    state.pointee.receivedCount = Socket(at: handle!).receive(state)
    buffer!.pointee = uv_buf_t()
}

private func onRead(
    _ stream: UnsafeMutablePointer<uv_stream_t>?, _ status: Int, _ buffer: UnsafePointer<uv_buf_t>?
) {
    precondition(status == Int(UV_ENOBUFS.rawValue), "libuv read without memory")
    let state = apus_loop_data(stream!.pointee.loop).assumingMemoryBound(to: LoopState.self)
    let socket = Socket(at: stream!)
    var count = state.pointee.receivedCount
    var left = Limits.readsPerTurnMax
    // A full buffer is usually not the last; whoever was told may have stopped reading or closed.
    while socket.tell(count, state) == Limits.readBufferBytes, left > 1, socket.raw.pointee.is_reading != 0 {
        left -= 1
        count = socket.receive(state)
    }
}

extension Socket {
    @inline(__always)
    fileprivate func receive(_ state: UnsafeMutablePointer<LoopState>) -> Int {
        Loop(state: state).mark(.read)
        return apus_receive(raw, state.pointee.readBuffer.baseAddress!, Limits.readBufferBytes)
    }

    /// Hands on what `receive` said. - Returns: the same.
    @inline(__always)
    fileprivate func tell(_ count: Int, _ state: UnsafeMutablePointer<LoopState>) -> Int {
        if count == Int(SocketStatus.again) { return count }
        // Nothing can follow, and a socket that is at its end would be reported again and again.
        if count <= 0 { stopReading() }
        events.pointee.read(raw.pointee.owner, state.pointee.readBuffer.baseAddress!, count)
        return count
    }
}

private func onConnected(_ request: UnsafeMutablePointer<uv_connect_t>?, _ status: Int32) {
    let socket = Socket(at: apus_socket_of_connect(request))
    socket.events.pointee.connected(socket.raw.pointee.owner, status)
}

private func onWritten(_ request: UnsafeMutablePointer<uv_write_t>?, _ status: Int32) {
    let socket = Socket(at: apus_socket_of_write(request))
    socket.events.pointee.written(socket.raw.pointee.owner, status)
}

private func onListening(_ stream: UnsafeMutablePointer<uv_stream_t>?, _ status: Int32) {
    let socket = Socket(at: stream!)
    socket.events.pointee.connected(socket.raw.pointee.owner, status)
}

private func onClosed(_ handle: UnsafeMutablePointer<uv_handle_t>?) {
    let socket = Socket(at: handle!)
    socket.events.pointee.closed(socket.raw.pointee.owner)
}
