// `--http-debug` of a run: the lines its transports write down, as log lines. Made by RunAttempt; each worker
// and phase has a transport of its own in front of its client.

import HTTP
import HTTPClient
import Script

struct HTTPDebugLog: Sendable {
    private let withBodies: Bool
    private let secrets: ScriptSecrets?
    private let log: ScriptLog

    /// nil when the run does not ask for it.
    init?(_ command: RunCommand, secrets: ScriptSecrets?) {
        guard let option = command.settings.options.httpDebug, option.isOn else { return nil }
        withBodies = option.includesBodies
        self.secrets = secrets
        log = command.scriptLog
    }

    func transport(over client: UnsafeMutablePointer<Client>) -> DebugTransport {
        DebugTransport(
            Client.port(client), withBodies: withBodies,
            failureText: { Client.failure(client, of: $0).text }, write: { say($0) })
    }

    private func say(_ line: DebugLine) {
        var fields = line.tags
        fields["source"] = "http-debug"
        fields["request_id"] = line.requestID
        let bytes: [UInt8]
        if let secrets {
            bytes = secrets.redacted(line.text)
            fields = fields.mapValues { secrets.redacted($0) }
        } else {
            bytes = line.text
        }
        var entry = ScriptLogLine(line.isError ? .error : .info, "", fields: fields, wallNs: line.wallNs)
        entry.bytes = bytes
        entry.numbers = ["vu": line.vu, "iter": line.iteration]
        log.say(entry)
    }
}
