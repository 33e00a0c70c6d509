// What a run says at its end: handleSummary's files where the script has one that returns any, else the usual
// text; and the file of `--summary-export`. Used by RunAttempt, on the control thread.

import Base
import Glibc
import Outputs
import Script

struct SummaryDelivery {
    let command: RunCommand
    let assembly: RunAssembly
    /// The number the packet of handleSummary's phase carries.
    let shard: Int

    func deliver(_ input: SummaryInput) {
        let (isSummary, data) = show(input)
        if isSummary {
            RunSummary.export(
                input, data: data, to: command.settings.runtime.summaryExport, command.logger)
        }
    }

    /// As in k6 the init code runs once more even for a script without handleSummary.
    /// - Returns: false when it returned what is no summary, which ends the matter; and the data it was given
    ///   as it left them, which is what the export shows.
    private func show(_ input: SummaryInput) -> (isSummary: Bool, data: [UInt8]?) {
        guard let script = assembly.script else {
            write(SummaryText.render(input))
            return (true, nil)
        }
        let data = Array(SummaryJSON.handleSummaryData(input).utf8)
        let timeoutNs =
            command.settings.options.handleSummaryTimeoutNs ?? OptionDefaults.handleSummaryTimeoutNs
        let (end, _) = script.run(
            .handleSummary, argument: data, timeoutNs: timeoutNs, assembly: assembly, shard: shard)
        var left: [UInt8]?
        switch end {
        case .summary(let summary):
            left = summary.data
            guard let files = summary.files else { break }
            let problems = files.compactMap { deliver($0.content, to: $0.destination) }
            if !problems.isEmpty {
                let lines = problems.map { "\n\t- \($0)" }.joined()
                report(ScriptError(.summary, "Could not save some summary information:\(lines)"))
            }
            return (true, left)
        case .returned: break
        case .failed(let error):
            report(error)
            if error.kind == .summary { return (false, nil) }
        case .timedOut, .cancelled:
            command.logger.log(
                .error, "handleSummary() execution timed out after \(timeoutNs / Ns.perSecond) seconds")
        }
        write(SummaryText.render(input))
        return (true, left)
    }

    private func report(_ error: ScriptError) {
        switch error.kind {
        case .summary:
            command.logger.log(
                .error, "failed to handle the end-of-test summary", fields: ["error": error.description])
        case .generic: command.logger.log(.error, error.description)
        default: command.logger.log(.error, error.description, fields: ["hint": "script exception"])
        }
    }

    /// - Returns: what kept the content from its destination.
    private func deliver(_ content: [UInt8], to destination: String) -> String? {
        do throws(FileError) {
            switch destination {
            case "stdout": try FileOutput.writeToStandardOutput(content)
            case "stderr": try FileOutput.writeToStandardError(content)
            default: try FileOutput.write(content, to: destination)
            }
        } catch {
            return
                "could not open '\(destination)': open \(destination): \(error.reason.prefix(1).lowercased())"
                + error.reason.dropFirst()
        }
        return nil
    }

    private func write(_ text: String) {
        if !command.terminal.write(text) {
            command.logger.log(
                .error, "the summary could not be written: \(String(cString: strerror(errno)))")
        }
    }
}
