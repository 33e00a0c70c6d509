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
        let settings = try OptionsConsolidator(environment: environment).consolidate(
            run, global: invocation.global)
        return try RunCommand(
            settings: settings, global: invocation.global, environment: environment, logger: logger,
            terminal: terminal
        ).execute()
    case .inspect(let inspection):
        return try InspectCommand(
            invocation: inspection, context: try scriptContext(invocation.global, environment, logger)
        ).execute()
    case .archive(let archive):
        return try ArchiveCommand(
            invocation: archive, context: try scriptContext(invocation.global, environment, logger)
        ).execute()
    case .new(let settings):
        terminal.write(try NewCommand(settings: settings).execute())
        return .success
    case .target(let settings):
        return try TargetCommand(settings: settings, isQuiet: invocation.global.quiet, terminal: terminal)
            .execute()
    case .doctor(let settings):
        return try DoctorCommand(
            settings: settings, logger: logger, terminal: terminal, environment: environment
        )
        .execute()
    }
}

/// What the commands on scripts work with.
/// - Throws: while this build has no script runtime.
private func scriptContext(
    _ global: GlobalSettings, _ environment: [String: String], _ logger: Logger
) throws(CLIError) -> ScriptContext {
    guard let engine = ScriptEngine.current else { throw NotBuiltYet.script }
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
