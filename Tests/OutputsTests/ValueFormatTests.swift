// Tables of single values: what k6 1.1.0 printed for each, and the edges around every unit.

import Base
import Testing

@testable import Outputs

@Suite struct ValueFormatTests {
    @Test(
        "times choose their unit and are cut, not rounded",
        arguments: [
            (0, "0s"), (0.0000004, "0ns"), (0.0005, "500ns"), (0.0009999, "999ns"), (0.001, "1µs"),
            (0.0012345, "1.23µs"), (0.5, "500µs"), (0.999999, "999.99µs"), (1, "1ms"), (1.005, "1ms"),
            (1.5, "1.5ms"),
            (999.999, "999.99ms"), (1000, "1s"), (1234.5678, "1.23s"), (59_999.9, "59.99s"), (60_000, "1m0s"),
            (60_500, "1m0s"), (119_999.9, "1m59s"), (3_599_999, "59m59s"), (3_600_000, "1h0m0s"),
            (90_061_000, "25h1m1s"), (-1, "-1000000ns"),
        ] as [(Double, String)])
    func time(ms: Double, expected: String) {
        #expect(ValueFormat.time(ms: ms) == expected)
    }

    @Test(
        "a fixed unit has two decimals, rounded",
        arguments: [
            (0, "s", "0.00s"), (15.54, "s", "0.02s"), (14.9, "s", "0.01s"), (999.999, "ms", "1000.00ms"),
            (0.0005, "us", "0.50µs"), (3_600_000, "s", "3600.00s"), (1e12, "us", "1000000000000000.00µs"),
            (0, "ms", "0.00ms"), (-0.001, "ms", "-0.00ms"),
        ] as [(Double, String, String)])
    func fixedUnit(ms: Double, unit: String, expected: String) {
        #expect(ValueFormat.value(ms, .time, timeUnit: unit) == expected)
    }

    @Test("bytes as k6 printed them")
    func measuredBytes() {
        var reader = JSONReader(Golden.data("bytes.json"))
        let rows = reader.document() as? [[Any]] ?? []
        #expect(rows.count > 20)
        for row in rows {
            let (size, expected) = (row[0] as? Double ?? -1, row[1] as? String)
            #expect(ValueFormat.bytes(size) == expected)
        }
    }

    @Test(
        "bytes at the edges",
        arguments: [
            (0, "0 B"), (1, "1 B"), (6.25, "6.25 B"), (9.99, "9.99 B"), (10, "10 B"), (10.4, "10 B"),
            (999.4, "999 B"),
            (999.96, "1000 B"), (1e9, "1.0 GB"), (1.55e12, "1.6 TB"), (9.94e15, "9.9 PB"), (1e24, "1.0 YB"),
            (1e27, "1000 YB"),
        ] as [(Double, String)])
    func bytes(number: Double, expected: String) {
        #expect(ValueFormat.bytes(number) == expected)
    }

    @Test(
        "shares are cut to two decimals",
        arguments: [
            (0, "0.00%"), (1, "100.00%"), (2.0 / 3, "66.66%"), (0.29, "28.99%"), (0.99999, "99.99%"),
            (0.00005, "0.00%"), (0.0001, "0.01%"), (.nan, "NaN%"),
        ] as [(Double, String)])
    func percent(share: Double, expected: String) {
        #expect(ValueFormat.percent(share) == expected)
    }

    @Test(
        "plain numbers have at most six decimals, rounded",
        arguments: [
            (0, "0"), (5, "5"), (0.0000004, "0"), (0.00000051, "0.000001"), (0.1234567, "0.123457"),
            (0.0078125, "0.007813"), (99.995, "99.995"), (123_456_789.123456, "123456789.123456"),
            (1e21, "1e+21"),
            (1_900_616_959_651.396, "1900616959651.396"), (-0.5, "-0.5"), (-1e-9, "0"),
        ] as [(Double, String)])
    func number(number: Double, expected: String) {
        #expect(ValueFormat.plain(number) == expected)
    }

    @Test(
        "a check's share is whole and rounded down",
        arguments: [(2, 1, "66%"), (0, 4, "0%"), (999, 1, "99%"), (0, 0, "NaN%")] as [(Int64, Int64, String)])
    func wholePercent(passes: Int64, fails: Int64, expected: String) {
        #expect(ValueFormat.wholePercent(passes: passes, fails: fails) == expected)
    }
}

@Suite struct NumberTextTests {
    @Test(
        "the shortest text",
        arguments: [
            (0, "0"), (-0.0, "0"), (1, "1"), (0.1, "0.1"), (100, "100"), (1e15, "1000000000000000"),
            (123_456_789_012_345_680, "123456789012345680"), (1e20, "100000000000000000000"), (1e21, "1e+21"),
            (1.5e300, "1.5e+300"), (1e-6, "0.000001"), (1e-7, "1e-7"), (1.25e-7, "1.25e-7"),
            (0.00001234, "0.00001234"),
            (-2.5, "-2.5"), (.infinity, "Infinity"), (-.infinity, "-Infinity"), (.nan, "NaN"),
            (.leastNonzeroMagnitude, "5e-324"), (4.0 / 3, "1.3333333333333333"),
            (9_007_199_254.7409915, "9007199254.740992"),
        ] as [(Double, String)])
    func shortest(value: Double, expected: String) {
        #expect(NumberText.shortest(value) == expected)
    }

    @Test("the shortest text reads back", arguments: [UInt64(1), 2, 3])
    func roundTrip(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<2000 {
            let value = Double(bitPattern: random.next())
            if value.isFinite { #expect(Double(NumberText.shortest(value)) == value) }
        }
    }

    @Test(
        "fixed decimals, exact ties away from zero",
        arguments: [
            (0.5, 0, "1"), (1.5, 0, "2"), (2.5, 0, "3"), (12.5, 0, "13"), (0.125, 2, "0.13"),
            (1.005, 2, "1.00"),
            (0.375, 2, "0.38"), (8.345, 2, "8.35"), (1.45, 1, "1.4"), (999.995, 2, "1000.00"),
            (0.05, 1, "0.1"),
            (-1.5, 0, "-2"), (-0.04, 1, "-0.0"), (1e20, 2, "100000000000000000000.00"), (1e21, 2, "1e+21"),
            (0.1, 9, "0.100000000"), (4_503_599_627_370_495.5, 0, "4503599627370496"), (.nan, 2, "NaN"),
        ] as [(Double, Int, String)])
    func fixed(value: Double, decimals: Int, expected: String) {
        #expect(NumberText.fixed(value, decimals: decimals) == expected)
    }
}

@Suite struct JSONWriterTests {
    private func write(indentSpaces: Int) -> String {
        var json = JSONWriter(indentSpaces: indentSpaces)
        json.object { json in
            json.key("a\"\\\n\t\r\u{01}é日😀")
            json.array([1.5, .nan, 1e21]) { $0.value($1) }
            json.key("empty")
            json.beginObject()
            json.endObject()
            json.key("none")
            json.beginArray()
            json.endArray()
            json.key("rest")
            json.beginArray()
            json.value(true)
            json.null()
            json.value(Int64.min)
            json.raw("{\"x\":1}")
            json.endArray()
        }
        return json.text
    }

    @Test("on one line")
    func compact() {
        #expect(
            write(indentSpaces: 0)
                == #"{"a\"\\\n\t\r\u0001é日😀":[1.5,null,1e+21],"empty":{},"none":[],"#
                + #""rest":[true,null,-9223372036854775808,{"x":1}]}"#)
    }

    @Test("indented")
    func indented() {
        let expected = #"""
            {
              "a\"\\\n\t\r\u0001é日😀": [
                1.5,
                null,
                1e+21
              ],
              "empty": {},
              "none": [],
              "rest": [
                true,
                null,
                -9223372036854775808,
                {"x":1}
              ]
            }
            """#
        #expect(write(indentSpaces: 2) == expected)
    }
}
