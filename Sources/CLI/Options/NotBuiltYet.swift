// What is accepted on the command line and in options but has no working part in this build: one line each,
// and the exit code. An entry goes when its part is built. Asking for such a thing ends the command before
// anything starts; it is never ignored.

import HTTP

enum NotBuiltYet {
    /// k6's commands without a counterpart here.
    static let commandNames = [
        "cloud", "completion", "deps", "features", "login", "pause", "resume", "scale", "stats", "status",
        "x",
    ]

    static func command(_ name: String) -> CLIError? {
        commandNames.contains(name) ? line("the command \"\(name)\"") : nil
    }

    /// Outputs by the names `--out` takes that this build has not.
    static let outputNames = [
        "cloud", "experimental-opentelemetry", "opentelemetry", "prometheus", "web-dashboard",
    ]

    static let features = line("--features")

    private static func line(_ what: String, code: ExitCode = .generic, hint: String? = nil) -> CLIError {
        CLIError("this build does not have \(what) yet", code: code, hint: hint)
    }

    /// Settings every command shares.
    static func check(_ global: GlobalSettings, profiling: Bool) throws(CLIError) {
        if profiling { throw line("--profiling-enabled") }
        if case .loki = global.logOutput {
            throw line("the log output loki", hint: "use stderr, stdout, none or file=PATH")
        }
    }

    /// A run's settings, merged; `global` because k6's address matters to a run only.
    static func check(_ settings: RunSettings, _ global: GlobalSettings) throws(CLIError) {
        if let address = global.apiAddress, !address.isEmpty {
            throw line(
                "the REST API", code: .cannotStartAPI,
                hint: "it was asked for at \(address): leave -a/--address out")
        }
        let options = settings.options
        if options.paused == true { throw line("--paused", hint: "only the REST API could resume the run") }
        if options.linger == true { throw line("--linger", hint: "there is no REST API to keep up") }
        if settings.runtime.tracesOutput != "none" { throw line("--traces-output") }
        if options.webDashboard == true {
            throw line("the web dashboard (K6_WEB_DASHBOARD, or webDashboard in the config file)")
        }
        for output in options.outputs ?? [] { try check(output: output) }
    }

    private static func check(output: String) throws(CLIError) {
        let name = String(output.prefix { $0 != "=" })
        if RunOutputs.names.contains(name) { return }
        if outputNames.contains(name) {
            throw line("the output \"\(name)\"", hint: "raw samples go to json=FILE and csv=FILE")
        }
        throw CLIError(
            "unknown output \"\(HiddenCredentials.hidden(in: name))\"",
            hint: Text.closest(to: name, among: RunOutputs.names + outputNames).map { "did you mean \($0)?" })
    }
}
