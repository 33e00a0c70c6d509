// Turns the process's words and environment into an Invocation. Pure: it reads no file, only asks whether one
// exists. Every error is one line with exit code 255, as k6 ends on a command line it cannot read.

import Base

public struct CommandLineParser: Sendable {
    let environment: [String: String]
    let files: FileAccess

    static let rootFlags = FlagTable.global + [Flag("version", .bool, in: .global, "the version")]
    static let commands = [
        "run", "new", "inspect", "archive", "merge", "export", "target", "doctor", "presets", "version",
        "help",
    ]

    public init(environment: [String: String], files: FileAccess = .system) {
        self.environment = environment
        self.files = files
    }

    /// - Parameter arguments: the words after the program's name.
    public static func parse(
        arguments: [String], environment: [String: String], files: FileAccess = .system
    ) throws(CLIError) -> Invocation {
        try CommandLineParser(environment: environment, files: files).parse(arguments)
    }

    func parse(_ words: [String]) throws(CLIError) -> Invocation {
        guard let index = Self.commandIndex(words) else { return try root(words) }
        let command = words[index]
        var rest = words
        rest.remove(at: index)
        if let line = NotBuiltYet.command(command) { throw line }
        guard let own = Self.flags(of: command) else { throw unknownCommand(command) }
        let inherited = FlagTable.global.filter { flag in !own.contains { $0.name == flag.name } }
        let flags = try ParsedFlags(rest, flags: own + inherited)
        if flags.bool("help") == true {
            return Invocation(global: .init(), command: .help(HelpText.page(command)))
        }
        return Invocation(
            global: try globalSettings(flags, ownAddress: command != "target"),
            command: try build(command, flags))
    }

    private func build(_ command: String, _ flags: ParsedFlags) throws(CLIError) -> Command {
        switch command {
        case "run": return .run(try run(flags))
        case "inspect":
            return .inspect(
                InspectInvocation(
                    run: try script(flags, "inspect"),
                    executionRequirements: flags.bool("execution-requirements") ?? false))
        case "archive":
            return .archive(
                ArchiveInvocation(
                    run: try script(flags, "archive"), output: flags.last("archive-out") ?? "archive.tar",
                    excludesEnv: flags.bool("exclude-env-vars") ?? false))
        case "new": return .new(try new(flags))
        case "target": return .target(try target(flags))
        case "doctor": return .doctor(try doctor(flags))
        case "merge": return .merge(try ResultFlags(flags).merge())
        case "export": return .export(try ResultFlags(flags).export())
        case "presets":
            try expectArguments(flags, 0, "presets takes no argument")
            return .presets
        case "version":
            try expectArguments(flags, 0, "version takes no argument")
            return .version(json: flags.bool("json") ?? false)
        default:
            guard let topic = flags.arguments.first else { return .help(HelpText.overview) }
            guard Self.commands.contains(topic) else { throw unknownCommand(topic) }
            return .help(HelpText.page(topic))
        }
    }

    private func root(_ words: [String]) throws(CLIError) -> Invocation {
        let flags = try ParsedFlags(words, flags: Self.rootFlags)
        let wantsVersion = flags.bool("version") == true && flags.bool("help") != true
        return Invocation(
            global: try globalSettings(flags, ownAddress: true),
            command: wantsVersion ? .version(json: false) : .help(HelpText.overview))
    }

    /// Where the command's name stands: the first word that is neither a flag nor a flag's value.
    private static func commandIndex(_ words: [String]) -> Int? {
        let flags = FlagTable.run + FlagTable.archive + FlagTable.new + FlagTable.export + FlagTable.global
        var index = 0
        while index < words.count {
            let word = words[index]
            if word == "--" { return nil }
            if !word.hasPrefix("-") || word == "-" { return index }
            let name = word.hasPrefix("--") ? String(word.dropFirst(2)) : nil
            let flag = flags.first {
                name != nil ? $0.name == name : word.count == 2 && $0.short == word.last
            }
            index += flag.map { $0.impliedValue == nil } == true ? 2 : 1
        }
        return nil
    }

    private static func flags(of command: String) -> [Flag]? {
        switch command {
        case "run": FlagTable.run
        case "inspect": FlagTable.inspect
        case "archive": FlagTable.archive
        case "new": FlagTable.new
        case "target": FlagTable.target
        case "doctor": FlagTable.doctor
        case "merge": FlagTable.merge
        case "export": FlagTable.export
        case "version": FlagTable.version
        case "presets", "help": []
        default: nil
        }
    }

    private func unknownCommand(_ command: String) -> CLIError {
        var hint = Text.closest(to: command, among: Self.commands).map { "did you mean apus \($0)?" }
        if hint == nil && (command.contains("://") || files.exists(command)) {
            hint = "did you mean apus run \(command)?"
        }
        return CLIError("unknown command \"\(command)\"", hint: hint ?? "apus help lists the commands")
    }

    private func expectArguments(_ flags: ParsedFlags, _ count: Int, _ message: String) throws(CLIError) {
        if flags.arguments.count != count { throw CLIError("\(message), \(flags.arguments.count) given") }
    }

    // MARK: Settings shared by all commands

    private func globalSettings(_ flags: ParsedFlags, ownAddress: Bool) throws(CLIError) -> GlobalSettings {
        var global = GlobalSettings()
        if ownAddress { global.apiAddress = flags.last("address") ?? environment["K6_ADDRESS"] }
        global.configPath = flags.last("config") ?? nonEmpty("K6_CONFIG")
        global.quiet = flags.bool("quiet") ?? false
        global.verbose = flags.bool("verbose") ?? false
        global.noColor =
            flags.bool("no-color") ?? (nonEmpty("K6_NO_COLOR") != nil || environment["NO_COLOR"] != nil)
        global.logFormat = LogFormat(name: flags.last("log-format") ?? environment["K6_LOG_FORMAT"] ?? "")
        if let text = flags.last("log-output") ?? environment["K6_LOG_OUTPUT"] {
            do { global.logOutput = try LogOutput(text) } catch {
                throw CLIError("invalid log output \"\(text)\": \(error.reason)")
            }
        }
        let profiling = flags.bool("profiling-enabled") ?? (environment["K6_PROFILING_ENABLED"] != nil)
        let secrets = flags.all("secret-source") ?? nonEmpty("K6_SECRET_SOURCE").map { [$0] } ?? []
        global.secretSources = try SecretSource.read(secrets)
        try NotBuiltYet.check(global, profiling: profiling)
        return global
    }

    private func nonEmpty(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    // MARK: run

    private func run(_ flags: ParsedFlags) throws(CLIError) -> RunInvocation {
        guard flags.arguments.count == 1, let argument = flags.arguments.first else {
            throw CLIError(
                "run takes one argument, \(flags.arguments.count) given",
                hint: "a URL, a script file, or - for a script from standard input")
        }
        let options = try OptionLayers.fromFlags(flags)
        let runtime = try RuntimeReader(flags: flags, environment: environment).read()
        let apus = try ApusFlags(flags).read()
        let subject = try RunSubject.read(
            argument, isURL: flags.bool("url") ?? false, type: runtime.testType, exists: files.exists)
        if flags.has("features") || nonEmpty("K6_FEATURES") != nil { throw NotBuiltYet.features }
        return RunInvocation(
            subject: subject, runtime: runtime, options: options, apus: apus,
            flagsGiven: Set(flags.values.keys))
    }

    // MARK: inspect, archive, new

    /// A command on a script: its argument is never a URL to load.
    private func script(_ flags: ParsedFlags, _ command: String) throws(CLIError) -> RunInvocation {
        guard flags.arguments.count == 1, let argument = flags.arguments.first else {
            throw CLIError(
                "\(command) takes one argument, \(flags.arguments.count) given",
                hint: "a script file, an archive, or - for standard input")
        }
        let options = command == "archive" ? try OptionLayers.fromFlags(flags) : TestOptions()
        let runtime = try RuntimeReader(
            flags: flags, environment: environment, includesSystemEnvByDefault: false
        ).read()
        return RunInvocation(
            subject: try RunSubject.readScript(argument, type: runtime.testType, exists: files.exists),
            runtime: runtime, options: options, apus: ApusRunSettings(), flagsGiven: Set(flags.values.keys))
    }

    private func new(_ flags: ParsedFlags) throws(CLIError) -> NewSettings {
        if flags.arguments.count > 1 {
            throw CLIError("new takes at most one argument, \(flags.arguments.count) given")
        }
        var settings = NewSettings()
        settings.file = flags.arguments.first ?? settings.file
        settings.overwrites = flags.bool("force") ?? false
        settings.template = flags.last("template") ?? settings.template
        settings.projectID = flags.last("project-id") ?? ""
        return settings
    }

    // MARK: target, doctor

    private func target(_ flags: ParsedFlags) throws(CLIError) -> TargetSettings {
        try expectArguments(flags, 0, "target takes no argument")
        var settings = TargetSettings()
        if let address = flags.last("address") {
            (settings.host, settings.port) = try Self.listenAddress(address)
        }
        settings.certificatePath = flags.last("cert")
        settings.keyPath = flags.last("key")
        if (settings.certificatePath == nil) != (settings.keyPath == nil) {
            throw CLIError(
                "--cert and --key go together", hint: "give both, or neither for an own certificate")
        }
        settings.tls = flags.bool("tls") ?? (settings.certificatePath != nil)
        if !settings.tls && settings.certificatePath != nil {
            throw CLIError("--tls=false and --cert contradict each other")
        }
        if let threads = try ApusFlags(flags).threads() { settings.threads = threads }
        return settings
    }

    /// Reads `host:port`, `:port` (every address) or `[v6]:port`.
    static func listenAddress(_ text: String) throws(CLIError) -> (host: String, port: Int) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else {
            throw CLIError("invalid address \"\(text)\" for -a/--address", hint: "for example 127.0.0.1:8080")
        }
        var host = String(text[..<colon])
        if host.hasPrefix("[") && host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            throw CLIError("invalid address \"\(text)\" for -a/--address", hint: "write IPv6 as [::1]:8080")
        }
        return (host.isEmpty ? "0.0.0.0" : host, port)
    }

    private func doctor(_ flags: ParsedFlags) throws(CLIError) -> DoctorSettings {
        try expectArguments(flags, 0, "doctor takes no argument")
        var settings = DoctorSettings()
        if let url = flags.last("url") {
            guard
                case .target(let url) = try RunSubject.read(url, isURL: true, type: nil, exists: files.exists)
            else {
                preconditionFailure("a forced URL reads as a target")
            }
            settings.url = url
        }
        if let text = flags.last("seconds") {
            guard let seconds = Int(text), (1...3600).contains(seconds) else {
                throw CLIError("invalid value \"\(text)\" for --seconds: expected 1 to 3600")
            }
            settings.secondsPerStep = seconds
        }
        settings.threads = try ApusFlags(flags).threads()
        return settings
    }
}
