// What a run decides about its connections: made once by the CLI, read by every worker's client. Plain data.

import Base
import EventLoop
import HTTP
import TLS

public struct DNSSettings: Sendable {
    public enum Select: String, Sendable, CaseIterable { case first, random, roundRobin }
    public enum Policy: String, Sendable, CaseIterable {
        case preferIPv4, preferIPv6, onlyIPv4, onlyIPv6, any
    }

    /// How long an answer is kept; 0: not at all; `Int64.max`: for the whole run.
    public var ttlNs: Int64 = 5 * Ns.perMinute
    public var select = Select.random
    public var policy = Policy.preferIPv4

    public init() {}
}

/// An address block, `10.0.0.0/8` or a single address.
public struct AddressBlock: Sendable, Equatable {
    private let bytes: [UInt8]
    private let prefixLength: Int
    private let address: SocketAddress

    /// As Go writes it, with the bits beyond the prefix cleared.
    public var description: String {
        var masked = bytes
        for index in masked.indices {
            let bits = min(max(prefixLength - index * 8, 0), 8)
            masked[index] &= bits == 0 ? 0 : UInt8(truncatingIfNeeded: 0xFF << (8 - bits))
        }
        return "\(address.withBytes(masked).host)/\(prefixLength)"
    }

    /// Reads `address/length` or an address; nil when it is neither.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = SocketAddress(numeric: String(parts[0]), port: 0) else { return nil }
        bytes = address.addressBytes
        self.address = address
        if parts.count == 1 {
            prefixLength = bytes.count * 8
        } else {
            guard let length = Int(parts[1]), (0...bytes.count * 8).contains(length) else { return nil }
            prefixLength = length
        }
    }

    public func contains(_ address: SocketAddress) -> Bool {
        let other = address.addressBytes
        guard other.count == bytes.count else { return false }
        for index in 0..<bytes.count {
            let bits = min(max(prefixLength - index * 8, 0), 8)
            let mask = bits == 0 ? 0 : UInt8(truncatingIfNeeded: 0xFF << (8 - bits))
            if (bytes[index] ^ other[index]) & mask != 0 { return false }
        }
        return true
    }
}

public struct ClientSettings: Sendable {
    public var dns = DNSSettings()
    /// `host[:port]` or `*.domain[:port]`, lower case → `ip[:port]`.
    public var hosts: [String: String] = [:]
    public var blacklist: [AddressBlock] = []
    /// Lower-case names; a leading `*` matches any beginning.
    public var blockedHostnames: [String] = []
    public var noConnectionReuse = false
    public var noVUConnectionReuse = false
    public var localAddresses: [SocketAddress] = []
    public var proxies = ProxySettings()
    /// The dial time-out, k6's unless a test shortens it.
    public var dialTimeoutNs = Limits.dialTimeoutNs
    /// Bytes on the wire are counted with TLS records; this many idle channels a VU keeps at most.
    public var idleChannelsMax = 20
    /// Heads of responses keep the server's words after the status, for a log.
    public var keepsReasons = false

    public init() {}
}
