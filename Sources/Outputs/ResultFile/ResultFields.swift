// The members of a result file's line, taken out by name and type. Called by `ResultReader`; whatever is
// missing or of another type is one problem that names the member.

import Base
import Codec
import Metrics

struct ResultFields {
    private let object: JSONObject

    init(_ object: JSONObject) { self.object = object }

    // MARK: Members

    private func missing(_ name: String, _ kind: String) -> ResultProblem {
        ResultProblem("it is damaged: \"\(name)\" should be \(kind)")
    }

    func text(_ name: String) throws(ResultProblem) -> String {
        guard let text = object[name]?.text else { throw missing(name, "a string") }
        return text
    }

    private func textIfThere(_ name: String) throws(ResultProblem) -> String? {
        object[name] == nil ? nil : try text(name)
    }

    private func whole(_ name: String) throws(ResultProblem) -> Int64 {
        guard let number = object[name]?.int64 else { throw missing(name, "a whole number") }
        return number
    }

    /// Counts: nothing below 0, and no more than can be added up.
    private func count(_ name: String) throws(ResultProblem) -> Int64 {
        let number = try whole(name)
        guard (0...Limits.resultCountMax).contains(number) else {
            throw missing(name, "a number from 0 to \(Limits.resultCountMax)")
        }
        return number
    }

    private func time(_ name: String) throws(ResultProblem) -> Int64 {
        let number = try whole(name)
        guard (0...Int64.max / 2).contains(number) else { throw missing(name, "a number from 0 on") }
        return number
    }

    private func number(_ name: String) throws(ResultProblem) -> Double {
        switch object[name] {
        case .string("Infinity"): return .infinity
        case .string("-Infinity"): return -.infinity
        case .string("NaN"): return .nan
        default: break
        }
        guard let number = object[name]?.double, !number.isNaN else { throw missing(name, "a number") }
        return number
    }

    private func flag(_ name: String) throws(ResultProblem) -> Bool {
        guard let flag = object[name]?.boolean else { throw missing(name, "true or false") }
        return flag
    }

    /// Missing: false.
    private func flagIfThere(_ name: String) throws(ResultProblem) -> Bool {
        object[name] == nil ? false : try flag(name)
    }

    private func fields(_ name: String) throws(ResultProblem) -> ResultFields {
        guard let members = object[name]?.members else { throw missing(name, "an object") }
        return ResultFields(members)
    }

    private func all<Item>(
        _ name: String, _ read: (ResultFields) throws(ResultProblem) -> Item
    ) throws(ResultProblem) -> [Item] {
        guard let elements = object[name]?.elements else { throw missing(name, "an array") }
        var items: [Item] = []
        for element in elements {
            guard let members = element.members else { throw missing(name, "an array of objects") }
            items.append(try read(ResultFields(members)))
        }
        return items
    }

    private func texts(_ name: String) throws(ResultProblem) -> [String] {
        guard let elements = object[name]?.elements else { throw missing(name, "an array") }
        var texts: [String] = []
        for element in elements {
            guard let text = element.text else { throw missing(name, "an array of strings") }
            texts.append(text)
        }
        return texts
    }

    private func pairs(_ name: String) throws(ResultProblem) -> [(String, String)] {
        let members = try fields(name).object.members
        var pairs: [(String, String)] = []
        for member in members {
            guard let text = member.value.text else { throw missing(name, "an object of strings") }
            pairs.append((member.name, text))
        }
        return pairs
    }

    private func tags() throws(ResultProblem) -> [MetricTag] {
        let tags = try pairs("tags").map { MetricTag($0.0, $0.1) }.sorted { $0.key < $1.key }
        if Set(tags.map(\.key)).count < tags.count { throw missing("tags", "an object without repetitions") }
        return tags
    }

    // MARK: Header

    static func header(_ fields: ResultFields) throws(ResultProblem) -> ResultHeader {
        guard fields.object["type"]?.text == "header", fields.object["format"]?.text == ResultHeader.format
        else { throw ResultProblem("it is no result file of apus") }
        let version = try fields.whole("version")
        if version > ResultHeader.version {
            throw ResultProblem(
                "it has version \(version) of the format, this apus reads up to \(ResultHeader.version):"
                    + " use the apus that wrote it, or a later one")
        }
        if version < 1 { throw ResultProblem("it is damaged: there is no version \(version) of the format") }
        guard let options = fields.object["options"] else { throw fields.missing("options", "an object") }
        let summary = try fields.fields("summary")
        let header = ResultHeader(
            apus: try fields.text("apus"), id: try fields.text("id"), startNs: try fields.time("startNs"),
            subject: try fields.text("subject"), segment: try fields.text("segment"),
            sequence: try fields.textIfThere("sequence"), optionsJSON: options.written,
            environment: try fields.pairs("environment").map { .init($0.0, $0.1) },
            summary: ResultSummary(
                trendStats: try summary.texts("trendStats"), timeUnit: try summary.text("timeUnit"),
                mode: try summary.text("mode"), isOpenLoop: try summary.flag("openLoop")),
            metrics: try fields.all("metrics") { (one) throws(ResultProblem) in try one.metric() },
            submetrics: try fields.all("submetrics") { (one) throws(ResultProblem) in
                ResultSubmetric(
                    metric: try one.text("metric"), suffix: try one.text("suffix"), tags: try one.tags())
            },
            thresholds: try fields.all("thresholds") { (one) throws(ResultProblem) in
                try one.declaration()
            },
            parts: fields.object["parts"] == nil
                ? [] : try fields.all("parts") { (one) throws(ResultProblem) in try one.part() })
        if header.metrics.isEmpty { throw ResultProblem("it is damaged: it has no metrics") }
        return header
    }

    private func metric() throws(ResultProblem) -> ResultMetric {
        let name = try text("name")
        guard MetricRegistry.isValid(name) else { throw missing("name", "the name of a metric") }
        let (kindText, containsText) = (try text("kind"), try text("contains"))
        guard let kind = MetricKind.allCases.first(where: { $0.description == kindText }) else {
            throw missing("kind", "counter, gauge, rate or trend")
        }
        guard let contains = MetricContains.allCases.first(where: { $0.description == containsText }) else {
            throw missing("contains", "default, time or data")
        }
        return ResultMetric(name, kind, contains)
    }

    private func declaration() throws(ResultProblem) -> ThresholdDeclaration {
        ThresholdDeclaration(
            try text("key"),
            try all("rules") { (rule) throws(ResultProblem) in
                ThresholdRule(
                    try rule.text("expression"), abortOnFail: try rule.flag("abortOnFail"),
                    delayAbortEvalNs: try rule.time("delayAbortEvalNs"))
            })
    }

    private func part() throws(ResultProblem) -> ResultPart {
        ResultPart(
            name: try text("name"), id: try text("id"), segment: try text("segment"),
            sequence: try textIfThere("sequence"), startNs: try time("startNs"), endNs: try time("endNs"),
            elapsedNs: try time("elapsedNs"),
            exitCode: object["exitCode"] == nil ? nil : Int(try count("exitCode")),
            isAborted: try flagIfThere("aborted"),
            verdict: object["verdict"] == nil ? nil : try fields("verdict").verdict())
    }

    // MARK: The other lines

    func series() throws(ResultProblem) -> (Int, ResultSeries) {
        let scope: ResultSeries.Scope
        switch try text("scope") {
        case "total": scope = .total
        case "submetric": scope = .submetric(try text("suffix"))
        case "tags": scope = .tagged(try tags())
        case "overflow": scope = .overflow
        default: throw missing("scope", "total, submetric, tags or overflow")
        }
        return (Int(try count("id")), ResultSeries(metric: try text("metric"), scope: scope))
    }

    /// - Parameter series: the kinds of the series introduced so far.
    func values(_ series: [Int: MetricKind]) throws(ResultProblem) -> ResultValues {
        var seen: Set<Int> = []
        let values = try all("values") { (one) throws(ResultProblem) in
            let number = Int(try one.count("s"))
            guard let kind = series[number] else {
                throw ResultProblem("it is damaged: the series \(number) was never introduced")
            }
            if !seen.insert(number).inserted { throw ResultProblem("it has the series \(number) twice") }
            return (series: number, sink: try one.sink(kind))
        }
        let (from, to) = (try time("fromNs"), try time("toNs"))
        if to < from { throw missing("toNs", "no less than \"fromNs\"") }
        return ResultValues(fromNs: from, toNs: to, values: values)
    }

    private func sink(_ kind: MetricKind) throws(ResultProblem) -> Sink {
        let count = try count("n")
        switch kind {
        case .counter: return .counter(CounterSink(count: count, sum: try number("sum")))
        case .rate:
            let passes = try self.count("passes")
            if passes > count { throw missing("passes", "no more than \"n\"") }
            return .rate(RateSink(count: count, passes: passes))
        case .gauge:
            return .gauge(
                GaugeSink(
                    count: count, value: try number("value"), at: Instant(ns: try time("atNs")),
                    lowest: try number("min"), highest: try number("max")))
        case .trend: return .trend(try trend(count))
        }
    }

    private func trend(_ count: Int64) throws(ResultProblem) -> TrendSink {
        let histogram = Histogram()
        for (name, isNegative) in [("hist", false), ("negative", true)] where object[name] != nil {
            for text in try texts(name) {
                do throws(HdrHistogram.Problem) {
                    try TrendBuckets.add(text, negative: isNegative, to: histogram)
                } catch { throw ResultProblem("it is damaged: a histogram of \"\(name)\": \(error)") }
            }
        }
        if histogram.count != UInt64(count) {
            throw ResultProblem("it is damaged: a histogram holds \(histogram.count) values, not \(count)")
        }
        let (lowest, highest) = (try number("min"), try number("max"))
        if !(lowest <= highest) { throw missing("max", "no less than \"min\"") }
        return TrendSink(
            histogram, sum: try number("sum"), lowest: lowest, highest: highest,
            invalid: object["nan"] == nil ? 0 : try self.count("nan"))
    }

    func end() throws(ResultProblem) -> ResultEnd {
        ResultEnd(
            atNs: try time("atNs"), elapsedNs: try time("elapsedNs"), exitCode: Int(try count("exitCode")),
            isAborted: try flagIfThere("aborted"),
            thresholds: try all("thresholds") { (one) throws(ResultProblem) in
                ResultEnd.Threshold(
                    name: try one.text("name"), expression: try one.text("expression"),
                    isPassed: try one.flag("passed"),
                    value: one.object["value"] == nil ? nil : try one.number("value"))
            },
            checks: try all("checks") { (one) throws(ResultProblem) in
                ResultEnd.Check(
                    path: try one.text("path"), passes: try one.count("passes"), fails: try one.count("fails")
                )
            },
            verdict: object["verdict"] == nil ? nil : try fields("verdict").verdict(),
            blocks: try all("blocks") { (one) throws(ResultProblem) in try one.block() })
    }

    private func verdict() throws(ResultProblem) -> ResultVerdict {
        ResultVerdict(
            kind: try text("kind"), cause: try textIfThere("cause"), reason: try text("reason"),
            evidence: try all("evidence") { (one) throws(ResultProblem) in
                ResultVerdict.Line(
                    name: try one.text("name"), text: try one.text("text"), mark: try one.text("mark"))
            })
    }

    private func block() throws(ResultProblem) -> SummaryBlock {
        guard let lines = object["lines"]?.elements else { throw missing("lines", "an array") }
        var block = SummaryBlock(title: try text("title"), lines: [])
        for line in lines {
            guard let pair = line.elements, pair.count == 2, let key = pair[0].text, let value = pair[1].text
            else { throw missing("lines", "an array of pairs of strings") }
            block.lines.append(SummaryBlock.Line(key: key, value: value))
        }
        return block
    }
}

extension JSONValue {
    /// The value as JSON again, numbers as they were.
    var written: String {
        var writer = JSONWriter()
        writer.write(self)
        return writer.text
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag): self.value(flag)
        case .number(let text): raw(text)
        case .string(let text): self.value(text)
        case .array(let values): array(values) { $0.write($1) }
        case .object(let object):
            self.object { writer in
                for member in object.members {
                    writer.key(member.name)
                    writer.write(member.value)
                }
            }
        }
    }
}
