// `apus export`: one trend of a result file as HdrHistogram's percentile table or interval log. Called by the
// entry point.

import Base
import Glibc
import Metrics
import Outputs

struct ExportCommand {
    let settings: ExportSettings
    let terminal: Terminal
    /// Where what has to be kept meanwhile goes.
    let temporaryFolder: String?

    func execute() throws(CLIError) {
        // A log's intervals have the scale of the whole, which is known at the end only.
        let isReadTwice = settings.format == .hdrlog
        let source = try ResultSource(
            settings.file, isReadTwice: isReadTwice, temporaryFolder: temporaryFolder)
        var input = try source.input()
        let again = isReadTwice ? try source.input() : nil
        let text = try ResultSource.naming(settings.file) { () throws(ResultProblem) in
            var merge = ResultMerge()
            try merge.add(&input)
            let trend = try trend(merge)
            switch settings.format {
            case .hgrm: return try ResultExport.hgrm(trend, name: settings.metric)
            case .hdrlog: return try log(trend, again!)
            }
        }
        let output = Array(text.utf8)
        do {
            if let path = settings.output {
                try FileOutput.write(output, to: path)
            } else {
                try FileOutput.writeToStandardOutput(output)
            }
        } catch {
            throw CLIError("\(settings.output ?? "standard output") could not be written: \(error.reason)")
        }
    }

    private func trend(_ merge: ResultMerge) throws(ResultProblem) -> TrendSink {
        guard let (_, sink) = merge.sink(named: settings.metric) else {
            let trends = merge.series.compactMap { one -> String? in
                if case .trend = one.sink { return one.series.name }
                return nil
            }
            let hint = Text.closest(to: settings.metric, among: trends).map { "; did you mean \($0)?" } ?? ""
            throw ResultProblem("it has no values of \(settings.metric)\(hint)")
        }
        guard case .trend(let trend) = sink else {
            throw ResultProblem("\(settings.metric) is no trend: only trends have histograms")
        }
        return trend
    }

    /// The intervals, read once more.
    private func log(_ whole: TrendSink, _ input: ResultInput) throws(ResultProblem) -> String {
        let startNs = input.header.startNs
        var text = ResultExport.logHead(startNs: startNs, name: settings.metric, apus: input.header.apus)
        var reader = input.reader
        var names: [Int: String] = [:]
        while let record = try reader.next() {
            if case .series(let number, let series) = record { names[number] = series.name }
            guard case .interval(let values) = record else { continue }
            for (number, sink) in values.values where names[number] == settings.metric {
                guard case .trend(let trend) = sink, trend.count > 0 else { continue }
                text += try ResultExport.logLine(
                    trend, whole: whole, name: settings.metric, fromNs: values.fromNs, toNs: values.toNs,
                    startNs: startNs)
            }
        }
        return text
    }
}
