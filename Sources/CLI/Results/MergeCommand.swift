// `apus merge`: adds up the result files of several processes exactly, judges the thresholds on the whole,
// says what is missing, double or limited by its client, and prints one summary in a run's layout. Called by
// the entry point.

import Base
import Engine
import Glibc
import Metrics
import Outputs

struct MergeCommand {
    let settings: MergeSettings
    let global: GlobalSettings
    let logger: Logger
    let terminal: Terminal
    /// Where what has to be kept meanwhile goes.
    let temporaryFolder: String?

    func execute() throws(CLIError) -> ExitCode {
        if let path = settings.save { try checkSave(path) }
        var files: [ResultSource] = []
        var inputs: [ResultInput] = []
        for path in settings.files {
            let file = try ResultSource(
                path, isReadTwice: settings.save != nil, temporaryFolder: temporaryFolder)
            files.append(file)
            inputs.append(try file.input())
        }
        let isKept = withoutRepetitions(inputs)
        files = zip(files, isKept).filter(\.1).map(\.0)
        inputs = zip(inputs, isKept).filter(\.1).map(\.0)
        var whole = try MergedTest(inputs.map { ($0.name, $0.header) })
        for line in whole.warnings { logger.log(.warning, line) }
        var merge = ResultMerge()
        for index in inputs.indices {
            try ResultSource.naming(inputs[index].name) { () throws(ResultProblem) in
                try merge.add(&inputs[index])
            }
            if inputs[index].reader.isCutOff {
                logger.log(.debug, "the last line of \(inputs[index].name) is cut off")
            }
        }
        let isIncomplete = try reportGaps(merge)
        let aggregate = merge.aggregate(registry: whole.registry, demand: whole.demand)
        let verdict = whole.thresholds.evaluate(aggregate, elapsedNs: merge.elapsedNs, isFinal: true)
        let input = RunSummary.input(
            aggregate: aggregate, thresholds: whole.thresholds, durationNs: merge.elapsedNs,
            isOpenLoop: inputs.contains(where: \.header.summary.isOpenLoop),
            options: summaryOptions(inputs[0].header.summary), blocks: MergedBlocks.blocks(merge))
        if !terminal.write(SummaryText.render(input)) {
            logger.log(.error, "the summary could not be written: \(String(cString: strerror(errno)))")
        }
        RunSummary.export(input, to: settings.summaryExport, logger)
        let code = exitCode(merge, verdict, isIncomplete: isIncomplete)
        if let path = settings.save {
            let end = RunResult.end(
                elapsedNs: merge.elapsedNs, exitCode: code, thresholds: whole.thresholds,
                rootGroup: input.rootGroup, verdict: nil, blocks: input.blocks)
            try MergedFile(path: path, sources: files).write(whole, merge, inputs[0].header, end)
        }
        return code
    }

    private func checkSave(_ path: String) throws(CLIError) {
        try RunResult.check(path)
        if settings.files.contains(where: { ResultSource.isSame($0, path) }) {
            throw CLIError("--save would overwrite \(path), which is to be merged")
        }
    }

    /// Which files count: a run counts once, however often it is given.
    private func withoutRepetitions(_ inputs: [ResultInput]) -> [Bool] {
        var holders: [String: String] = [:]
        return inputs.map { input in
            let runs = input.header.parts.isEmpty ? [input.header.id] : input.header.parts.map(\.id)
            if let known = runs.lazy.compactMap({ holders[$0] }).first {
                logger.log(
                    .warning, "\(input.name) repeats a run that \(known) holds already: it is left out")
                return false
            }
            for run in runs { holders[run] = input.name }
            return true
        }
    }

    /// Names what keeps the files from being one whole test, and what else is to be known of them.
    /// - Returns: whether something is missing.
    private func reportGaps(_ merge: ResultMerge) throws(CLIError) -> Bool {
        let killed = merge.parts.filter { $0.exitCode == nil }
        for part in killed {
            let length = GoDuration.format(part.elapsedNs / Ns.perMillisecond * Ns.perMillisecond)
            logger.log(
                .error,
                "\(part.name) ends before its run did, which was killed or still runs: the \(length) in it "
                    + "are counted")
        }
        for name in merge.unfinished {
            logger.log(
                .error, "\(name) was not merged to its end: what is in it is counted; merge its parts again")
        }
        let coverage: SegmentCoverage
        do { coverage = try SegmentCoverage(merge.parts) } catch { throw CLIError(error.description) }
        if !coverage.missing.isEmpty {
            logger.log(
                .error,
                "parts of the test are missing: \(coverage.missing.joined(separator: ", ")); give the files "
                    + "of all its parts")
        }
        for overlap in coverage.overlaps {
            logger.log(
                .warning,
                "\(overlap.name) and \(overlap.other) overlap: both ran \(overlap.segment), and both are counted"
            )
        }
        for part in merge.parts where part.isClientBound {
            logger.log(.warning, "\(part.name) was limited by its client: \(part.verdict?.reason ?? "")")
        }
        return !killed.isEmpty || !merge.unfinished.isEmpty || !coverage.missing.isEmpty
    }

    private func summaryOptions(_ stored: ResultSummary) -> SummaryOptions {
        SummaryOptions(
            trendStats: settings.trendStats ?? stored.trendStats,
            timeUnit: settings.timeUnit ?? stored.timeUnit,
            mode: SummaryMode(rawValue: stored.mode) ?? .compact, colors: terminal.hasColours,
            noColor: global.noColor, isStdoutTTY: terminal.isTTY, isStderrTTY: isatty(2) == 1)
    }

    /// As of a run: what broke a part comes before what is missing, and that before what the thresholds say
    /// of the whole. 0 only if every part ended well and all of the test was run.
    private func exitCode(
        _ merge: ResultMerge, _ verdict: ThresholdVerdict, isIncomplete: Bool
    ) -> ExitCode {
        var code: ExitCode?
        for part in merge.parts where part.hasFailed {
            let number = part.exitCode ?? 0
            let what = part.isAborted ? "was ended early" : "ended"
            logger.log(.error, "\(part.name) \(what) with exit code \(number)")
            // Numbers this build does not know are failures all the same.
            let ended = ExitCode(rawValue: Int32(clamping: number)) ?? .generic
            // The thresholds that ended a part may hold for the whole, but the whole was not run.
            if code == nil || code == .thresholdsCrossed { code = ended }
        }
        if !verdict.isPassed { logger.log(.error, verdict.message) }
        if let code, code != .thresholdsCrossed { return code }
        if isIncomplete { return .generic }
        return code ?? (verdict.isPassed ? .success : .thresholdsCrossed)
    }
}

extension ResultPart {
    var isClientBound: Bool { verdict?.kind == "CLIENT-BOUND" }

    /// Whether it ended in another way than it should, thresholds apart unless they ended it early: those are
    /// judged on the whole. Unknown of one without an end.
    var hasFailed: Bool {
        switch exitCode {
        case nil, 0: false
        case .some(Int(ExitCode.thresholdsCrossed.rawValue)): isAborted
        case .some: true
        }
    }
}

/// What stands behind k6's part of a merged summary.
enum MergedBlocks {
    static func blocks(_ merge: ResultMerge) -> [HealthBlock] {
        if merge.parts.count == 1, let end = merge.ends.first, let verdict = end.verdict {
            let evidence = verdict.evidence.map { line in
                (key: line.name, value: line.mark == "against" ? "✗ \(line.text)" : line.text)
            }
            let own = HealthBlock(
                title: HealthReport.verdictTitle,
                lines: [(key: "verdict", value: verdict.headline)] + evidence)
            return [own]
                + end.blocks.map { block in
                    HealthBlock(
                        title: block.title, lines: block.lines.map { (key: $0.key, value: $0.value) })
                }
        }
        return [HealthBlock(title: "PARTS", lines: merge.parts.map { (key: $0.name, value: text($0)) })]
    }

    private static func text(_ part: ResultPart) -> String {
        let length = HealthText.seconds(Double(part.elapsedNs) / Double(Ns.perSecond))
        let verdict = part.verdict?.headline ?? "ended before its run did"
        let code = part.hasFailed ? "exit code \(part.exitCode ?? 0), " : ""
        let isBad = part.isClientBound || part.hasFailed || part.exitCode == nil
        return "\(isBad ? "✗ " : "")\(part.segment), \(length): \(code)\(verdict)"
    }
}
