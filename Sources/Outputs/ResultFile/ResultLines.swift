// Result files written: one record as one line of JSON, line end included, so that a file that is cut off
// loses whole lines only. Called by `ResultFile` while a run goes on and by `apus merge --save`. Pure.

import Base
import Metrics

public enum ResultLines {
    public static func line(_ record: ResultRecord) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            switch record {
            case .header(let header): write(header, &writer)
            case .series(let number, let series): write(number, series, &writer)
            case .interval(let values): write("interval", values, &writer)
            case .totals(let values): write("totals", values, &writer)
            case .end(let end): write(end, &writer)
            }
        }
        return writer.text + "\n"
    }

    private static func write(_ header: ResultHeader, _ writer: inout JSONWriter) {
        writer.member("type", "header")
        writer.member("format", ResultHeader.format)
        writer.member("version", Int64(ResultHeader.version))
        writer.member("apus", header.apus)
        writer.member("id", header.id)
        writer.member("startNs", header.startNs)
        writer.member("subject", header.subject)
        writer.member("segment", header.segment)
        if let sequence = header.sequence { writer.member("sequence", sequence) }
        writer.key("options")
        writer.raw(header.optionsJSON)
        writer.key("environment")
        writer.object { writer in for fact in header.environment { writer.member(fact.name, fact.value) } }
        writer.key("summary")
        writer.object { writer in
            writer.key("trendStats")
            writer.array(header.summary.trendStats) { $0.value($1) }
            writer.member("timeUnit", header.summary.timeUnit)
            writer.member("mode", header.summary.mode)
            writer.member("openLoop", header.summary.isOpenLoop)
        }
        writer.key("metrics")
        writer.array(header.metrics) { writer, metric in
            writer.object { writer in
                writer.member("name", metric.name)
                writer.member("kind", metric.kind.description)
                writer.member("contains", metric.contains.description)
            }
        }
        writer.key("submetrics")
        writer.array(header.submetrics) { writer, submetric in
            writer.object { writer in
                writer.member("metric", submetric.metric)
                writer.member("suffix", submetric.suffix)
                writer.tags(submetric.tags)
            }
        }
        writer.key("thresholds")
        writer.array(header.thresholds) { $0.declaration($1) }
        if !header.parts.isEmpty {
            writer.key("parts")
            writer.array(header.parts) { $0.part($1) }
        }
    }

    private static func write(_ number: Int, _ series: ResultSeries, _ writer: inout JSONWriter) {
        writer.member("type", "series")
        writer.member("id", Int64(number))
        writer.member("metric", series.metric)
        switch series.scope {
        case .total: writer.member("scope", "total")
        case .submetric(let suffix):
            writer.member("scope", "submetric")
            writer.member("suffix", suffix)
        case .tagged(let tags):
            writer.member("scope", "tags")
            writer.tags(tags)
        case .overflow: writer.member("scope", "overflow")
        }
    }

    private static func write(_ type: String, _ values: ResultValues, _ writer: inout JSONWriter) {
        writer.member("type", type)
        writer.member("fromNs", values.fromNs)
        writer.member("toNs", values.toNs)
        writer.key("values")
        writer.array(values.values) { writer, value in
            writer.object { writer in
                writer.member("s", Int64(value.series))
                writer.sink(value.sink)
            }
        }
    }

    private static func write(_ end: ResultEnd, _ writer: inout JSONWriter) {
        writer.member("type", "end")
        writer.member("atNs", end.atNs)
        writer.member("elapsedNs", end.elapsedNs)
        writer.member("exitCode", Int64(end.exitCode))
        if end.isAborted { writer.member("aborted", true) }
        writer.key("thresholds")
        writer.array(end.thresholds) { writer, threshold in
            writer.object { writer in
                writer.member("name", threshold.name)
                writer.member("expression", threshold.expression)
                writer.member("passed", threshold.isPassed)
                if let value = threshold.value { writer.number("value", value) }
            }
        }
        writer.key("checks")
        writer.array(end.checks) { writer, check in
            writer.object { writer in
                writer.member("path", check.path)
                writer.member("passes", check.passes)
                writer.member("fails", check.fails)
            }
        }
        if let verdict = end.verdict { writer.verdict(verdict) }
        writer.key("blocks")
        writer.array(end.blocks) { writer, block in
            writer.object { writer in
                writer.member("title", block.title)
                writer.key("lines")
                writer.array(block.lines) { writer, line in
                    writer.array([line.key, line.value]) { $0.value($1) }
                }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: String, _ text: String) {
        key(name)
        value(text)
    }

    fileprivate mutating func member(_ name: String, _ number: Int64) {
        key(name)
        value(number)
    }

    fileprivate mutating func member(_ name: String, _ flag: Bool) {
        key(name)
        value(flag)
    }

    /// JSON has no word for what is not finite: it becomes a string.
    fileprivate mutating func number(_ name: String, _ number: Double) {
        key(name)
        if number.isFinite {
            value(number)
        } else {
            value(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity")
        }
    }

    fileprivate mutating func tags(_ tags: [MetricTag]) {
        key("tags")
        object { writer in for tag in tags { writer.member(tag.key, tag.value) } }
    }

    fileprivate mutating func declaration(_ declaration: ThresholdDeclaration) {
        object { writer in
            writer.member("key", declaration.key)
            writer.key("rules")
            writer.array(declaration.rules) { writer, rule in
                writer.object { writer in
                    writer.member("expression", rule.expression)
                    writer.member("abortOnFail", rule.abortOnFail)
                    writer.member("delayAbortEvalNs", rule.delayAbortEvalNs)
                }
            }
        }
    }

    fileprivate mutating func verdict(_ verdict: ResultVerdict) {
        key("verdict")
        object { writer in
            writer.member("kind", verdict.kind)
            if let cause = verdict.cause { writer.member("cause", cause) }
            writer.member("reason", verdict.reason)
            writer.key("evidence")
            writer.array(verdict.evidence) { writer, line in
                writer.object { writer in
                    writer.member("name", line.name)
                    writer.member("text", line.text)
                    writer.member("mark", line.mark)
                }
            }
        }
    }

    fileprivate mutating func part(_ part: ResultPart) {
        object { writer in
            writer.member("name", part.name)
            writer.member("id", part.id)
            writer.member("segment", part.segment)
            if let sequence = part.sequence { writer.member("sequence", sequence) }
            writer.member("startNs", part.startNs)
            writer.member("endNs", part.endNs)
            writer.member("elapsedNs", part.elapsedNs)
            if let code = part.exitCode { writer.member("exitCode", Int64(code)) }
            if part.isAborted { writer.member("aborted", true) }
            if let verdict = part.verdict { writer.verdict(verdict) }
        }
    }

    fileprivate mutating func sink(_ sink: Sink) {
        switch sink {
        case .counter(let counter):
            member("n", counter.count)
            number("sum", counter.sum)
        case .rate(let rate):
            member("n", rate.count)
            member("passes", rate.passes)
        case .gauge(let gauge):
            member("n", gauge.count)
            number("value", gauge.value)
            member("atNs", gauge.at.ns)
            number("min", gauge.min)
            number("max", gauge.exactMax)
        case .trend(let trend):
            member("n", Int64(clamping: trend.count))
            number("sum", trend.sum)
            number("min", trend.min)
            number("max", trend.max)
            if trend.invalid > 0 { member("nan", trend.invalid) }
            histograms("hist", TrendBuckets.encode(trend.histogram, negative: false))
            histograms("negative", TrendBuckets.encode(trend.histogram, negative: true))
        }
    }

    private mutating func histograms(_ name: String, _ texts: [String]) {
        if texts.isEmpty { return }
        key(name)
        array(texts) { $0.value($1) }
    }
}
