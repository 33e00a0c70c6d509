// `apus archive`: packs a script, what it reads, its merged options and its variables into one file that
// both apus and k6 run. Called by the entry point.

import Base

struct ArchiveCommand {
    let invocation: ArchiveInvocation
    let context: ScriptContext

    func execute() throws(CLIError) -> ExitCode {
        let bytes = try archive().tar(modifiedAt: Clock.wallNs() / Ns.perSecond)
        do throws(FileError) {
            if invocation.output == "-" {
                try FileOutput.writeToStandardOutput(bytes)
            } else {
                try FileOutput.write(bytes, to: invocation.output)
            }
        } catch { throw CLIError("the archive \(invocation.output) cannot be written: \(error.reason)") }
        return .success
    }

    func archive() throws(CLIError) -> TestArchive {
        let script = try context.evaluate(invocation.run)
        let settings = try context.consolidate(invocation.run, script).settings
        var metadata = ArchiveMetadata(
            options: settings.options.withDefaults, scriptURL: script.source.url,
            directoryURL: script.source.directoryURL)
        metadata.env = invocation.excludesEnv ? nil : script.env
        metadata.compatibilityMode = script.compatibilityMode
        return TestArchive(
            metadata: metadata, script: script.source.code ?? script.facts.code, files: script.facts.files)
    }
}
