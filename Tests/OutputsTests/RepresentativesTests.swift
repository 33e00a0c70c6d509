// Values of equal weight for many: their mean is the trend's, their percentiles are the trend's to the stated
// share of ranks, and each series of a metric gets its part.

import Base
import Testing

@testable import Metrics
@testable import Outputs

@Suite struct RepresentativesTests {
    static let shapes: [(name: String, value: @Sendable (inout SeededRandom) -> Double)] = [
        ("constant", { _ in 12.34 }),
        ("uniform", { $0.unit() * 100 }),
        ("heavy tail", { 0.3 / (1.0001 - $0.unit()) }),
        ("two peaks", { $0.unit() < 0.9 ? 1 + $0.unit() * 0.01 : 5_000 + $0.unit() }),
        ("mostly zero", { $0.unit() < 0.8 ? 0 : $0.unit() }),
        ("signed", { ($0.unit() - 0.4) * 40 }),
    ]

    private func trend(_ shape: Int, _ count: Int) -> (sink: TrendSink, sorted: [Double]) {
        var random = SeededRandom(seed: UInt64(shape + 17))
        let sink = TrendSink()
        var values: [Double] = []
        for _ in 0..<count {
            values.append(Self.shapes[shape].value(&random))
            sink.record(values.last!)
        }
        return (sink, values.sorted())
    }

    @Test("mean and percentiles", arguments: shapes.indices, [1, 7, 250, 1000])
    func shape(shape: Int, number: Int) {
        let (sink, sorted) = trend(shape, 54_321)
        let values = Representatives.values(of: sink, number: number)
        #expect(values.count == number)
        // Equal ones differ by what adding up in another order makes of them.
        let rises = zip(values, values.dropFirst()).allSatisfy { $1 - $0 >= -1e-9 * abs($0) }
        #expect(rises, "\(Self.shapes[shape].name)")
        let mean = values.reduce(0, +) / Double(number)
        let exact = sorted.reduce(0, +) / Double(sorted.count)
        #expect(abs(mean - exact) <= 0.001 * abs(exact) + 1e-9, "\(Self.shapes[shape].name)")
        // InfluxDB's percentile: the value at the nearest rank.
        for percent in [5.0, 50, 90, 95, 99] where number >= 250 {
            let shown = values[min(max(Int((percent / 100 * Double(number)).rounded()) - 1, 0), number - 1)]
            let slack = 100.5 / Double(number)
            func at(_ percent: Double) -> Double {
                sorted[min(max(Int(percent / 100 * Double(sorted.count)), 0), sorted.count - 1)]
            }
            let (low, high) = (at(percent - slack), at(percent + slack))
            #expect(shown >= low - 0.002 * abs(low), "p\(percent) of \(Self.shapes[shape].name)")
            #expect(shown <= high + 0.002 * abs(high), "p\(percent) of \(Self.shapes[shape].name)")
        }
    }

    @Test("as many as there are: every value, smallest and largest to the letter")
    func all() {
        let (sink, sorted) = trend(1, 500)
        let values = Representatives.values(of: sink, number: 500)
        #expect(values.first == sorted.first && values.last == sorted.last)
        #expect(zip(values, sorted).allSatisfy { abs($0 - $1) <= 0.0005 * $1 })
        let one = TrendSink()
        one.record(0.123456)
        #expect(Representatives.values(of: one, number: 1) == [0.123456])
    }

    @Test(
        "each series of a metric has its part, and none is left out",
        arguments: [
            ([10, 20, 0], 1000, [10, 20, 0]), ([9_900, 100], 1000, [990, 10]),
            ([1_000_000, 3], 100, [100, 1]),
            ([], 10, []),
        ] as [([UInt64], Int, [Int])])
    func shares(counts: [UInt64], most: Int, expected: [Int]) {
        #expect(Representatives.shares(of: counts, most: most) == expected)
    }

    @Test("a value stands for as many samples as before, within bounds")
    func weight() {
        let second: Int64 = 1_000_000_000
        var weight = Representatives.Weight()
        #expect(weight.next(total: 500, most: 1000, lengthNs: second) == 1)
        weight = Representatives.Weight()
        #expect(weight.next(total: 100_000, most: 1000, lengthNs: second) == 100)
        #expect(weight.next(total: 60_000, most: 1000, lengthNs: second) == 100)
        #expect(weight.next(total: 190_000, most: 1000, lengthNs: second) == 100)
        // Fewer than a quarter of the values would be too few, more than twice too many.
        #expect(weight.next(total: 5_000, most: 1000, lengthNs: second) == 20)
        #expect(weight.next(total: 450_000, most: 1000, lengthNs: second) == 400)
        #expect(weight.next(total: 100_000, most: 1000, lengthNs: second) == 400)
        // In a tenth of the time a tenth of them; one value, however short it was.
        #expect(weight.next(total: 1_000, most: 1000, lengthNs: second / 10) == 40)
        #expect(weight.next(total: 20, most: 1000, lengthNs: second / 1000) == 20)
    }

    @Test("places in an interval are apart and mixed", arguments: [1, 2, 3, 10, 250, 997, 1000])
    func places(number: Int) {
        let places = (0..<number).map { Representatives.place($0, of: number) }
        #expect(Set(places).count == number)
        #expect(places.allSatisfy { $0 > 0 && $0 < 1 })
        // The smaller half is in both halves of the interval.
        if number >= 100 {
            let early = places.prefix(number / 2).count { $0 < 0.5 }
            #expect(early > number / 6 && early < number / 3)
        }
    }
}
