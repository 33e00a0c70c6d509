// Thresholds against samples: values per method, what empty metrics do during and after the run, aborting and
// its delay, sub-metrics. The outcomes are those of real k6 v1.1.0 for the same samples.

import Base
import Testing

@testable import Metrics

/// A run with k6's four kinds: tt = 1 2 3 4 with tags, cc = 3, gg = −5, rr = 1 0 1; er, et, ec, eg stay
/// empty.
private struct Run {
    var registry = MetricRegistry()
    var thresholds: Thresholds
    var rig: Rig

    init(_ declarations: [ThresholdDeclaration]) throws {
        let own: [(String, MetricKind)] = [
            ("tt", .trend), ("cc", .counter), ("gg", .gauge), ("rr", .rate),
            ("et", .trend), ("ec", .counter), ("eg", .gauge), ("er", .rate),
        ]
        for (name, kind) in own { try registry.register(name, kind) }
        var demand = SeriesDemand()
        thresholds = try Thresholds(declarations, registry: registry, demand: &demand)
        rig = Rig(shards: 2, registry: registry, demand: demand)
    }

    mutating func sample() {
        let tags = [
            MetricTag("foo", "bar"), MetricTag("a", "x:y"), MetricTag("q", "\"z\""), MetricTag("e", ""),
            MetricTag("s", "a b"),
        ]
        for (name, values) in [("tt", [1, 2, 3, 4]), ("cc", [3]), ("gg", [-5]), ("rr", [1, 0, 1])] {
            for (index, value) in values.enumerated() {
                let shard = rig.shards[index % 2]
                shard.record(
                    registry.find(name)!.id, shard.tagSet(name == "tt" ? tags : []), Double(value),
                    at: Instant(ns: Int64(index + 2)))
            }
        }
        rig.edge()
    }

    mutating func evaluate(elapsedNs: Int64 = Ns.perSecond, isFinal: Bool) -> ThresholdVerdict {
        thresholds.evaluate(rig.aggregate, elapsedNs: elapsedNs, isFinal: isFinal)
    }
}

private func one(_ key: String, _ rule: ThresholdRule) -> [ThresholdDeclaration] {
    [ThresholdDeclaration(key, [rule])]
}

@Suite struct ThresholdEvaluationTests {
    @Test(arguments: [
        ("tt", "avg==2.5", true), ("tt", "avg===2.5", true), ("tt", "avg!=2", true), ("tt", "avg<=2.5", true),
        ("tt", "avg<1", false), ("tt", "avg<NaN", false), ("tt", "avg<-inf", false), ("tt", "avg<inf", true),
        ("tt", "min<1", false), ("tt", "max<5", true), ("tt", "p(0)==1", true), ("tt", "p==1", true),
        ("tt", "p(100)==4", true), ("tt", "med<3", true), ("tt", "p(95)<3.84", false),
        ("tt", "p(95)<3.86", true),
        ("cc", "count>0", true), ("cc", "count==3", true), ("cc", "count==2.5", false),
        ("cc", "rate==3", true),
        ("gg", "value==-5", true), ("gg", "value>0", false), ("rr", "rate>0.66", true),
        ("rr", "rate<0.66", false),
        ("er", "rate>0.5", true), ("er", "rate<0.5", true), ("et", "avg<1", true), ("et", "avg>1", false),
        ("et", "p(95)<1", true), ("et", "min>0", false), ("ec", "count>0", false), ("ec", "count==0", true),
        ("ec", "rate>0", false), ("eg", "value>0", false), ("eg", "value<1", true),
    ])
    func agreesWithK6AtTheEnd(key: String, text: String, passes: Bool) throws {
        var run = try Run(one(key, ThresholdRule(text)))
        run.sample()
        let verdict = run.evaluate(isFinal: true)
        #expect(verdict.isPassed == passes)
        #expect(verdict.crossed == (passes ? [] : [key]))
        #expect(run.thresholds.groups[0].isTainted == !passes)
    }

    /// Whether a sub-metric of tt saw its samples, by its average.
    @Test(arguments: [
        ("tt{foo:bar}", true), ("tt{ foo:bar , a:x:y }", true), ("tt{\"foo:bar\"}", true),
        ("tt{a:x:y}", true),
        ("tt{a:x}", false), ("tt{q:\"z\"}", false), ("tt{e:\"\"}", true), ("tt{e: }", true),
        ("tt{foo: }", false),
        ("tt{nokey:\"\"}", false), ("tt{s:a b}", true), ("tt{foo:baz,foo:bar}", true),
        ("tt{foo:bar,foo:baz}", false),
        ("tt{foo:bar,foo:bar}", true), ("tt{\" foo \":\" bar \"}", false), ("tt{foo:\" bar\"}", false),
        ("tt{vu:1}", false), ("tt{foo:bar}{a:b}", false),
    ])
    func submetricsMatchAsInK6(key: String, matches: Bool) throws {
        var run = try Run(one(key, ThresholdRule("avg==2.5")))
        run.sample()
        #expect(run.evaluate(isFinal: true).isPassed == matches)
    }

    @Test func duringTheRunEmptyMetricsWait() throws {
        var run = try Run(one("tt", ThresholdRule("avg>100", abortOnFail: true)))
        #expect(run.evaluate(isFinal: false) == ThresholdVerdict(crossed: [], mustAbort: false))
        #expect(run.thresholds.groups[0].thresholds[0].value == nil)
        run.sample()
        #expect(run.evaluate(isFinal: false) == ThresholdVerdict(crossed: ["tt"], mustAbort: true))
        #expect(run.thresholds.groups[0].thresholds[0].value == 2.5)
    }

    @Test(
        arguments: [
            (false, 0, 5, false), (true, 0, 5, true), (true, 10, 5, false), (true, 10, 10, false),
            (true, 10, 11, true),
        ] as [(Bool, Int64, Int64, Bool)])
    func abortsAfterTheDelay(abortOnFail: Bool, delay: Int64, elapsed: Int64, aborts: Bool) throws {
        let rule = ThresholdRule("avg<1", abortOnFail: abortOnFail, delayAbortEvalNs: delay * Ns.perSecond)
        var run = try Run(one("tt", rule))
        run.sample()
        let verdict = run.evaluate(elapsedNs: elapsed * Ns.perSecond, isFinal: false)
        #expect(verdict.crossed == ["tt"])
        #expect(verdict.mustAbort == aborts)
        #expect(!run.evaluate(elapsedNs: elapsed * Ns.perSecond, isFinal: true).mustAbort)
    }

    @Test func namesAreSortedInTheMessage() throws {
        let failing = ThresholdRule("avg<0")
        var run = try Run(["tt{foo:bar}", "tt", "et"].map { ThresholdDeclaration($0, [failing]) })
        run.sample()
        #expect(
            run.evaluate(isFinal: true).message
                == "thresholds on metrics 'et, tt, tt{foo:bar}' have been crossed")
        let abort = ThresholdVerdict(crossed: ["tt"], mustAbort: true)
        #expect(
            abort.message
                == "thresholds on metrics 'tt' were crossed; at least one has abortOnFail enabled, stopping test"
                + " prematurely")
    }

    @Test func twoSpellingsOfOneSubmetricAreOneGroup() throws {
        let run = try Run([
            ThresholdDeclaration("tt{foo:bar}", [ThresholdRule("avg<10")]),
            ThresholdDeclaration("tt{ foo:bar}", [ThresholdRule("avg<1")]),
        ])
        #expect(run.thresholds.groups.map(\.name) == ["tt{foo:bar}"])
        #expect(run.thresholds.groups[0].thresholds.map(\.rule.expression) == ["avg<10", "avg<1"])
    }

    @Test func anEmptyListDemandsItsSubmetric() throws {
        var run = try Run([ThresholdDeclaration("tt{foo:bar}", [])])
        run.sample()
        #expect(run.thresholds.isEmpty)
        #expect(!run.thresholds.groups[0].series(in: run.rig.aggregate).isEmpty)
    }

    @Test(arguments: [("tt{vu:1}", ["vu"]), ("tt{foo:bar,iter:0}", ["iter"]), ("tt{foo:bar}", [])])
    func warnsOfTagsThatCannotMatch(key: String, tags: [String]) throws {
        let run = try Run(one(key, ThresholdRule("avg<10")))
        #expect(run.thresholds.warnings == tags.map { ThresholdWarning(key: key, tag: $0) })
    }

    @Test func aCrossedThresholdMayRecover() throws {
        var run = try Run(one("tt", ThresholdRule("avg>2.6")))
        run.sample()
        #expect(!run.evaluate(isFinal: false).isPassed)
        run.rig.shards[0].record(run.registry.find("tt")!.id, .empty, 10, at: Instant(ns: 9))
        run.rig.edge()
        #expect(run.evaluate(isFinal: true).isPassed)
    }
}
