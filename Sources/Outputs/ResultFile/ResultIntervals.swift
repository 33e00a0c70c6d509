// The intervals of several results side by side, second by second, for a merged file: each file is read once
// more, and only one second of each is in memory. Called by `apus merge --save`.

import Base
import Metrics

/// What all files added to series within one second of the wall clock.
public struct ResultIntervals {
    private var inputs: [Input]

    private struct Input {
        var reader: ResultReader
        var names: [Int: ResultSeries] = [:]
        /// Read and not yet given out.
        var next: ResultValues?

        /// - Returns: false at the end.
        mutating func advance() throws(ResultProblem) -> Bool {
            while let record = try reader.next() {
                switch record {
                case .series(let number, let series): names[number] = series
                case .interval(let values):
                    next = values
                    return true
                case .header, .totals, .end: break
                }
            }
            next = nil
            return false
        }
    }

    public init(_ inputs: [ResultInput]) throws(ResultProblem) {
        self.inputs = []
        for input in inputs {
            var one = Input(reader: input.reader)
            _ = try one.advance()
            self.inputs.append(one)
        }
    }

    /// An interval belongs to the second its middle lies in.
    private static func second(of values: ResultValues) -> Int64 {
        (values.fromNs + (values.toNs - values.fromNs) / 2) / Ns.perSecond
    }

    public typealias Second = (fromNs: Int64, toNs: Int64, values: [(series: ResultSeries, sink: Sink)])

    /// The next second in which anything was counted; nil at the end.
    public mutating func next() throws(ResultProblem) -> Second? {
        guard let second = inputs.compactMap(\.next).map(Self.second).min() else { return nil }
        var result: Second = (.max, 0, [])
        var places: [ResultSeries: Int] = [:]
        for index in inputs.indices {
            for (series, sink) in try take(second, from: index, &result) {
                if let place = places[series] {
                    ResultMerge.combine(sink, into: &result.values[place].sink, metric: series.metric)
                } else {
                    places[series] = result.values.count
                    result.values.append((series, sink))
                }
            }
        }
        return result
    }

    /// What one file has for the second; usually one interval.
    private mutating func take(
        _ second: Int64, from index: Int, _ result: inout Second
    ) throws(ResultProblem) -> [(ResultSeries, Sink)] {
        var sums: [(ResultSeries, Sink)] = []
        var places: [ResultSeries: Int] = [:]
        // Clocks may be set back: whatever is not later than the second belongs to it.
        while let values = inputs[index].next, Self.second(of: values) <= second {
            result.fromNs = min(result.fromNs, values.fromNs)
            result.toNs = max(result.toNs, values.toNs)
            for (number, sink) in values.values {
                guard let series = inputs[index].names[number] else {
                    preconditionFailure("a reader lets no unknown series pass")
                }
                if let place = places[series] {
                    sums[place].1.merge(sink)
                } else {
                    places[series] = sums.count
                    sums.append((series, sink))
                }
            }
            _ = try inputs[index].advance()
        }
        return sums
    }
}
