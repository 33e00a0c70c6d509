// The vocabulary of this module: protocol versions, results, failures. Results are trivial values so that
// passing them costs no reference counting; the failure behind a `.failed` waits in the session.

import COpenSSL

public enum TLSVersion: UInt16, Comparable, Sendable, CaseIterable {
    case tls10 = 0x0301
    case tls11 = 0x0302
    case tls12 = 0x0303
    case tls13 = 0x0304

    /// k6's name of the version, as options and tags use it: `tls1.2`.
    public var name: String {
        switch self {
        case .tls10: "tls1.0"
        case .tls11: "tls1.1"
        case .tls12: "tls1.2"
        case .tls13: "tls1.3"
        }
    }

    public init?(name: String) {
        guard let version = TLSVersion.allCases.first(where: { $0.name == name }) else { return nil }
        self = version
    }

    public static func < (a: TLSVersion, b: TLSVersion) -> Bool { a.rawValue < b.rawValue }
}

/// What a handshake, a read or a write came to.
public enum TLSResult: Equatable, Sendable {
    /// The handshake is over, or a read or write moved this many plaintext bytes.
    case bytes(Int)
    /// Everything that was fed is used up; go on when the peer has sent more.
    case incomplete
    /// The peer said that it will send no more (close_notify).
    case closed
    /// The session is of no further use; its `failure` says why. What `output` holds (an alert) should still
    /// be sent.
    case failed

    public static let done = TLSResult.bytes(0)
}

/// Why a session failed, worded and numbered as k6 does.
public struct TLSFailure: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        /// No chain from the certificate to a trusted authority.
        case unknownAuthority
        /// The certificate is not for the host that was asked for.
        case hostnameMismatch
        /// The certificate is expired or not yet valid.
        case certificateTime
        /// The certificate is refused for another reason.
        case certificateOther
        /// The peer does not speak TLS.
        case recordHeader
        /// The peer sent this alert.
        case remoteAlert(UInt8)
        /// The peer broke the protocol and was told so.
        case localAlert
        /// Any other failure of the protocol.
        case generic
        /// The transport ended without the close_notify that should come first, or inside the handshake.
        case truncated
    }

    public var kind: Kind
    public var text: String

    public init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    /// k6's error code for this failure.
    public var errorCode: Int {
        switch kind {
        case .unknownAuthority: 1310
        case .hostnameMismatch: 1311
        case .recordHeader: 1301
        case .remoteAlert, .localAlert: 1010
        case .certificateTime, .certificateOther, .generic, .truncated: 1000
        }
    }

    static let unknownAuthority = TLSFailure(.unknownAuthority, "x509: unknown authority")
    static let hostnameMismatch = TLSFailure(.hostnameMismatch, "x509: certificate doesn't match hostname")
    /// k6 adds the current time, which would make every failure a series of its own.
    static let certificateTime = TLSFailure(
        .certificateTime, "x509: certificate has expired or is not yet valid")
    static let recordHeader = TLSFailure(
        .recordHeader, "tls: first record does not look like a TLS handshake")
}

/// A context could not be made as asked.
public struct TLSSetupError: Error, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }

    /// `what`, followed by the oldest complaint in OpenSSL's queue, which is emptied.
    static func openSSL(_ what: String) -> TLSSetupError {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0, let reason = ERR_reason_error_string(code) else { return TLSSetupError(what) }
        return TLSSetupError("\(what): \(String(cString: reason))")
    }
}

/// What a finished handshake agreed on.
public struct TLSInfo: Equatable, Sendable {
    public var version: TLSVersion
    /// The number of the cipher suite in IANA's registry.
    public var cipherSuite: UInt16

    public var cipherSuiteName: String { TLSCipherSuites.name(id: cipherSuite) }
}
