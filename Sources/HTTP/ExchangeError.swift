// What can go wrong with an exchange, as a value that is also a metric tag: k6's error_code and error text.
// Made by transports, read by iterations and outputs.

/// k6's error codes. The raw value is the `error_code` tag.
public enum ErrorCode: UInt16, Sendable, CaseIterable {
    case none = 0
    case generic = 1000
    case nonTCPNetwork = 1010
    case invalidURL = 1020
    case requestTimeout = 1050
    case dnsGeneric = 1100
    case noSuchHost = 1101
    case blacklistedIP = 1110
    case blockedHostname = 1111
    case tcpGeneric = 1200
    case brokenPipe = 1201
    case tcpUnknownErrno = 1202
    case dialGeneric = 1210
    case dialTimeout = 1211
    case dialRefused = 1212
    case dialUnknownErrno = 1213
    case resetByPeer = 1220
    case tlsGeneric = 1300
    case tlsRecordHeader = 1301
    case unknownAuthority = 1310
    case hostnameMismatch = 1311
    case decompression = 1701
}

/// Why a client itself could not go on, apart from what the server did: evidence for the verdict.
public enum ClientLimit: UInt8, Sendable {
    case none
    case descriptors
    case ports
}

/// An error as it is carried by an exchange: a code and the number of its text in `ErrorTexts`.
public struct ExchangeError: Equatable, Sendable {
    public var code: ErrorCode
    public var text: UInt16
    public var limit: ClientLimit

    @inline(__always) public init(_ code: ErrorCode, text: UInt16, limit: ClientLimit = .none) {
        self.code = code
        self.text = text
        self.limit = limit
    }

    public static let none = ExchangeError(.none, text: 0)
    @inline(__always) public var isNone: Bool { code == .none }
}

/// The texts of one transport's errors, numbered: the fixed ones first, others as they come up. Bounded,
/// because a text may come from a server (a TLS alert, say).
public struct ErrorTexts {
    public enum Fixed: UInt16, CaseIterable {
        case none, requestTimeout, noSuchHost, blacklistedIP, blockedHostname, brokenPipe, dialTimeout,
            dialRefused
        case resetByPeer, unknownAuthority, hostnameMismatch, endOfFile, unexpectedEndOfFile, descriptors,
            ports
        case malformedResponse, headTooLarge, cancelled, proxyRefused, tlsRecordHeader, lookupFailed

        public var text: String {
            switch self {
            case .none: ""
            case .requestTimeout: "request timeout"
            case .noSuchHost: "lookup: no such host"
            case .blacklistedIP: "ip is blacklisted"
            case .blockedHostname: "hostname is blocked"
            case .brokenPipe: "write: broken pipe"
            case .dialTimeout: "dial: i/o timeout"
            case .dialRefused: "dial: connection refused"
            case .resetByPeer: "read: connection reset by peer"
            case .unknownAuthority: "x509: unknown authority"
            case .hostnameMismatch: "x509: certificate doesn't match hostname"
            case .endOfFile: "EOF"
            case .unexpectedEndOfFile: "unexpected EOF"
            case .descriptors: "dial: too many open files"
            case .ports: "dial: cannot assign requested address"
            case .malformedResponse: "malformed HTTP response"
            case .headTooLarge: "response headers exceed 1048576 bytes"
            case .cancelled: "request cancelled"
            case .proxyRefused: "proxy refused the tunnel"
            case .tlsRecordHeader: "tls: first record does not look like a TLS handshake"
            case .lookupFailed: "lookup: temporary failure in name resolution"
            }
        }
    }

    public private(set) var texts = Fixed.allCases.map(\.text)
    private static let textsMax = 512

    public init() {}

    /// The number of `text`, added if new; past the bound every new text is counted as "other error".
    public mutating func number(of text: String) -> UInt16 {
        if let known = texts.firstIndex(of: text) { return UInt16(known) }
        if texts.count == Self.textsMax { texts.append("other error") }
        if texts.count > Self.textsMax { return UInt16(Self.textsMax) }
        texts.append(text)
        return UInt16(texts.count - 1)
    }

    public subscript(number: UInt16) -> String { texts[Int(number)] }
}

extension ExchangeError {
    @inline(__always)
    public init(_ code: ErrorCode, _ text: ErrorTexts.Fixed, limit: ClientLimit = .none) {
        self.init(code, text: text.rawValue, limit: limit)
    }
}
