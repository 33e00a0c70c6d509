// One series of a run on its way to Prometheus: what it has come to since the start, under the labels of its
// one or, for a trend's gauges, several time series there. Kept and asked by `RemoteWriteOutput`.

import Base
import Metrics
import PrometheusProto

final class RemoteWriteSeries {
    /// A float that Prometheus reads as "this series has ended".
    static let staleMarker = Double(bitPattern: 0x7ff0_0000_0000_0002)

    private let labels: [[Prometheus_Label]]
    private let statistics: [TrendStatistic]
    private let unit: Double
    /// Since the start; empty for a trend that `native` counts.
    private var total: Sink
    private var native: NativeHistogram?
    private var isTouched = false
    private var atMs = Int64.min
    /// When Prometheus was last told of it.
    private(set) var sentMs = Int64.min

    init(_ identity: SeriesIdentity, statistics: [TrendStatistic], isNative: Bool) {
        let metric = identity.metric
        labels = RemoteWriteNames.names(of: metric, statistics: statistics, isNative: isNative)
            .map { RemoteWriteNames.labels(name: $0, tags: identity.tags) }
        self.statistics = statistics
        unit = RemoteWriteNames.unit(of: metric)
        total = Sink(metric.kind)
        native = isNative && metric.kind == .trend ? NativeHistogram() : nil
    }

    /// Time series it is in Prometheus.
    var count: Int { labels.count }

    /// Adds what an interval counted.
    /// - Returns: whether this is the first since `appendSamples`.
    func add(_ delta: Sink, atMs: Int64) -> Bool {
        if delta.isEmpty { return false }
        if native != nil, case .trend(let trend) = delta {
            native!.add(trend, unit: unit)
        } else {
            total.merge(delta)
        }
        self.atMs = atMs
        defer { isTouched = true }
        return !isTouched
    }

    /// Appends one sample per time series, later than any before.
    func appendSamples(to series: inout [Prometheus_TimeSeries]) {
        isTouched = false
        sentMs = max(atMs, sentMs == .min ? atMs : sentMs + 1)
        if let native {
            var one = Prometheus_TimeSeries()
            one.labels = labels[0]
            one.histograms = [native.message(atMs: sentMs)]
            series.append(one)
            return
        }
        switch total {
        case .counter(let counter): append([counter.sum], to: &series)
        case .gauge(let gauge): append([gauge.value], to: &series)
        case .rate(let rate): append([rate.rate], to: &series)
        case .trend(let trend):
            // k6 takes every statistic of a time for a time, its count as well.
            append(statistics.map { $0.value(of: trend) * unit }, to: &series)
        }
    }

    /// Appends the marker that ends each of its time series.
    func appendStaleMarkers(atMs: Int64, to series: inout [Prometheus_TimeSeries]) {
        sentMs = max(atMs, sentMs == .min ? atMs : sentMs + 1)
        append(labels.map { _ in Self.staleMarker }, to: &series)
    }

    private func append(_ values: [Double], to series: inout [Prometheus_TimeSeries]) {
        for (labels, value) in zip(labels, values) {
            var one = Prometheus_TimeSeries()
            var sample = Prometheus_Sample()
            sample.value = value
            sample.timestamp = sentMs
            one.labels = labels
            one.samples = [sample]
            series.append(one)
        }
    }
}
