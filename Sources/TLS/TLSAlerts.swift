// From OpenSSL's error queue to a TLSFailure: alerts by their registered names, worded as Go (and so k6)
// words them. Called by the session when a call has failed, never on the way of a healthy one.

import COpenSSL

extension TLSFailure {
    /// OpenSSL numbers a received alert as its code plus this.
    private static let alertReasonBase: Int32 = 1000

    /// Takes the oldest error of the protocol from the thread's queue, or the oldest of all (a cipher that
    /// failed queues its own complaint first), and empties the queue.
    static func fromErrorQueue() -> TLSFailure {
        var code = ERR_peek_error()
        while true {
            let next = ERR_get_error()
            if next == 0 { break }
            if apus_error_library(next) == ERR_LIB_SSL {
                code = next
                break
            }
        }
        ERR_clear_error()
        guard code != 0 else { return TLSFailure(.generic, "tls: handshake interrupted") }
        let reason = apus_error_reason(code)
        if apus_error_library(code) == ERR_LIB_SSL {
            if reason >= alertReasonBase, let alert = UInt8(exactly: reason - alertReasonBase) {
                return TLSFailure(.remoteAlert(alert), "remote error: tls: \(alertName(alert))")
            }
            switch reason {
            case SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST: return .recordHeader
            case SSL_R_UNEXPECTED_MESSAGE, SSL_R_BAD_RECORD_TYPE:
                return TLSFailure(.localAlert, "local error: tls: unexpected message")
            case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC:
                return TLSFailure(.localAlert, "local error: tls: bad record MAC")
            case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_WRONG_VERSION_NUMBER:
                return TLSFailure(.generic, "tls: peer selected unsupported protocol version")
            default: break
            }
        }
        let text = ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)"
        return TLSFailure(.generic, "tls: \(text)")
    }

    /// The alert's name; the registry is RFC 8446 section 6 and its predecessors.
    static func alertName(_ alert: UInt8) -> String {
        switch alert {
        case 0: "close notify"
        case 10: "unexpected message"
        case 20: "bad record MAC"
        case 21: "decryption failed"
        case 22: "record overflow"
        case 30: "decompression failure"
        case 40: "handshake failure"
        case 42: "bad certificate"
        case 43: "unsupported certificate"
        case 44: "revoked certificate"
        case 45: "expired certificate"
        case 46: "unknown certificate"
        case 47: "illegal parameter"
        case 48: "unknown certificate authority"
        case 49: "access denied"
        case 50: "error decoding message"
        case 51: "error decrypting message"
        case 60: "export restriction"
        case 70: "protocol version not supported"
        case 71: "insufficient security level"
        case 80: "internal error"
        case 86: "inappropriate fallback"
        case 90: "user canceled"
        case 100: "no renegotiation"
        case 109: "missing extension"
        case 110: "unsupported extension"
        case 111: "certificate unobtainable"
        case 112: "unrecognized name"
        case 113: "bad certificate status response"
        case 114: "bad certificate hash value"
        case 115: "unknown PSK identity"
        case 116: "certificate required"
        case 120: "no application protocol"
        default: "alert(\(alert))"
        }
    }
}
