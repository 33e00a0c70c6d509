// Network options as values: addresses, networks, source address pools, host mappings, name patterns, DNS
// settings. Read from flags, environment and JSON alike; the HTTP client's set-up takes them from
// TestOptions.

import Base

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An IPv4 or IPv6 address as a number.
public struct IPAddress: Hashable, Sendable {
    public let isV6: Bool
    public let value: UInt128

    public init(isV6: Bool, value: UInt128) {
        self.isV6 = isV6
        self.value = value
    }

    /// The address a text names; nil if it is none (zones and ports are not part of one). An IPv4 address in
    /// IPv6's clothes (`::ffff:1.2.3.4`) is an IPv4 address, as in Go.
    public init?(_ text: String) {
        guard let literal = IPAddress(literal: text) else { return nil }
        self = literal.unmapped ?? literal
    }

    /// The IPv4 address that an IPv6 one stands for; nil for others.
    var unmapped: IPAddress? {
        isV6 && value >> 32 == 0xFFFF ? IPAddress(isV6: false, value: value & 0xFFFF_FFFF) : nil
    }

    /// The address exactly as written.
    init?(literal text: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.init(isV6: false, value: bytes.prefix(4).reduce(0) { $0 << 8 | UInt128($1) })
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            self.init(isV6: true, value: bytes.reduce(0) { $0 << 8 | UInt128($1) })
        } else {
            return nil
        }
    }

    public var bits: Int { isV6 ? 128 : 32 }

    /// 4 or 16 bytes in network order.
    public var bytes: [UInt8] {
        stride(from: bits - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> UInt128($0)) }
    }

    public var text: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let written = inet_ntop(isV6 ? AF_INET6 : AF_INET, bytes, &buffer, socklen_t(buffer.count))
        precondition(written != nil, "16 bytes always print within INET6_ADDRSTRLEN")
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// A network in CIDR notation.
public struct IPNetwork: Hashable, Sendable {
    public let first: IPAddress
    public let prefixBits: Int

    public init(_ text: String) throws(TextError) {
        guard let (head, tail) = Text.split(text, at: "/"), let address = IPAddress(literal: head),
            tail.allSatisfy(\.isNumber), let bits = Int(tail), bits <= address.bits
        else { throw TextError("\"\(text)\" is no network in CIDR notation, such as 10.0.0.0/8") }
        let host = UInt128(address.bits - bits)
        let base = IPAddress(isV6: address.isV6, value: host >= 128 ? 0 : (address.value >> host) << host)
        prefixBits = base.unmapped == nil ? bits : bits - 96
        first = base.unmapped ?? base
    }

    public var last: IPAddress {
        let host = UInt128(first.bits - prefixBits)
        return IPAddress(isV6: first.isV6, value: host >= 128 ? .max : first.value | ((1 << host) - 1))
    }

    public func contains(_ address: IPAddress) -> Bool {
        address.isV6 == first.isV6 && address.value >= first.value && address.value <= last.value
    }
}

/// The addresses VUs connect from: VU number n takes entry (n − 1) modulo the count.
public struct SourceAddressPool: Hashable, Sendable {
    public struct Range: Hashable, Sendable {
        public let first: IPAddress
        public let last: IPAddress
    }

    public let ranges: [Range]
    /// As given; scripts see it in `exec.test.options`.
    public let text: String

    /// Reads a comma list of addresses, ranges `a-b` and networks. A network with more than two addresses
    /// leaves out its first and its last, which are not hosts.
    public init(_ text: String) throws(TextError) {
        var ranges: [Range] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
            ranges.append(try Self.range(part))
        }
        self.ranges = ranges
        self.text = text
    }

    private static func range(_ text: String) throws(TextError) -> Range {
        if text.contains("/") {
            let network = try IPNetwork(text)
            let (first, last) = (network.first, network.last)
            if first.bits - network.prefixBits < 2 { return Range(first: first, last: last) }
            return Range(
                first: IPAddress(isV6: first.isV6, value: first.value + 1),
                last: IPAddress(isV6: last.isV6, value: last.value - 1))
        }
        if let (head, tail) = Text.split(text, at: "-"), let first = IPAddress(head),
            let last = IPAddress(tail)
        {
            if first.isV6 != last.isV6 { throw TextError("the range \"\(text)\" mixes IPv4 and IPv6") }
            if first.value > last.value { throw TextError("the range \"\(text)\" runs backwards") }
            return Range(first: first, last: last)
        }
        guard let address = IPAddress(text) else {
            throw TextError("\"\(text)\" is no IP address, range (a-b) or network (a/bits)")
        }
        return Range(first: address, last: address)
    }

    /// The address of entry `index` modulo the pool's size.
    public func address(at index: Int) -> IPAddress {
        precondition(index >= 0, "VU numbers start at 1")
        let sizes = ranges.map { ($0.last.value - $0.first.value).addingReportingOverflow(1).partialValue }
        // A whole /0 of IPv6 has a size that wraps to 0; no index reaches its end.
        if let whole = sizes.firstIndex(of: 0) {
            return IPAddress(isV6: true, value: ranges[whole].first.value + UInt128(index))
        }
        let total = sizes.reduce(UInt128(0)) { sum, size in
            let (next, overflow) = sum.addingReportingOverflow(size)
            return overflow ? .max : next
        }
        var offset = UInt128(index) % total
        for (range, size) in zip(ranges, sizes) {
            if offset < size { return IPAddress(isV6: range.first.isV6, value: range.first.value + offset) }
            offset -= size
        }
        preconditionFailure("an offset below the total lies in one of the ranges")
    }
}

/// `hosts`: a name, with optional port and leading "*.", that connects to a fixed address.
public struct HostMapping: Hashable, Sendable {
    /// In lower case; "*.example.com" stands for every name below example.com.
    public let host: String
    public let port: Int?
    public let address: IPAddress
    /// nil: the request's own port.
    public let addressPort: Int?

    public init(pattern: String, target: String) throws(TextError) {
        let (host, port) = Self.splitPort(pattern)
        try HostPattern.check(host, what: "host pattern")
        let bare = Self.splitPort(target)
        guard let address = IPAddress(bare.host) else {
            throw TextError("hosts maps \"\(pattern)\" to \"\(target)\", which is no IP address or ip:port")
        }
        self.host = host.lowercased()
        self.port = port
        self.address = address
        addressPort = bare.port
    }

    /// Splits `host:port`, `[v6]:port`; a bare IPv6 address has no port.
    private static func splitPort(_ text: String) -> (host: String, port: Int?) {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let host = String(text[text.index(after: text.startIndex)..<end])
            let tail = text[text.index(after: end)...]
            return (host, tail.hasPrefix(":") ? Int(tail.dropFirst()) : nil)
        }
        guard text.count(where: { $0 == ":" }) == 1, let (host, tail) = Text.split(text, at: ":"),
            let port = Int(tail),
            (1...65_535).contains(port)
        else { return (text, nil) }
        return (host, port)
    }
}

enum HostPattern {
    /// A name of letters, digits and inner dashes between dots; a "*" or "*." may lead. k6 takes no others,
    /// and the empty name.
    static func check(_ pattern: String, what: String) throws(TextError) {
        var name = pattern[...]
        if name.hasPrefix("*") {
            name.removeFirst()
            if name.hasPrefix(".") { name.removeFirst() }
        }
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isName = labels.allSatisfy { label in
            label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-") && !label.isEmpty
                && label.allSatisfy { byte in
                    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                        || byte == UInt8(ascii: "-")
                }
        }
        if !isName && !name.isEmpty {
            throw TextError("\"\(pattern)\" is no \(what): a name, with \"*\" only as its first character")
        }
    }
}

public enum DNSSelect: String, Hashable, Sendable, CaseIterable {
    case first
    case random
    case roundRobin
}

public enum DNSPolicy: String, Hashable, Sendable, CaseIterable {
    case preferIPv4
    case preferIPv6
    case onlyIPv4
    case onlyIPv6
    case any
}

/// `dns`: the only option whose parts are layered one by one.
public struct DNSOptions: Hashable, Sendable {
    public var ttl: String?
    public var select: DNSSelect?
    public var policy: DNSPolicy?

    public static let ttlDefault = "5m"

    public init(ttl: String? = nil, select: DNSSelect? = nil, policy: DNSPolicy? = nil) {
        self.ttl = ttl
        self.select = select
        self.policy = policy
    }

    /// Reads `ttl=…,select=…,policy=…`, every part optional.
    public init(_ text: String) throws(TextError) {
        self.init()
        if text.isEmpty { return }
        for part in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
            guard let (name, value) = Text.split(part, at: "=") else {
                throw TextError(
                    "\"\(part)\" has no value; DNS settings read ttl=5m,select=random,policy=preferIPv4")
            }
            try set(name, value)
        }
    }

    mutating func set(_ name: String, _ value: String) throws(TextError) {
        switch name {
        case "ttl": ttl = value
        case "select": select = try Self.choice(name, value)
        case "policy": policy = try Self.choice(name, value)
        default: throw TextError("unknown DNS setting \"\(name)\"; there are ttl, select and policy")
        }
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ value: String
    ) throws(TextError) -> Choice {
        if let choice = Choice(rawValue: value) { return choice }
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw TextError("\"\(value)\" is no DNS \(name); there are \(names)")
    }

    /// How long an answer stays in the cache, in nanoseconds: 0 never, `Int64.max` for ever.
    public func ttlNs() throws(TextError) -> Int64 {
        let text = ttl ?? Self.ttlDefault
        if text == "inf" { return .max }
        if text.isEmpty { return 5 * Ns.perMinute }
        do {
            let ns = try GoDuration.parseExtended(text)
            return max(0, ns)
        } catch { throw TextError("invalid DNS ttl \"\(text)\": expected a duration, 0 or inf") }
    }

    /// These settings, with what is missing taken from `lower`.
    func over(_ lower: DNSOptions) -> DNSOptions {
        DNSOptions(ttl: ttl ?? lower.ttl, select: select ?? lower.select, policy: policy ?? lower.policy)
    }
}
