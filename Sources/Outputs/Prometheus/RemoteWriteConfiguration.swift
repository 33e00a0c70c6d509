// How the output `experimental-prometheus-rw` is set up: defaults, then the config file and the environment,
// with k6's names. Its argument means nothing, as in k6. Pure; called by the CLI.

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
    /// Where it was set, for messages.
    public private(set) var urlSource = prefix + "SERVER_URL"
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
    private var certificate: String?
    private var key: String?
    /// Region, access key and secret key.
    private var signing = ["", "", ""]

    public struct CertificateFiles: Hashable, Sendable {
        public var certificate: String
        public var key: String
    }

    private static let prefix = "K6_PROMETHEUS_RW_"
    private static let signingNames = ["SIGV4_REGION", "SIGV4_ACCESS_KEY", "SIGV4_SECRET_KEY"]

    public init(
        environment: [String: String], collector: CollectorSettings = CollectorSettings()
    ) throws(OutputError) {
        try read(collector)
        try read(environment)
        if let certificate, let key, !certificate.isEmpty, !key.isEmpty {
            certificateFiles = CertificateFiles(certificate: certificate, key: key)
        }
        if signing.allSatisfy(\.isEmpty) { return }
        if signing.contains("") {
            let names = Self.signingNames.map { Self.prefix + $0 }.joined(separator: ", ")
            throw OutputError(
                "sigv4 seems to be partially configured. All of \(names) must all be set. Unset all to "
                    + "bypass sigv4")
        }
        signature = AWSSignature(region: signing[0], accessKey: signing[1], secretKey: signing[2])
    }

    private mutating func read(_ collector: CollectorSettings) throws(OutputError) {
        if let text = try collector.text("url"), !text.isEmpty {
            (url, urlSource) = (text, collector.path("url"))
        }
        pushIntervalNs = try collector.intervalNs("pushInterval") ?? pushIntervalNs
        if let names = try collector.texts("trendStats") { try setStatistics(names) }
        isNative = try collector.flag("trendAsNativeHistogram") ?? isNative
        sendsStaleMarkers = try collector.flag("staleMarkers") ?? sendsStaleMarkers
        skipsTLSVerify = try collector.flag("insecureSkipTLSVerify") ?? skipsTLSVerify
        username = try collector.text("username") ?? username
        password = try collector.text("password") ?? password
        bearerToken = try collector.text("bearerToken") ?? bearerToken
        certificate = try collector.text("clientCertificate")
        key = try collector.text("clientCertificateKey")
        for pair in try collector.pairs("headers") { set(Header(pair.name, pair.value)) }
        for (index, name) in ["sigV4Region", "sigV4AccessKey", "sigV4SecretKey"].enumerated() {
            signing[index] = try collector.text(name) ?? ""
        }
    }

    private mutating func read(_ environment: [String: String]) throws(OutputError) {
        func text(_ name: String) -> String? { environment[Self.prefix + name] }
        if let text = text("SERVER_URL"), !text.isEmpty {
            (url, urlSource) = (text, Self.prefix + "SERVER_URL")
        }
        if let text = text("PUSH_INTERVAL") { pushIntervalNs = try Self.interval(text) }
        if let text = text("TREND_STATS") {
            try setStatistics(text.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
        }
        isNative = try Self.bool(text("TREND_AS_NATIVE_HISTOGRAM"), "TREND_AS_NATIVE_HISTOGRAM") ?? isNative
        sendsStaleMarkers = try Self.bool(text("STALE_MARKERS"), "STALE_MARKERS") ?? sendsStaleMarkers
        skipsTLSVerify =
            try Self.bool(text("INSECURE_SKIP_TLS_VERIFY"), "INSECURE_SKIP_TLS_VERIFY") ?? skipsTLSVerify
        username = text("USERNAME") ?? username
        password = text("PASSWORD") ?? password
        bearerToken = text("BEARER_TOKEN") ?? bearerToken
        certificate = text("CLIENT_CERTIFICATE") ?? certificate
        key = text("CLIENT_CERTIFICATE_KEY") ?? key
        try readHeaders(environment)
        for (index, name) in Self.signingNames.enumerated() { signing[index] = text(name) ?? signing[index] }
    }

    private mutating func setStatistics(_ names: [String]) throws(OutputError) {
        statistics = []
        for name in names {
            let statistic = try TrendStatistic(name)
            // The same name twice would be the same series twice.
            if !statistics.contains(where: { $0.suffix == statistic.suffix }) { statistics.append(statistic) }
        }
    }

    private mutating func readHeaders(_ environment: [String: String]) throws(OutputError) {
        let named = Self.prefix + "HEADERS_"
        for (variable, value) in environment.sorted(by: { $0.key < $1.key })
        where variable.hasPrefix(named) && variable.utf8.count > named.utf8.count {
            set(Header(String(variable.dropFirst(named.count)), value))
        }
        guard let text = environment[Self.prefix + "HTTP_HEADERS"] else { return }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            let halves = part.split(separator: ":", omittingEmptySubsequences: false)
            guard halves.count == 2 else {
                // Its value may be a secret.
                let name = halves.count > 2 ? " (\(halves[0].trimmed))" : ""
                throw OutputError(
                    "\(Self.prefix)HTTP_HEADERS: header \(index + 1)\(name) does not respect the expected "
                        + "format <header key>:<value>; other values go into \(Self.prefix)HEADERS_<NAME>")
            }
            set(Header(halves[0].trimmed, halves[1].trimmed))
        }
    }

    private mutating func set(_ header: Header) {
        ownHeaders.removeAll { $0.name.lowercased() == header.name.lowercased() }
        ownHeaders.append(header)
    }

    /// Of every request, besides those about its body's length and its signature. Those of the protocol
    /// cannot be replaced; a bearer token goes before a header set by name, and that before a user's name.
    public var headers: [Header] {
        let fixed = [
            Header("User-Agent", "k6-prometheus-rw-output"), Header("Content-Encoding", "snappy"),
            Header("Content-Type", "application/x-protobuf"),
            Header("X-Prometheus-Remote-Write-Version", "0.1.0"),
        ]
        let names = Set(fixed.map { $0.name.lowercased() })
        var headers = fixed + ownHeaders.filter { !names.contains($0.name.lowercased()) }
        if !bearerToken.isEmpty {
            headers.removeAll { $0.name.lowercased() == "authorization" }
            headers.append(Header("Authorization", "Bearer \(bearerToken)"))
        } else if !username.isEmpty, !headers.contains(where: { $0.name.lowercased() == "authorization" }) {
            let pair = Base64.encode(Array("\(username):\(password)".utf8))
            headers.append(Header("Authorization", "Basic \(pair)"))
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
    private static func bool(_ text: String?, _ name: String) throws(OutputError) -> Bool? {
        switch text {
        case nil: return nil
        case "0", "f", "F", "false", "FALSE", "False": return false
        case "1", "t", "T", "true", "TRUE", "True": return true
        case .some(let text): throw OutputError("\(prefix)\(name) is true or false, not \"\(text)\"")
        }
    }
}
