// Durations against values printed and accepted by k6 (Go's time package).

import Base
import Testing

@Suite struct GoDurationTests {
    @Test(arguments: [
        ("0", 0), ("0s", 0), ("1s", 1_000_000_000), ("1.5s", 1_500_000_000), ("1h2m3.5s", 3_723_500_000_000),
        ("300ms", 300_000_000), ("10us", 10_000), ("10µs", 10_000), ("-1m", -60_000_000_000),
        (".5s", 500_000_000), (".9ns", 0), ("9223372036854775807.9ns", 9_223_372_036_854_775_807),
        ("-2562047h47m16.854775808s", -9_223_372_036_854_775_808),
        ("1.s", 1_000_000_000), ("0.000000001s", 1),
    ])
    func parsesGoNotation(text: String, ns: Int64) throws { #expect(try GoDuration.parse(text) == ns) }

    @Test(arguments: [
        "", "1", "s", "1x", "1d", "--1s", "1s2", ".s", "9999999999h", "9223372036854775808ns",
        "9223372036854775808ns9223372036854775808ns",
    ])
    func refusesWhatGoRefuses(text: String) {
        #expect(throws: GoDuration.ParseError.self) { try GoDuration.parse(text) }
    }

    @Test(arguments: [
        ("1000", 1_000_000_000), ("1.5", 1_500_000), ("2d", 172_800_000_000_000),
        ("2d3h", 183_600_000_000_000),
        ("10s", 10_000_000_000), ("0", 0),
    ])
    func parsesExtendedNotation(text: String, ns: Int64) throws {
        #expect(try GoDuration.parseExtended(text) == ns)
    }

    @Test(arguments: ["106751d23h48m", "-106751d23h48m", "9.3e12", "nan"])
    func refusesExtendedNotationBeyond64Bits(text: String) {
        #expect(throws: GoDuration.ParseError.self) { try GoDuration.parseExtended(text) }
    }

    @Test(arguments: [
        (0, "0s"), (1, "1ns"), (1_500, "1.5µs"), (300_000_000, "300ms"), (1_500_000_000, "1.5s"),
        (600_000_000_000, "10m0s"), (3_723_500_000_000, "1h2m3.5s"), (-90_000_000_000, "-1m30s"),
        (10_000_000_000, "10s"), (1_000_001, "1.000001ms"),
    ])
    func printsGoNotation(ns: Int64, text: String) { #expect(GoDuration.format(ns) == text) }

    @Test func namesTheBadUnit() {
        #expect(throws: GoDuration.ParseError(description: "time: unknown unit \"d\" in duration \"1d\"")) {
            try GoDuration.parse("1d")
        }
        #expect(throws: GoDuration.ParseError(description: "time: missing unit in duration \"5\"")) {
            try GoDuration.parse("5")
        }
    }

    /// What stands before the `d` is the number of days, what follows is judged alone.
    @Test(arguments: [
        ("d", "strconv.ParseInt: parsing \"\": invalid syntax"),
        ("1h1d", "strconv.ParseInt: parsing \"1h1\": invalid syntax"),
        ("1d2", "time: missing unit in duration \"2\""), ("1dx", "time: invalid duration \"x\""),
        ("1d-5s", "invalid time format '-5s'"), ("5x", "time: unknown unit \"x\" in duration \"5x\""),
    ])
    func namesWhatIsNoExtendedDuration(text: String, problem: String) {
        #expect(throws: GoDuration.ParseError(description: problem)) { try GoDuration.parseExtended(text) }
    }
}
