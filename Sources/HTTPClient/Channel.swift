// A connection and what it is doing: the socket's block and the channel's state side by side in one
// allocation. Made and freed by `Client`; only the closed event of the socket frees a channel. Channels that
// serve nothing wait in their pool's list.

import Base
import EventLoop
import HTTP
import TLS

typealias ChannelRef = UnsafeMutablePointer<Channel>

struct Channel: ~Copyable {
    enum State: UInt8 {
        /// Waiting for the address of its host.
        case resolving
        /// Has an address and waits for its turn to connect.
        case queued
        case connecting
        /// Waiting for the proxy's answer to CONNECT.
        case tunnelling
        case securing
        /// Ready and in its pool's list.
        case idle
        /// Carries an exchange.
        case active
        case closing
    }

    let client: UnsafeMutablePointer<Client>
    var pool: UnsafeMutablePointer<Pool>
    /// The exchange it serves or was opened for.
    var exchange: UnsafeMutablePointer<Exchange>?
    /// The next in the pool's idle list, the client's resolving list, its queue or its free list.
    var next: ChannelRef?
    let slot: Int32
    var destination: Int32 = 0
    var state = State.closing
    var isSocketOpen = false
    /// Exchanges completed on this channel.
    var served: UInt32 = 0
    /// The earliest entry of this slot in the client's heap; survives the slot's reuse.
    var timerAt = Instant.distantFuture
    /// libuv still borrows bytes of a queued write.
    var isWriteQueued = false
    var parser = ResponseParser()
    var secure: UnsafeMutablePointer<SecureState>?
    /// The connection-level deadline (dialling), on top of the exchange's.
    var dialDeadline = Instant.distantFuture
    /// Whom it was dialled to; the proxy where there is one.
    var remote: SocketAddress?

    init(client: UnsafeMutablePointer<Client>, pool: UnsafeMutablePointer<Pool>, slot: Int32) {
        self.client = client
        self.pool = pool
        self.slot = slot
    }

    // One block: the socket first, the channel behind it.
    private static var socketSpace: Int { (Socket.byteCount + 15) & ~15 }

    static func allocate(client: UnsafeMutablePointer<Client>, pool: UnsafeMutablePointer<Pool>, slot: Int32)
        -> ChannelRef
    {
        let block = UnsafeMutableRawPointer.allocate(
            byteCount: socketSpace + MemoryLayout<Channel>.stride, alignment: 16)
        let channel = (block + socketSpace).bindMemory(to: Channel.self, capacity: 1)
        channel.initialize(to: Channel(client: client, pool: pool, slot: slot))
        return channel
    }

    static func free(_ channel: ChannelRef) {
        let block = UnsafeMutableRawPointer(channel) - socketSpace
        channel.deinitialize(count: 1)
        block.deallocate()
    }

    @inline(__always) static func socket(_ channel: ChannelRef) -> Socket {
        Socket(at: UnsafeMutableRawPointer(channel) - socketSpace)
    }
}

/// One VU's channels. k6 keeps one pool per VU; so does Apus.
struct Pool {
    var idle: ChannelRef?
    var idleCount: Int32 = 0
    /// The VU's number within this process, from 1; picks its source address.
    let vu: Int64
}

/// Where requests go: scheme, host and port, and the proxy between.
struct Destination {
    let isSecure: Bool
    let host: String
    let port: UInt16
    let proxy: RequestURL?
    /// What is dialled: the proxy's host and port, or the destination's own after `hosts`.
    let dialHost: String
    let dialPort: UInt16
    /// A numeric address that needs no look-up.
    let address: SocketAddress?
    /// The host as it was written, which stands in the texts of errors.
    let written: String
    /// Requests to it fail at once because its name is blocked, and this is what people are told.
    let blocked: String?
    /// Its server was asked which protocol it prefers, or is not to be.
    var wasProtocolAsked = false

    /// The destination's own host and port, an IPv6 address in brackets.
    var hostPort: String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
