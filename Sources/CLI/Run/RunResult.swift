// What `apus run --save` puts into the result file beside the series: the first line's facts about test and
// machine, and the last line's outcome. Made by RunCommand before the run and by RunAttempt after it.

import Base
import Codec
import Engine
import Glibc
import Metrics
import Outputs
import Plan

enum RunResult {
    /// Tags that requests' series are told apart by in a result file, whatever the run's other outputs want.
    static func demandSeries(in demand: inout SeriesDemand) {
        let tags = ["error_code", "group", "method", "name", "scenario", "status"]
        for metric in [Builtin.httpReqs, Builtin.httpReqDuration, Builtin.httpReqFailed] {
            demand.keep(tags, for: metric)
        }
    }

    /// - Throws: when the path is none of a file that grows line by line.
    static func file(
        _ path: String, _ settings: RunSettings, _ planned: PlannedRun, _ sizing: Sizing
    ) throws(CLIError) -> ResultFile {
        try check(path)
        return ResultFile(path: path, header: try header(settings, planned, sizing))
    }

    static func check(_ path: String) throws(CLIError) {
        if path.isEmpty || path == "-" || path.hasSuffix(".gz") {
            throw CLIError(
                "invalid value \"\(path)\" for --save: expected the name of a plain file, such as result.jsonl"
            )
        }
    }

    static func newID() throws(CLIError) -> String {
        guard let id = SecureRandom.uuid() else { throw CLIError("the system gives no random numbers") }
        return id
    }

    private static func header(
        _ settings: RunSettings, _ planned: PlannedRun, _ sizing: Sizing
    ) throws(CLIError) -> ResultHeader {
        let summary = ResultSummary(
            trendStats: settings.options.summaryTrendStats ?? RunSummary.trendStatsDefault,
            timeUnit: settings.options.summaryTimeUnit?.rawValue ?? "",
            mode: settings.runtime.summaryMode.rawValue,
            isOpenLoop: planned.plan.scenarios.contains(where: \.scenario.executor.isOpenLoop))
        return ResultHeader(
            apus: Version.current, id: try newID(), startNs: 0, subject: planned.subject,
            segment: try segment(settings.options.executionSegment),
            sequence: settings.options.executionSegmentSequence, optionsJSON: options(settings.options),
            environment: environment(sizing), summary: summary,
            metrics: planned.registry.definitions.map { ResultMetric($0.name, $0.kind, $0.contains) },
            submetrics: planned.demand.submetrics.map { submetric in
                ResultSubmetric(
                    metric: planned.registry[submetric.metric].name, suffix: submetric.suffix,
                    tags: submetric.tags)
            },
            thresholds: planned.thresholdsDeclared)
    }

    private static func segment(_ text: String?) throws(CLIError) -> String {
        do { return try ExecutionSegment(parsing: text ?? "").description } catch {
            throw CLIError(error.description, code: .invalidConfig)
        }
    }

    /// Without the keys of client certificates and the options of services; a scenario's `env` stays.
    private static func options(_ options: TestOptions) -> String {
        var options = options
        options.tlsAuth = nil
        options.cloud = nil
        options.ext = nil
        var writer = JSONWriter()
        writer.object { OptionsJSON.members(options, &$0) }
        return writer.text
    }

    private static func environment(_ sizing: Sizing) -> [ResultHeader.Fact] {
        var facts: [ResultHeader.Fact] = []
        var name = utsname()
        if uname(&name) == 0 {
            facts.append(.init("host", text(&name.nodename)))
            facts.append(.init("kernel", text(&name.release)))
            facts.append(.init("architecture", text(&name.machine)))
        }
        facts.append(.init("vcpu", HealthText.trimmed(sizing.cpu.vCPU, 2)))
        facts.append(.init("vcpuFrom", sizing.cpu.text))
        facts.append(.init("cpus", String(sizing.affinityCount)))
        facts.append(.init("memoryBytes", sizing.memory.text { String(Int64($0.bytes)) }))
        facts.append(.init("workers", String(sizing.workers)))
        return facts
    }

    /// C's arrays of characters arrive as tuples.
    private static func text<Characters>(_ characters: inout Characters) -> String {
        withUnsafeBytes(of: &characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    static func end(
        elapsedNs: Int64, exitCode: ExitCode, isAborted: Bool = false, thresholds: Thresholds,
        rootGroup: SummaryGroup, verdict: Verdict?, blocks: [SummaryBlock]
    ) -> ResultEnd {
        ResultEnd(
            atNs: Clock.wallNs(), elapsedNs: elapsedNs, exitCode: Int(exitCode.rawValue),
            isAborted: isAborted,
            thresholds: thresholds.groups.flatMap { group in
                group.thresholds.map {
                    ResultEnd.Threshold(
                        name: group.name, expression: $0.rule.expression, isPassed: !$0.isCrossed,
                        value: $0.value)
                }
            },
            checks: checks(rootGroup),
            verdict: verdict.map { verdict in
                ResultVerdict(
                    kind: verdict.kind.rawValue, cause: verdict.cause?.rawValue, reason: verdict.reason,
                    evidence: verdict.evidence.map {
                        ResultVerdict.Line(name: $0.name, text: $0.text, mark: $0.mark.rawValue)
                    })
            },
            blocks: blocks.filter { $0.title != HealthReport.verdictTitle })
    }

    private static func checks(_ group: SummaryGroup) -> [ResultEnd.Check] {
        group.checks.map { ResultEnd.Check(path: $0.path, passes: $0.passes, fails: $0.fails) }
            + group.groups.flatMap(checks)
    }
}
