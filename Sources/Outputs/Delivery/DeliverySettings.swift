// Where and how an output's bodies are posted, and what an output has to say meanwhile. Values, filled in by
// the outputs that send to stores over HTTP (InfluxDB, Prometheus) and read by `Delivery`.

import Base
import HTTP
import HTTPClient
import TLS

/// A line for the log, from whichever thread.
public struct OutputNote: Hashable, Sendable {
    public enum Severity: Hashable, Sendable { case info, warning, error }

    public var severity: Severity
    public var text: String

    public init(_ severity: Severity, _ text: String) {
        self.severity = severity
        self.text = text
    }
}

public struct DeliverySettings: Sendable {
    /// Who receives, for messages: "InfluxDB".
    public var name: String
    /// Where to; user and password in it become Basic authentication.
    public var url: RequestURL
    /// Beside Host, User-Agent, Content-Length and Authorization.
    public var headers: [(name: String, value: String)] = []
    public var userAgent = "apus"
    /// Requests under way at once. With one, bodies arrive in order.
    public var concurrency = 1
    public var timeoutNs = Limits.deliveryTimeoutNs
    /// Headers that depend on the body or the time (since 1970): asked for each attempt. On the delivery's
    /// thread.
    public var sign: (@Sendable (_ body: [UInt8], _ wallNs: Int64) -> [(name: String, value: String)])?
    /// Posted before everything else, again and again while the server fails; a refusal is fine.
    public var preface: RequestURL?
    /// The pause after a first failure, which doubles with each further one, and the longest.
    public var pausesNs = Limits.deliveryPauseNsMin...Limits.deliveryPauseNsMax
    public var proxies = ProxySettings()
    public var security = TLSClientOptions()
    public var bytesMax = Limits.deliveryBytesMax

    public init(name: String, url: RequestURL) {
        self.name = name
        self.url = url
    }

    /// The receiver and its address, without credentials.
    public var receiver: String { "\(name) (\(url.scheme)://\(url.authority))" }
}

/// One body on its way.
struct Parcel {
    var body: [UInt8]
    /// Samples in it, for the account of what was lost.
    var points: Int
    var attempts = 0
    var isPreface = false
}
