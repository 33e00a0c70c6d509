// `apus inspect`: prints a script's options as one JSON document and nothing else. Called by the entry point.

import Base

struct InspectCommand {
    let invocation: InspectInvocation
    let context: ScriptContext

    func execute() throws(CLIError) -> ExitCode {
        let text = try document()
        do { try FileOutput.writeToStandardOutput(Array(text.utf8)) } catch {
            throw CLIError("the options cannot be written: \(error.reason)")
        }
        return .success
    }

    /// The document, without a line break at its end, as k6 leaves it.
    func document() throws(CLIError) -> String {
        let script = try context.evaluate(invocation.run)
        guard invocation.executionRequirements else {
            for warning in script.layer.warnings { context.warn(warning) }
            return OptionsJSON.inspection(script.layer.options)
        }
        let (settings, plan) = try context.consolidate(invocation.run, script)
        return OptionsJSON.inspection(
            settings.derivedOptions,
            requirements: OptionsJSON.Requirements(
                totalDurationNs: plan.endOffsetNs, maxVUs: plan.maxPossibleVUs))
    }
}
