// `apus merge --save`: the merged result as a result file, its intervals second by second, read from the
// parts once more. Called by MergeCommand after the sums are known.

import Base
import Metrics
import Outputs

struct MergedFile {
    let path: String
    let sources: [ResultSource]

    func write(
        _ whole: MergedTest, _ merge: ResultMerge, _ first: ResultHeader, _ end: ResultEnd
    ) throws(CLIError) {
        do throws(OutputError) {
            let file = ResultFile(path: path, header: try header(whole, merge, first))
            try file.create()
            var numbers = SeriesNumbers()
            try file.write(
                merge.series.map { .series(numbers.take($0.series).number, $0.series) })
            var intervals = try reading { () throws(CLIError) in
                var inputs: [ResultInput] = []
                for source in sources { inputs.append(try source.input()) }
                return try ResultSource.naming(names) {
                    () throws(ResultProblem) in try ResultIntervals(inputs)
                }
            }
            while let second = try reading({ () throws(CLIError) in
                try ResultSource.naming(names) { () throws(ResultProblem) in
                    try intervals.next()
                }
            }) {
                try file.write(numbers.records(of: second))
            }
            let totals = merge.series.map { (series: numbers.take($0.series).number, sink: $0.sink) }
            try file.write([
                .totals(
                    ResultValues(
                        fromNs: merge.startNs, toNs: max(merge.endNs, merge.startNs), values: totals)),
                .end(end),
            ])
        } catch { throw CLIError("the merged result could not be written to \(path): \(error)") }
    }

    private var names: String { sources.map(\.path).joined(separator: ", ") }

    private func reading<Value>(_ body: () throws(CLIError) -> Value) throws(OutputError) -> Value {
        do { return try body() } catch { throw OutputError(error.description) }
    }

    private func header(
        _ whole: MergedTest, _ merge: ResultMerge, _ first: ResultHeader
    ) throws(OutputError) -> ResultHeader {
        var header = first
        header.apus = Version.current
        header.id = try reading { () throws(CLIError) in try RunResult.newID() }
        header.startNs = merge.startNs
        header.segment = ""
        header.sequence = nil
        header.environment = []
        header.metrics = whole.registry.definitions.map { ResultMetric($0.name, $0.kind, $0.contains) }
        header.submetrics = whole.demand.submetrics.map { submetric in
            ResultSubmetric(
                metric: whole.registry[submetric.metric].name, suffix: submetric.suffix, tags: submetric.tags)
        }
        header.thresholds = whole.declared
        header.parts = merge.parts
        return header
    }
}

/// Numbers for series as they come up.
private struct SeriesNumbers {
    private var numbers: [ResultSeries: Int] = [:]

    mutating func take(_ series: ResultSeries) -> (number: Int, isNew: Bool) {
        if let known = numbers[series] { return (known, false) }
        let number = numbers.count
        numbers[series] = number
        return (number, true)
    }

    /// A second's line, behind those of the series that are new in it.
    mutating func records(of second: ResultIntervals.Second) -> [ResultRecord] {
        var records: [ResultRecord] = []
        var values: [(series: Int, sink: Sink)] = []
        for (series, sink) in second.values {
            let (number, isNew) = take(series)
            if isNew { records.append(.series(number, series)) }
            values.append((number, sink))
        }
        records.append(
            .interval(ResultValues(fromNs: second.fromNs, toNs: second.toNs, values: values)))
        return records
    }
}
