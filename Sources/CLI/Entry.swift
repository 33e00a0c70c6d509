// The entry point: reads the command line, runs the command, turns what went wrong into one log line and k6's
// exit code. main.swift calls it and nothing else.

import Base
import Glibc
import Outputs
import Plan

/// Runs the command in `arguments` (the program's name first). - Returns: the process's exit code.
public func apusMain(_ arguments: [String]) -> Int32 {
    // A peer or reader that goes away is an error to handle, not a reason to die.
    signal(SIGPIPE, SIG_IGN)
    let environment = Environment.current()
    let startNs = Clock.wallNs()
    let fallback = Logger(descriptor: 2, startNs: startNs)
    do throws(CLIError) {
        try occupyStandardDescriptors()
        let invocation = try CommandLineParser.parse(
            arguments: Array(arguments.dropFirst()), environment: environment)
        let logger = try Logger(invocation.global, environment: environment, startNs: startNs)
        do throws(CLIError) {
            return try perform(invocation, environment, logger).rawValue
        } catch {
            logger.log(error)
            return error.code.rawValue
        }
    } catch {
        fallback.log(error)
        return error.code.rawValue
    }
}

/// Makes sure that 0, 1 and 2 are taken. Where the caller has closed one, the next file or socket would get
/// its number, and what is meant for standard output would go there. Writing to what takes its place fails.
private func occupyStandardDescriptors() throws(CLIError) {
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
        // The lowest number that is free.
        if open("/dev/null", O_RDONLY) < 0 {
            throw CLIError("/dev/null could not be opened: \(String(cString: strerror(errno)))")
        }
    }
}

private func perform(
    _ invocation: Invocation, _ environment: [String: String], _ logger: Logger
) throws(CLIError) -> ExitCode {
    let terminal = Terminal(environment: environment, noColour: invocation.global.noColor)
    switch invocation.command {
    case .help(let text):
        terminal.write(text)
        return .success
    case .version(let asJSON):
        terminal.write(asJSON ? Version.json : Version.text)
        return .success
    case .presets:
        for preset in Preset.allCases {
            let name = preset.rawValue.padded(to: 12)
            terminal.write("  \(name)\(preset.summary)\n")
        }
        return .success
    case .run(let run):
        return try perform(run, invocation.global, environment, logger, terminal)
    case .inspect(let inspection):
        let context = scriptContext(
            invocation.global, environment, logger, ScriptLog(logger), startsVUs: false)
        return try InspectCommand(invocation: inspection, context: context).execute()
    case .archive(let archive):
        let context = scriptContext(
            invocation.global, environment, logger, ScriptLog(logger), startsVUs: false)
        return try ArchiveCommand(invocation: archive, context: context).execute()
    case .new(let settings):
        terminal.write(try NewCommand(settings: settings).execute())
        return .success
    case .target(let settings):
        return try TargetCommand(settings: settings, isQuiet: invocation.global.quiet, terminal: terminal)
            .execute()
    case .merge(let settings):
        return try MergeCommand(
            settings: settings, global: invocation.global, logger: logger, terminal: terminal,
            temporaryFolder: environment["TMPDIR"]
        ).execute()
    case .export(let settings):
        try ExportCommand(
            settings: settings, terminal: terminal, temporaryFolder: environment["TMPDIR"]
        ).execute()
        return .success
    case .doctor(let settings):
        return try DoctorCommand(
            settings: settings, logger: logger, terminal: terminal, environment: environment
        )
        .execute()
    }
}

/// A run: a script is loaded first, since its options are a layer of the settings.
private func perform(
    _ run: RunInvocation, _ global: GlobalSettings, _ environment: [String: String], _ logger: Logger,
    _ terminal: Terminal
) throws(CLIError) -> ExitCode {
    let consolidator = OptionsConsolidator(environment: environment)
    let log = ScriptLog(logger, console: try consoleLogger(run, environment, global, logger))
    var script: EvaluatedScript?
    if case .script = run.subject {
        script = try scriptContext(global, environment, logger, log, startsVUs: true).evaluate(run)
    }
    let settings = try consolidator.consolidate(run, global: global, script: script?.layer)
    return try RunCommand(
        settings: settings, global: global, environment: environment, logger: logger, terminal: terminal,
        script: script, scriptLog: log
    ).execute()
}

/// Where `--console-output` sends what scripts print.
private func consoleLogger(
    _ run: RunInvocation, _ environment: [String: String], _ global: GlobalSettings, _ logger: Logger
) throws(CLIError) -> Logger? {
    // A URL prints nothing, and a file nobody asked to fill is not made; the run warns of the option.
    guard case .script = run.subject,
        let path = run.options.consoleOutput ?? environment["K6_CONSOLE_OUTPUT"], !path.isEmpty
    else { return nil }
    var settings = global
    settings.logOutput = .file(path: path, level: logger.minimumLevel)
    return try Logger(settings, environment: environment, startNs: Clock.wallNs())
}

/// What the commands on scripts work with.
private func scriptContext(
    _ global: GlobalSettings, _ environment: [String: String], _ logger: Logger, _ log: ScriptLog,
    startsVUs: Bool
) -> ScriptContext {
    let engine = ScriptEngine.current(log, startsVUs: startsVUs)
    return ScriptContext(global: global, environment: environment, engine: engine) { warning in
        logger.log(.warning, warning.message, fields: warning.fields)
    }
}

enum Environment {
    /// The process's environment variables.
    static func current() -> [String: String] {
        var variables: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
        return variables
    }
}

extension Version {
    #if arch(x86_64)
        private static let architecture = "amd64"
    #else
        private static let architecture = "arm64"
    #endif

    /// One line, in the shape scripts expect of k6.
    static var text: String { "apus v\(current) (k6 v\(k6) compatible, linux/\(architecture))\n" }

    static var json: String {
        "{\"version\":\"v\(current)\",\"k6_version\":\"v\(k6)\",\"os\":\"linux\",\"arch\":\"\(architecture)\"}\n"
    }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(width - count, 1)) }
}
