// Results of several processes added up to one, exactly: counts and buckets are summed, percentiles and
// thresholds are computed on the sums. Called by `apus merge`, and by `apus export` for one file. Pure; what
// segments the parts cover is the caller's question.

import Base
import Metrics

/// One file of a merge: its first line was read, the reader stands behind it.
public struct ResultInput {
    public let name: String
    public let header: ResultHeader
    public var reader: ResultReader

    /// - Throws: when the first line is no result's.
    public init(_ name: String, _ source: @escaping ResultReader.Source) throws(ResultProblem) {
        self.name = name
        reader = ResultReader(source)
        guard case .header(let header)? = try reader.next() else {
            throw ResultProblem("it is no result file of apus")
        }
        self.header = header
    }
}

public struct ResultMerge {
    /// The runs added up, in the order of the files.
    public private(set) var parts: [ResultPart] = []
    /// The last lines of the files that have one.
    public private(set) var ends: [ResultEnd] = []
    /// Merged files without one: not all of their runs may be in them.
    public private(set) var unfinished: [String] = []
    /// Sums by series, in the order the series came up.
    public private(set) var series: [(series: ResultSeries, sink: Sink)] = []
    private var places: [ResultSeries: Int] = [:]

    public init() {}

    /// Whether parts of several processes that ran at the same time add up to this gauge.
    static func addsUp(_ metric: String) -> Bool { metric == "vus" || metric == "vus_max" }

    /// Reads the rest of a file and adds it up.
    public mutating func add(_ input: inout ResultInput) throws(ResultProblem) {
        var names: [Int: ResultSeries] = [:]
        var summed: [Int: Sink] = [:]
        var order: [Int] = []
        var totals: ResultValues?
        var end: ResultEnd?
        var lastNs = input.header.startNs
        while let record = try input.reader.next() {
            switch record {
            case .header: preconditionFailure("a reader gives one header")
            case .series(let number, let series):
                names[number] = series
                order.append(number)
            case .interval(let values):
                lastNs = max(lastNs, values.toNs)
                for (number, sink) in values.values { Self.merge(sink, into: &summed[number]) }
            case .totals(let values): totals = values
            case .end(let last): end = last
            }
        }
        if let totals, end != nil {
            summed = [:]
            for (number, sink) in totals.values { summed[number] = sink }
        }
        for number in order {
            if let sink = summed[number], let series = names[number] { add(sink, to: series) }
        }
        addParts(of: input, end, lastNs)
    }

    private static func merge(_ sink: Sink, into sum: inout Sink?) {
        if sum == nil { sum = sink.empty }
        sum!.merge(sink)
    }

    private mutating func add(_ sink: Sink, to one: ResultSeries) {
        if let place = places[one] {
            Self.combine(sink, into: &series[place].sink, metric: one.metric)
            return
        }
        places[one] = series.count
        series.append((one, sink))
    }

    /// Adds what another process counted at the same time.
    static func combine(_ sink: Sink, into sum: inout Sink, metric: String) {
        guard case .gauge(let one) = sum, case .gauge(let other) = sink, addsUp(metric) else {
            return sum.merge(sink)
        }
        sum = .gauge(
            GaugeSink(
                count: one.count + other.count, value: one.value + other.value, at: max(one.at, other.at),
                lowest: one.min + other.min, highest: one.exactMax + other.exactMax))
    }

    private mutating func addParts(of input: ResultInput, _ end: ResultEnd?, _ lastNs: Int64) {
        if let end { ends.append(end) }
        if !input.header.parts.isEmpty {
            parts += input.header.parts
            if end == nil { unfinished.append(input.name) }
            return
        }
        let header = input.header
        let verdict = end?.verdict.map {
            ResultVerdict(kind: $0.kind, cause: $0.cause, reason: $0.reason, evidence: [])
        }
        parts.append(
            ResultPart(
                name: input.name, id: header.id, segment: header.segment, sequence: header.sequence,
                startNs: header.startNs, endNs: max(end?.atNs ?? lastNs, header.startNs),
                elapsedNs: end?.elapsedNs ?? lastNs - header.startNs, exitCode: end?.exitCode,
                isAborted: end?.isAborted ?? false, verdict: verdict))
    }

    /// How long some part was running, pauses excluded: what sums per second are counted by.
    public var elapsedNs: Int64 {
        var sum: Int64 = 0
        var reached = Int64.min
        for part in parts.sorted(by: { $0.startNs < $1.startNs }) {
            let (end, overflow) = part.startNs.addingReportingOverflow(part.elapsedNs)
            let to = overflow ? Int64.max : end
            if to <= reached { continue }
            sum += to - max(reached, part.startNs)
            reached = to
        }
        return sum
    }

    public var startNs: Int64 { parts.map(\.startNs).min() ?? 0 }
    public var endNs: Int64 { parts.map(\.endNs).max() ?? 0 }

    public func sink(named name: String) -> (series: ResultSeries, sink: Sink)? {
        series.first { $0.series.name == name }
    }

    /// The sums as a run's own aggregate, for whatever is computed from one.
    /// - Parameter registry: knows every metric of the series, `demand` every sub-metric; series of others
    ///   are left out.
    public func aggregate(registry: MetricRegistry, demand: SeriesDemand) -> Aggregate {
        let aggregate = Aggregate(registry: registry, demand: demand)
        let (from, to) = (Instant(ns: startNs), Instant(ns: endNs))
        for (series, sink) in series {
            guard let metric = registry.find(series.metric), metric.kind == sink.kind else { continue }
            let scope: SeriesKey.Scope
            switch series.scope {
            case .total: scope = .total
            case .tagged(let tags): scope = .tagged(tags)
            case .overflow: scope = .overflow
            case .submetric:
                guard let known = demand.submetrics.first(where: { $0.name == series.name }) else { continue }
                scope = .submetric(known.id)
            }
            aggregate.add(sink, to: SeriesKey(metric: metric.id, scope: scope), from: from, to: to)
        }
        return aggregate
    }
}

extension Sink {
    var kind: MetricKind {
        switch self {
        case .counter: .counter
        case .gauge: .gauge
        case .rate: .rate
        case .trend: .trend
        }
    }

    /// Sums of its own, with nothing in them: trends are references.
    var empty: Sink { Sink(kind) }
}
