// The output `experimental-prometheus-rw`: all series with all their tags, cumulative since the start,
// written to Prometheus every few seconds in the form of remote write 1.0, under k6's names. Made by the CLI
// from `RemoteWriteConfiguration`; fed with intervals on the outputs' thread; `Delivery` sends.

import Base
import Codec
import HTTP
import HTTPClient
import Metrics
import PrometheusProto
import TLS

public final class RemoteWriteOutput: SampleOutput {
    private let configuration: RemoteWriteConfiguration
    private let url: RequestURL
    private let delivery: Delivery
    /// By `SeriesIdentity.number`; nil for those Prometheus does not get.
    private var series: [RemoteWriteSeries?] = []
    /// In the order of their first sample.
    private var started: [RemoteWriteSeries] = []
    /// With samples since the last request.
    private var touched: [RemoteWriteSeries] = []
    private var hasBegunToFinish = false

    /// - Throws: when the address is none, or the client's certificate cannot be read.
    public init(
        _ configuration: RemoteWriteConfiguration, proxies: ProxySettings = ProxySettings()
    ) throws(OutputError) {
        self.configuration = configuration
        do { url = try RequestURL(parsing: configuration.url) } catch {
            throw OutputError("\(configuration.urlSource): \(error.description)")
        }
        var settings = try Self.delivery(configuration, url)
        settings.proxies = proxies
        delivery = Delivery(settings)
    }

    private static func delivery(
        _ configuration: RemoteWriteConfiguration, _ url: RequestURL
    ) throws(OutputError) -> DeliverySettings {
        var settings = DeliverySettings(name: "Prometheus", url: url)
        settings.timeoutNs = Limits.remoteWriteTimeoutNs
        // One after another: Prometheus refuses samples older than those it has.
        settings.concurrency = 1
        for header in configuration.headers {
            switch header.name.lowercased() {
            case "user-agent": settings.userAgent = header.value
            case "authorization":
                // Goes before the address's own credentials.
                (settings.url.user, settings.url.password) = (nil, nil)
                fallthrough
            default: settings.headers.append((name: header.name, value: header.value))
            }
        }
        settings.security.insecureSkipVerify = configuration.skipsTLSVerify
        if let files = configuration.certificateFiles {
            do throws(TLSSetupError) {
                settings.security.identities = [
                    try TLSIdentity(certificateFile: files.certificate, keyFile: files.key)
                ]
            } catch { throw OutputError("failed to load the TLS certificate: \(error.description)") }
        }
        if let signature = configuration.signature {
            (settings.url.user, settings.url.password) = (nil, nil)
            let headers = configuration.headers.filter { $0.name.lowercased() != "authorization" }
            settings.headers.removeAll { $0.name.lowercased() == "authorization" }
            settings.sign = { body, wallNs in
                signature.headers(
                    host: url.authority, target: url.target, headers: headers, body: body, wallNs: wallNs
                ).map { (name: $0.name, value: $0.value) }
            }
        }
        return settings
    }

    // MARK: - SampleOutput

    public var label: String { "Prometheus remote write (\(url.maskedText))" }
    public var needs: OutputNeeds { [.taggedSeries] }
    public var isRemote: Bool { true }
    public var flushIntervalNs: Int64 { configuration.pushIntervalNs }

    public func open() throws(OutputError) { try delivery.start() }

    public func add(_ interval: SeriesInterval) throws(OutputError) {
        let atMs = interval.toWallNs / Ns.perMillisecond
        for delta in interval.deltas where delta.series.isTagged {
            let one = find(delta.series)
            if one.add(delta.sink, atMs: atMs) { touched.append(one) }
        }
    }

    private func find(_ identity: SeriesIdentity) -> RemoteWriteSeries {
        if identity.number >= series.count {
            series += repeatElement(nil, count: identity.number + 1 - series.count)
        }
        if let known = series[identity.number] { return known }
        let fresh = RemoteWriteSeries(
            identity, statistics: configuration.statistics, isNative: configuration.isNative)
        series[identity.number] = fresh
        started.append(fresh)
        return fresh
    }

    public func flush() throws(OutputError) {
        try send(touched) { $0.appendSamples(to: &$1) }
        touched.removeAll(keepingCapacity: true)
    }

    public func beginFinish() throws(OutputError) {
        hasBegunToFinish = true
        // What was to be sent may fail; what is under way still goes out.
        defer { delivery.beginDrain() }
        try flush()
        if configuration.sendsStaleMarkers {
            let endMs = (started.map(\.sentMs).max() ?? 0) + 1
            try send(started) { $0.appendStaleMarkers(atMs: endMs, to: &$1) }
        }
    }

    public func finish() throws(OutputError) {
        defer { delivery.join() }
        if !hasBegunToFinish { try beginFinish() }
    }

    public func takeNotes() -> [OutputNote] { delivery.takeNotes() }

    private func send(
        _ series: [RemoteWriteSeries], _ append: (RemoteWriteSeries, inout [Prometheus_TimeSeries]) -> Void
    ) throws(OutputError) {
        for request in Self.requests(series, seriesMax: Limits.remoteWriteSeriesMax, append) {
            let bytes: [UInt8]
            do { bytes = try request.bytes() } catch {
                throw OutputError("a request could not be encoded: \(error)")
            }
            delivery.enqueue(SnappyBlock.compress(bytes), points: request.timeseries.count)
        }
    }

    /// Requests of at most `seriesMax` time series; a trend's gauges stay together.
    static func requests(
        _ series: [RemoteWriteSeries], seriesMax: Int,
        _ append: (RemoteWriteSeries, inout [Prometheus_TimeSeries]) -> Void
    ) -> [Prometheus_WriteRequest] {
        var requests: [Prometheus_WriteRequest] = []
        for one in series {
            let isFull = requests.last.map { $0.timeseries.count + one.count > seriesMax } ?? true
            if isFull { requests.append(Prometheus_WriteRequest()) }
            append(one, &requests[requests.count - 1].timeseries)
        }
        return requests
    }
}
