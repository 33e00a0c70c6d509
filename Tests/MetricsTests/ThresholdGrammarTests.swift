// The texts of thresholds and their keys: what real k6 v1.1.0 accepts and how it words what it refuses. Every
// row was run through it.

import Base
import Testing

@testable import Metrics

private func message(_ key: String, _ expressions: String...) -> String? {
    var registry = MetricRegistry()
    var demand = SeriesDemand()
    do {
        try registry.register("tt", .trend, .time)
        _ = try Thresholds(
            [ThresholdDeclaration(key, expressions.map { ThresholdRule($0) })], registry: registry,
            demand: &demand)
        return nil
    } catch {
        return "\(error)"
    }
}

@Suite struct ThresholdExpressionTests {
    @Test(arguments: [
        ("p(95)<1", ThresholdMethod.percentile(95), ThresholdOperator.less, 1.0),
        ("p(95.5) < 1", .percentile(95.5), .less, 1), ("p(95.)<1", .percentile(95), .less, 1),
        ("p(.5)<1", .percentile(0.5), .less, 1), ("p(1e1)<1", .percentile(10), .less, 1),
        ("p(1_0)<3", .percentile(10), .less, 3), ("p(+5)<3", .percentile(5), .less, 3),
        ("p(0)<3", .percentile(0), .less, 3), ("p(100)<5", .percentile(100), .less, 5),
        ("p(99.999)<5", .percentile(99.999), .less, 5), ("p<1", .percentile(0), .less, 1),
        ("avg <1", .avg, .less, 1), (" avg<1 ", .avg, .less, 1), ("avg\t<\t5", .avg, .less, 5),
        ("avg<5\n", .avg, .less, 5), ("\u{a0}avg<5", .avg, .less, 5), ("med<3", .med, .less, 3),
        ("min<1", .min, .less, 1), ("max<5", .max, .less, 5), ("count>1", .count, .greater, 1),
        ("rate>0.9", .rate, .greater, 0.9), ("value<0", .value, .less, 0), ("avg==2.5", .avg, .equal, 2.5),
        ("avg===2.5", .avg, .identical, 2.5), ("avg!=2", .avg, .different, 2),
        ("avg<=2.5", .avg, .atMost, 2.5),
        ("avg>= 2", .avg, .atLeast, 2), ("avg<1_000", .avg, .less, 1000), ("avg<0x1p4", .avg, .less, 16),
        ("avg<inf", .avg, .less, .infinity),
    ])
    func accepts(text: String, method: ThresholdMethod, comparison: ThresholdOperator, bound: Double) throws {
        let expression = try ThresholdExpression(text)
        #expect(expression.method == method)
        #expect(expression.comparison == comparison)
        #expect(expression.bound == bound)
        #expect(expression.source == text)
    }

    @Test func keepsTheLeftSideAsLabel() throws {
        #expect(try ThresholdExpression(" p(95.) <1").label == "p(95.)")
    }

    @Test(arguments: ["", "   ", "avg<", "avg", "avg 1", "avg=1", "avg!2", "avg==", "avg\t=1"])
    func refusesTheMalformed(text: String) {
        #expect(
            message("tt", text)
                == "failed parsing threshold expression \(GoText.quoted(text)); reason: malformed threshold expression"
        )
    }

    @Test(arguments: [
        "P(95)<1", "AVG<1", "<1", "avg=<2", "avg=>2", "foo<1", "p95<1", "sum<1", "p(95)p<3", "p(95) (<3",
        "avg>=<2",
        "a<b", "p(<3", "(p(95))<1", "p(95<1", "p95)<1", "avg!==2", "passes>0", "foo\t<1",
    ])
    func refusesOtherMethods(text: String) {
        #expect(
            message("tt", text)
                == "failed parsing threshold expression's \(GoText.quoted(text)) left hand side; reason: failed"
                + " parsing method from expression")
    }

    @Test(arguments: [
        ("p( 95 )<1", "parsing \" 95 \": invalid syntax"), ("p()<1", "parsing \"\": invalid syntax"),
        ("p(95,5)<3", "parsing \"95,5\": invalid syntax"), ("p(a)<3", "parsing \"a\": invalid syntax"),
        ("p(0x10)<3", "parsing \"0x10\": invalid syntax"), ("p(9)(5)<3", "parsing \"9)(5\": invalid syntax"),
        ("p(1e400)<3", "parsing \"1e400\": value out of range"),
    ])
    func refusesMalformedPercentiles(text: String, reason: String) {
        #expect(
            message("tt", text)
                == "failed parsing threshold expression's \(GoText.quoted(text)) left hand side; reason: malformed"
                + " percentile value; reason: strconv.ParseFloat: \(reason)")
    }

    /// k6 accepts these and crashes when it evaluates them.
    @Test(arguments: ["p(101)<1", "p(-1)<1", "p(NaN)<3", "p(inf)<3", "p(100.1)<3"])
    func refusesPercentilesOutOfRange(text: String) {
        #expect(
            throws: ThresholdError.invalidPercentile(
                expression: text, reason: "percentiles lie between 0 and 100")
        ) { try ThresholdExpression(text) }
    }

    @Test(arguments: [
        ("avg<>2", ">2"), ("avg<0x10", "0x10"), ("avg<1ms", "1ms"), ("avg<1 ms", "1 ms"),
        ("avg<200 && max<3", "200 && max<3"), ("avg<1<2", "1<2"), ("p(95)<1,", "1,"),
        ("avg==2.5==3", "2.5==3"),
        ("avg<==2", "=2"), ("avg<١", "١"), ("avg>1e", "1e"), ("avg<1__0", "1__0"), ("avg<infinit", "infinit"),
        ("avg<-NaN", "-NaN"), ("avg<=", "="), ("avg>=", "="), ("avg===", "="), ("avg< ", ""),
        ("avg<\t1x", "1x"),
        ("avg<= <1", "<1"), ("avg!==", "="), ("avg>\"2\"", "\"2\""),
    ])
    func refusesOtherBounds(text: String, number: String) {
        // "expresion's": so k6 spells it.
        #expect(
            message("tt", text)
                == "failed parsing threshold expresion's \(GoText.quoted(text)) right hand side; reason:"
                + " strconv.ParseFloat: parsing \(GoText.quoted(number)): invalid syntax")
    }

    @Test func refusesBoundsOutOfRange() {
        #expect(message("tt", "avg<1e400")?.hasSuffix("parsing \"1e400\": value out of range") == true)
    }

    @Test(arguments: [
        ("http_reqs", "counter", ["count", "rate"]), ("vus", "gauge", ["value"]),
        ("checks", "rate", ["rate"]),
        ("tt", "trend", ["avg", "min", "max", "med", "p"]),
    ])
    func refusesMethodsOfOtherKinds(key: String, kind: String, supported: [String]) {
        for method in ["count", "rate", "value", "avg", "min", "max", "med", "p"] {
            let text = (method == "p" ? "p(95)" : method) + "<1"
            let wanted =
                "invalid threshold \"\(text)\" applied on metric \(key); reason: unsupported aggregation method"
                + " \(method) on metric of type \(kind). supported aggregation methods for this metric are: "
                + supported.joined(separator: ", ")
            #expect(message(key, text) == (supported.contains(method) ? nil : wanted))
        }
    }
}

@Suite struct ThresholdKeyTests {
    @Test(
        arguments: [
            ("tt", "tt", nil, []), ("tt{foo:bar}", "tt", "foo:bar", ["foo", "bar"]),
            ("tt{ foo : bar }", "tt", "foo : bar", ["foo", "bar"]),
            ("tt{\"foo\":\"bar\"}", "tt", "\"foo\":\"bar\"", ["foo", "bar"]),
            ("tt{foo:'bar'}", "tt", "foo:'bar'", ["foo", "bar"]),
            ("tt{foo:\"bar'}", "tt", "foo:\"bar'", ["foo", "bar"]),
            ("tt{foo:\"bar}", "tt", "foo:\"bar", ["foo", "bar"]),
            ("tt{\"foo:bar\"}", "tt", "\"foo:bar\"", ["foo", "bar"]),
            ("tt{foo:bar,a:x:y}", "tt", "foo:bar,a:x:y", ["foo", "bar", "a", "x:y"]),
            ("tt{a:\"x:y\"}", "tt", "a:\"x:y\"", ["a", "x:y"]),
            ("tt{q:\"\"z\"\"}", "tt", "q:\"\"z\"\"", ["q", "z"]),
            ("tt{e:\"\"}", "tt", "e:\"\"", ["e", ""]), ("tt{e: }", "tt", "e:", ["e", ""]),
            ("tt{s:a b}", "tt", "s:a b", ["s", "a b"]),
            ("tt{foo:\" bar\"}", "tt", "foo:\" bar\"", ["foo", " bar"]),
            ("tt{group::::g1}", "tt", "group::::g1", ["group", ":::g1"]),
            ("tt{foo:bar}{a:b}", "tt", "foo:bar}{a:b", ["foo", "bar}{a:b"]),
            ("tt{foo:{bar}}", "tt", "foo:{bar}", ["foo", "{bar}"]),
            ("tt{foo:bar\t}", "tt", "foo:bar", ["foo", "bar"]),
            ("tt{foo:\u{a0}bar}", "tt", "foo:\u{a0}bar", ["foo", "bar"]), (" tt", " tt", nil, []),
            ("tt {foo:bar}", "tt ", "foo:bar", ["foo", "bar"]),
            ("tt}{foo:bar}", "tt}", "foo:bar", ["foo", "bar"]),
        ] as [(String, String, String?, [String])])
    func accepts(text: String, metric: String, suffix: String?, tags: [String]) throws {
        let key = try ThresholdKey(text)
        #expect(key.metric == metric)
        #expect(key.suffix == suffix)
        #expect(key.tags.flatMap { [$0.key, $0.value] } == tags)
    }

    @Test(arguments: [
        ("tt{foo:bar", "\"tt{foo:bar\" has unmatched opening/close curly brace"),
        ("tt{foo:\"bar\"", "\"tt{foo:\\\"bar\\\"\" has unmatched opening/close curly brace"),
        ("tt}", "\"tt}\" has unmatched opening/close curly brace"),
        ("tt}{", "\"tt}{\" closing curly brace appears before opening one"),
        ("tt{foo:bar}x", "\"tt{foo:bar}x\" lacks a closing curly brace in its last position"),
        ("tt{foo:bar} ", "\"tt{foo:bar} \" lacks a closing curly brace in its last position"),
        ("tt{}", "\"\" tag expression is malformed"), ("tt{ }", "\" \" tag expression is malformed"),
        ("tt}{}", "\"\" tag expression is malformed"), ("tt{foo}", "\"foo\" tag expression is malformed"),
        ("tt{foo:}", "\"foo:\" tag expression is malformed"),
        ("tt{foo:bar,}", "\"\" tag expression is malformed"),
        ("tt{,foo:bar}", "\"\" tag expression is malformed"),
        ("tt{foo:\"a,b\"}", "\"b\\\"\" tag expression is malformed"),
        ("tt{ok:tru e, group:}", "\" group:\" tag expression is malformed"),
        ("tt{foo\tx:}", "\"foo\\tx:\" tag expression is malformed"),
        // k6 overflows its stack on an empty key.
        ("tt{:bar}", "\":bar\" tag expression is malformed"),
    ])
    func refuses(key: String, reason: String) {
        let wanted =
            "unable to validate threshold expressions; reason: parsing metric name failed, metric \(reason)"
        #expect(message(key, "avg<1") == wanted)
        #expect(message(key) == wanted)
    }

    @Test(arguments: [
        "", "nope", "nope{a:b}", " tt", "tt ", "tt {foo:bar}", "{foo:bar}", "TT", "tt}{foo:bar}", "no\tpe",
    ])
    func refusesUnknownMetrics(key: String) {
        #expect(
            message(key)
                == "invalid threshold defined on \(key); reason: no metric name \(GoText.quoted(key)) found")
    }

    @Test func expressionsAreCheckedBeforeKeys() {
        #expect(message("nope", "foo")?.hasPrefix("failed parsing threshold expression \"foo\"") == true)
        #expect(message("tt{foo}", "foo")?.hasPrefix("failed parsing threshold expression \"foo\"") == true)
    }

    /// `--no-thresholds`: expressions are not read, sub-metrics are measured all the same.
    @Test func unheededThresholdsNameSubmetrics() {
        var demand = SeriesDemand(expectedResponse: false)
        let thresholds = Thresholds(
            unheeded: [
                ThresholdDeclaration("http_reqs{a:b}", [ThresholdRule("nonsense")]),
                ThresholdDeclaration("no_such{a:b}", []), ThresholdDeclaration("http_reqs{a:b", []),
            ], registry: MetricRegistry(), demand: &demand)
        #expect(demand.submetrics.map(\.name) == ["http_reqs{a:b}"])
        #expect(thresholds.isEmpty && !thresholds.areHeeded)
        #expect(thresholds.unknown.map(\.key) == ["no_such{a:b}", "http_reqs{a:b"])
        #expect(thresholds.unknown.first?.reason == "metric 'no_such' does not exist in the script")
    }
}
