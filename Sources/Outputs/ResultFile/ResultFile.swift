// A result file being written: its first line when the run begins, then the intervals of about a second each,
// at the end the sums and how the run ended. Every line goes to the kernel at once, so that a process that is
// killed loses no more than its last interval. One of a run's outputs; `apus merge --save` writes by it too.

import Base
import Metrics

public final class ResultFile: SampleOutput {
    /// Intervals shorter than this are put together: a terminal asks for five a second.
    private static let intervalNsMin = 950 * Ns.perMillisecond

    public let path: String
    public var header: ResultHeader
    private var file: OutputFile?
    private var isBroken = false
    /// What is to be told with the next interval.
    private var failure: OutputError?
    /// Series that have their line.
    private var known: Set<Int> = []
    // The interval under way.
    private var fromNs = Int64.max
    private var toNs: Int64 = 0
    private var sums: [Int: Sink] = [:]
    private var order: [Int] = []
    private var lines = ""

    public init(path: String, header: ResultHeader) {
        self.path = path
        self.header = header
    }

    public var needs: OutputNeeds { .series }
    public var label: String { "result file (\(path))" }
    public var flushIntervalNs: Int64 { Ns.perSecond }
    public var fileIdentity: FileIdentity? { file?.identity }

    public func open() throws(OutputError) {
        header.startNs = Clock.wallNs()
        file = try OutputFile(path)
        // A full disk is no reason not to run: it is told with the first interval.
        do { try write([.header(header)]) } catch { failure = error }
    }

    /// For a file that is no run's.
    public func create() throws(OutputError) {
        file = try OutputFile(path)
        try write([.header(header)])
    }

    public func add(_ interval: SeriesInterval) throws(OutputError) {
        if let failure { throw failure }
        let offsetNs = interval.fromWallNs - interval.from.ns
        fromNs = min(fromNs, interval.fromWallNs)
        toNs = max(toNs, interval.toWallNs)
        for delta in interval.deltas {
            let number = delta.series.number
            introduce(delta.series)
            if sums[number] == nil {
                sums[number] = delta.sink.empty
                order.append(number)
            }
            sums[number]!.merge(delta.sink.moved(byNs: offsetNs))
        }
        if toNs - fromNs >= Self.intervalNsMin { try writeInterval() }
    }

    public func flush() throws(OutputError) {}

    public func finish() throws(OutputError) {
        if let failure { throw failure }
        try writeInterval()
    }

    private func introduce(_ series: SeriesIdentity) {
        if !known.insert(series.number).inserted { return }
        let one = ResultSeries(series, submetrics: header.submetrics)
        lines += ResultLines.line(.series(series.number, one))
    }

    private func writeInterval() throws(OutputError) {
        if toNs == 0 { return }
        let values = order.compactMap { number in sums[number].map { (series: number, sink: $0) } }
        lines += ResultLines.line(.interval(ResultValues(fromNs: fromNs, toNs: toNs, values: values)))
        (fromNs, toNs) = (.max, 0)
        sums.removeAll(keepingCapacity: true)
        order.removeAll(keepingCapacity: true)
        try writeLines()
    }

    /// The last lines, after `finish`, on the control thread. Does nothing if the file has failed before:
    /// that was said then.
    public func end(_ aggregate: Aggregate, _ end: ResultEnd) throws(OutputError) {
        if isBroken || file == nil { return }
        let offsetNs = end.atNs - Clock.now().ns
        var values: [(series: Int, sink: Sink)] = []
        for series in aggregate.series where !series.isEmpty {
            introduce(series.identity)
            values.append((series.identity.number, series.cumulative.moved(byNs: offsetNs)))
        }
        lines += ResultLines.line(
            .totals(ResultValues(fromNs: min(header.startNs, end.atNs), toNs: end.atNs, values: values)))
        lines += ResultLines.line(.end(end))
        try writeLines()
        file = nil
    }

    public func write(_ records: [ResultRecord]) throws(OutputError) {
        for record in records { lines += ResultLines.line(record) }
        try writeLines()
    }

    private func writeLines() throws(OutputError) {
        file?.lines.append(lines)
        lines = ""
        do { try file?.flush() } catch {
            isBroken = true
            throw error
        }
    }
}

extension Sink {
    /// With a gauge's time on another clock.
    func moved(byNs offsetNs: Int64) -> Sink {
        guard case .gauge(let gauge) = self, gauge.count > 0 else { return self }
        return .gauge(
            GaugeSink(
                count: gauge.count, value: gauge.value, at: Instant(ns: gauge.at.ns + offsetNs),
                lowest: gauge.min, highest: gauge.exactMax))
    }
}

extension ResultSeries {
    /// - Parameter submetrics: by their number.
    init(_ identity: SeriesIdentity, submetrics: [ResultSubmetric]) {
        let scope: Scope
        switch identity.scope {
        case .total: scope = .total
        case .submetric(let id): scope = .submetric(submetrics[id.index].suffix)
        case .tagged(let tags): scope = .tagged(tags)
        case .overflow: scope = .overflow
        }
        self.init(metric: identity.metric.name, scope: scope)
    }
}
