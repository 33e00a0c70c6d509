// TLS on a channel.

import Base
import EventLoop
import HTTP
import TLS

public struct TLSOptions: Sendable {}
public final class ClientSecurity {
    public init(_ options: TLSOptions) throws {}
}
struct SecureState {}

extension Client {
    static func secure(_ channel: ChannelRef, _ destination: Destination, _ now: Instant) {
        fail(channel, ExchangeError(.tlsGeneric, .tlsRecordHeader), now)
    }
    static func sendSecurely(_ channel: ChannelRef, _ exchange: UnsafeMutablePointer<Exchange>) {}
    static func secureArrived(_ channel: ChannelRef, _ bytes: UnsafeRawBufferPointer, _ now: Instant) {}
    static func secureWritten(_ channel: ChannelRef, _ status: Int32, _ now: Instant) {}
    static func freeSecureState(_ channel: ChannelRef) {}
}
