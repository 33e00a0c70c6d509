// What the embedded server is asked for and what it counts. Filled in by the command line and by tests.

public struct TargetSettings: Sendable {
    /// A numeric IPv4 or IPv6 address.
    public var address = "127.0.0.1"
    /// 0 takes any free port.
    public var port: UInt16 = 0
    /// Whether `port` speaks TLS.
    public var isSecure = false
    /// A second port that speaks TLS; 0 takes any free port.
    public var securePort: UInt16?
    /// PEM files; without them a certificate for localhost is made in memory.
    public var certificateFile: String?
    public var keyFile: String?
    /// Threads with a loop each; the kernel spreads connections over them.
    public var threadCount = 1

    public init() {}

    var speaksTLS: Bool { isSecure || securePort != nil }
}

/// Why the server could not start, in one line.
public struct TargetStartError: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// What a server did so far, over all its threads.
public struct TargetCounters: Sendable, Equatable {
    /// Complete requests, also those a fault route answered badly.
    public var requests: Int64 = 0
    public var accepted: Int64 = 0
    public var open: Int64 = 0
    /// Requests refused because they were not HTTP or too large.
    public var refused: Int64 = 0
    /// Connections that never got through their TLS handshake.
    public var handshakesFailed: Int64 = 0
    /// Connections the system would not hand over (no descriptors left, for one).
    public var acceptsFailed: Int64 = 0
}
