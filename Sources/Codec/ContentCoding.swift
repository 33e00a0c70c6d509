// The content codings of HTTP that Apus speaks and how a Content-Encoding header names them. Read by the
// decoder, the encoder and whoever builds or reads such a header.

public enum ContentCoding: String, CaseIterable, Sendable {
    case gzip
    /// The zlib format, as the HTTP standard means it; bare deflate data is refused, as k6 refuses it.
    case deflate
    case brotli = "br"
    case zstd

    /// The codings of a Content-Encoding header, in the order they were applied. Like k6, names are compared
    /// with case, and unknown ones (also `identity`) are passed over: such a layer is left as it is.
    public static func list(header: some StringProtocol) -> [ContentCoding] {
        header.split(separator: ",").compactMap { part in
            let bytes = part.utf8.drop { $0 == 0x20 || $0 == 0x09 }
            let name = bytes.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed()
            return ContentCoding(rawValue: String(decoding: Array(name), as: UTF8.self))
        }
    }
}

/// Why a body could not be decoded.
public struct DecodeError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// The data is not what the coding says it is (k6's error code 1701).
        case invalid
        /// The data ended before the coding did, or its compressed part is damaged (k6 counts these as 1000).
        case damaged
        /// The output would have been larger than the caller allowed.
        case tooLarge
    }

    public var kind: Kind
    public var reason: String

    public init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    /// k6's number for this failure.
    public var errorCode: Int { kind == .invalid ? 1701 : 1000 }

    /// The text k6 shows for this failure.
    public var description: String {
        kind == .invalid ? "error decompressing response body (\(reason))" : reason
    }

    static let unexpectedEnd = DecodeError(.damaged, "unexpected EOF")
}
