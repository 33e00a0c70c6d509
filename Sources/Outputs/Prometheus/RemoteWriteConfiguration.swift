// How the output `experimental-prometheus-rw` is set up: defaults, then the environment, with k6's names. Its
// argument means nothing, as in k6. Pure; called by the CLI.

import Base
import Codec

public struct RemoteWriteConfiguration: Hashable, Sendable {
    public struct Header: Hashable, Sendable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public var url = "http://localhost:9090/api/v1/write"
    public var pushIntervalNs = 5 * Ns.perSecond
    public var statistics: [TrendStatistic] = [.percentile(99, digits: "99")]
    public var isNative = false
    public var sendsStaleMarkers = false
    public var skipsTLSVerify = false
    /// PEM files; both or neither.
    public var certificateFiles: CertificateFiles?
    public var signature: AWSSignature?
    public private(set) var username = ""
    public private(set) var password = ""
    public private(set) var bearerToken = ""
    private var ownHeaders: [Header] = []

    public struct CertificateFiles: Hashable, Sendable {
        public var certificate: String
        public var key: String
    }

    private static let prefix = "K6_PROMETHEUS_RW_"

    public init(environment: [String: String]) throws(OutputError) {
        func text(_ name: String) -> String? { environment[Self.prefix + name] }
        func bool(_ name: String) throws(OutputError) -> Bool { try Self.bool(text(name), name) }
        if let text = text("SERVER_URL"), !text.isEmpty { url = text }
        if let text = text("PUSH_INTERVAL") { pushIntervalNs = try Self.interval(text) }
        if let text = text("TREND_STATS") {
            statistics = []
            for name in text.split(separator: ",", omittingEmptySubsequences: false) {
                let statistic = try TrendStatistic(String(name))
                // The same name twice would be the same series twice.
                if !statistics.contains(where: { $0.suffix == statistic.suffix }) {
                    statistics.append(statistic)
                }
            }
        }
        isNative = try bool("TREND_AS_NATIVE_HISTOGRAM")
        sendsStaleMarkers = try bool("STALE_MARKERS")
        skipsTLSVerify = try bool("INSECURE_SKIP_TLS_VERIFY")
        username = text("USERNAME") ?? ""
        password = text("PASSWORD") ?? ""
        bearerToken = text("BEARER_TOKEN") ?? ""
        if let certificate = text("CLIENT_CERTIFICATE"), let key = text("CLIENT_CERTIFICATE_KEY"),
            !certificate.isEmpty, !key.isEmpty
        {
            certificateFiles = CertificateFiles(certificate: certificate, key: key)
        }
        try readHeaders(environment)
        try readSignature(environment)
    }

    private mutating func readHeaders(_ environment: [String: String]) throws(OutputError) {
        if let text = environment[Self.prefix + "HTTP_HEADERS"] {
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                let halves = part.split(separator: ":", omittingEmptySubsequences: false)
                guard halves.count == 2 else {
                    throw OutputError(
                        "the provided header (\(part)) does not respect the expected format "
                            + "<header key>:<value>")
                }
                set(Header(Self.trimmed(halves[0]), Self.trimmed(halves[1])))
            }
        }
        let named = Self.prefix + "HEADERS_"
        for (variable, value) in environment.sorted(by: { $0.key < $1.key })
        where variable.hasPrefix(named) && variable.utf8.count > named.utf8.count {
            set(Header(String(variable.dropFirst(named.count)), value))
        }
    }

    private mutating func set(_ header: Header) {
        ownHeaders.removeAll { $0.name.lowercased() == header.name.lowercased() }
        ownHeaders.append(header)
    }

    private mutating func readSignature(_ environment: [String: String]) throws(OutputError) {
        let names = ["SIGV4_REGION", "SIGV4_ACCESS_KEY", "SIGV4_SECRET_KEY"].map { Self.prefix + $0 }
        let values = names.map { environment[$0] ?? "" }
        if values.allSatisfy(\.isEmpty) { return }
        if values.contains("") {
            throw OutputError(
                "sigv4 seems to be partially configured. All of \(names.joined(separator: ", ")) must all be "
                    + "set. Unset all to bypass sigv4")
        }
        signature = AWSSignature(region: values[0], accessKey: values[1], secretKey: values[2])
    }

    /// Of every request, besides those about its body's length and its signature. Those of the protocol
    /// cannot be replaced; a bearer token goes before a user's name, and a header set by name before both.
    public var headers: [Header] {
        let fixed = [
            Header("User-Agent", "k6-prometheus-rw-output"), Header("Content-Encoding", "snappy"),
            Header("Content-Type", "application/x-protobuf"),
            Header("X-Prometheus-Remote-Write-Version", "0.1.0"),
        ]
        let names = Set(fixed.map { $0.name.lowercased() })
        var headers = fixed + ownHeaders.filter { !names.contains($0.name.lowercased()) }
        if !headers.contains(where: { $0.name.lowercased() == "authorization" }) {
            if !bearerToken.isEmpty {
                headers.append(Header("Authorization", "Bearer \(bearerToken)"))
            } else if !username.isEmpty {
                let pair = Base64.encode(Array("\(username):\(password)".utf8))
                headers.append(Header("Authorization", "Basic \(pair)"))
            }
        }
        return headers
    }

    private static func interval(_ text: String) throws(OutputError) -> Int64 {
        let ns: Int64
        do { ns = try GoDuration.parseExtended(text) } catch {
            throw OutputError("\(prefix)PUSH_INTERVAL: \(error)")
        }
        if ns <= 0 { throw OutputError("\(prefix)PUSH_INTERVAL must be longer than nothing, not \(text)") }
        return ns
    }

    /// As Go reads truth values.
    private static func bool(_ text: String?, _ name: String) throws(OutputError) -> Bool {
        switch text {
        case nil, "0", "f", "F", "false", "FALSE", "False": return false
        case "1", "t", "T", "true", "TRUE", "True": return true
        case .some(let text): throw OutputError("\(prefix)\(name) is true or false, not \"\(text)\"")
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
