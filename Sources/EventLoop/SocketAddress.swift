// An IPv4 or IPv6 address with a port, as the kernel takes it. Plain data; parsing is numeric only (names go
// through the resolver).

import Base
import CUV

public struct SocketAddress: Hashable, Sendable {
    private var storage: InlineBytes
    public let isIPv6: Bool
    public let port: UInt16
    private let scope: UInt32

    /// Sixteen address bytes; an IPv4 address uses the first four.
    public struct InlineBytes: Hashable, Sendable {
        var high: UInt64 = 0
        var low: UInt64 = 0
    }

    init?(_ source: sockaddr_storage) {
        var source = source
        switch Int32(source.ss_family) {
        case AF_INET:
            let v4 = withUnsafeBytes(of: &source) { $0.load(as: sockaddr_in.self) }
            self.init(isIPv6: false, port: UInt16(bigEndian: v4.sin_port), scope: 0, copying: v4.sin_addr)
        case AF_INET6:
            let v6 = withUnsafeBytes(of: &source) { $0.load(as: sockaddr_in6.self) }
            self.init(
                isIPv6: true, port: UInt16(bigEndian: v6.sin6_port), scope: v6.sin6_scope_id,
                copying: v6.sin6_addr)
        default: return nil
        }
    }

    private init<A>(isIPv6: Bool, port: UInt16, scope: UInt32, copying address: A) {
        self.isIPv6 = isIPv6
        self.port = port
        self.scope = scope
        storage = InlineBytes()
        withUnsafeMutableBytes(of: &storage) { target in
            withUnsafeBytes(of: address) { target.copyMemory(from: $0) }
        }
    }

    /// Reads a numeric IPv4 or IPv6 address (no brackets, an optional `%scope` on IPv6).
    public init?(numeric host: String, port: UInt16) {
        var v4 = sockaddr_in()
        if uv_ip4_addr(host, Int32(port), &v4) == 0 {
            self.init(isIPv6: false, port: port, scope: 0, copying: v4.sin_addr)
            return
        }
        var v6 = sockaddr_in6()
        guard host.contains(":"), uv_ip6_addr(host, Int32(port), &v6) == 0 else { return nil }
        self.init(isIPv6: true, port: port, scope: v6.sin6_scope_id, copying: v6.sin6_addr)
    }

    public func withPort(_ port: UInt16) -> SocketAddress {
        SocketAddress(isIPv6: isIPv6, port: port, scope: scope, copying: storage)
    }

    /// Another address of the same family; as many bytes as `addressBytes` has.
    public func withBytes(_ bytes: [UInt8]) -> SocketAddress {
        var copy = self
        withUnsafeMutableBytes(of: &copy.storage) { target in
            target.copyBytes(from: bytes.prefix(target.count))
        }
        return copy
    }

    public var family: Int32 { isIPv6 ? AF_INET6 : AF_INET }

    /// The address bytes in network order: 4 or 16.
    public var addressBytes: [UInt8] { withUnsafeBytes(of: storage) { Array($0.prefix(isIPv6 ? 16 : 4)) } }

    /// The address without its port: "127.0.0.1", "::1".
    public var host: String {
        var text = [CChar](repeating: 0, count: 64)
        withUnsafeBytes(of: storage) { _ = uv_inet_ntop(family, $0.baseAddress, &text, text.count) }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// "127.0.0.1:80", "[::1]:80".
    public var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

    func withSockaddr<R>(_ body: (UnsafePointer<sockaddr>) -> R) -> R {
        if isIPv6 {
            var v6 = sockaddr_in6()
            v6.sin6_family = sa_family_t(AF_INET6)
            v6.sin6_port = port.bigEndian
            v6.sin6_scope_id = scope
            withUnsafeMutableBytes(of: &v6.sin6_addr) { target in
                withUnsafeBytes(of: storage) { target.copyMemory(from: $0) }
            }
            return withUnsafePointer(to: &v6) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body) }
        }
        var v4 = sockaddr_in()
        v4.sin_family = sa_family_t(AF_INET)
        v4.sin_port = port.bigEndian
        withUnsafeMutableBytes(of: &v4.sin_addr) { target in
            withUnsafeBytes(of: storage) {
                target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<4]))
            }
        }
        return withUnsafePointer(to: &v4) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body) }
    }
}
