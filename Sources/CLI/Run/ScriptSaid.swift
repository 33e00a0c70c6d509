// What scripts decide about their run, from whichever thread they run on: that it failed, that it ends, that
// it needs something Apus lacks. Filled by the closures of ScriptSettings, read by RunAttempt.

import Base
import Engine
import Script

struct ScriptSaid {
    /// The first message of `exec.test.fail`.
    var failure: String?
    /// Stops the run; nil before it can be stopped.
    var stop: (@Sendable (StopCause) -> Void)?
    /// A script used what Apus does not have: the abort that follows counts as the script's exception.
    var lacks = false

    /// What a script needs of a run; nil for a URL.
    static func parts(
        _ command: RunCommand, _ planned: PlannedRun, _ said: Locked<ScriptSaid>, workerCount: Int
    ) -> ScriptParts? {
        guard let script = command.script, let loaded = script.facts.loaded else { return nil }
        var settings = ScriptRuntime.settings(command.settings, planned, script, log: command.scriptLog)
        let log = command.scriptLog
        settings.memoryLeftBytes = ScriptRuntime.memoryLeft(workerCount: workerCount)
        settings.abort = { message in
            // Not while the lock is held: stopping takes others.
            let stop = said.withLock { $0.stop }
            stop?(.aborted(message))
        }
        settings.fail = { message in
            said.withLock { $0.failure = $0.failure ?? message }
            log.say(ScriptLogLine(.error, message))
        }
        settings.lacks = { said.withLock { $0.lacks = true } }
        return ScriptParts(loaded: loaded, settings: settings)
    }
}
