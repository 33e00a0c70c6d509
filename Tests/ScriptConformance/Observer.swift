// Runs one script, by k6 or by Apus, against embedded targets of its own, and makes lines of what was seen.
// Called by the conformance tests.

import Foundation
import Glibc
import ProcessSupport

/// The program whose behaviour is observed.
struct Program {
    let path: String
    /// Arguments every `run` has.
    let runArguments: [String]
    let searchPath: String?

    static let apus = Program(path: Apus.path, runArguments: [], searchPath: nil)

    /// The real one, when PATH has it. It serves its API on any port, so that runs do not disturb each other.
    static func k6() -> Program? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        for folder in path.split(separator: ":") where access("\(folder)/k6", X_OK) == 0 {
            return Program(path: "\(folder)/k6", runArguments: ["-a", "127.0.0.1:0"], searchPath: path)
        }
        return nil
    }
}

/// What scripts talk to: a target, and for those that ask for it one with a certificate for `localhost` that
/// the programs are told to trust.
struct Servers {
    let plain: Target
    let secure: Target?

    init(for script: ConformanceCase) throws {
        plain = try Target()
        let wantsSecure = script.text.contains("{{TLS}}") || script.text.contains("__ENV.TLS")
        secure =
            wantsSecure
            ? try Target(tls: true, arguments: ["--cert", Self.certificate, "--key", Self.key]) : nil
    }

    var secureHostPort: String? { secure.map { "localhost:" + $0.hostPort.split(separator: ":")[1] } }

    private static let key = Scratch.folder + "/conformance.key"

    static let certificate: String = {
        let path = Scratch.folder + "/conformance.pem"
        let arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout", key, "-out", path,
        ]
        do {
            let end = try Child("/usr/bin/openssl", arguments).finish()
            if end.code != 0 { fatalError("no certificate: \(end.err)") }
        } catch { fatalError("no certificate: \(error)") }
        return path
    }()
}

struct Observer {
    let program: Program
    let script: ConformanceCase
    let servers: Servers
    /// Where the run happens and its files go.
    private let folder: String
    private let extra: [String]
    private let places: Places

    /// `extra` arguments come before the script's own.
    init(_ program: Program, _ script: ConformanceCase, _ extra: [String] = []) throws {
        self.extra = extra
        self.program = program
        self.script = script
        servers = try Servers(for: script)
        folder = (Scratch.path(script.name) as NSString).standardizingPath
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var hosts = [(servers.plain.hostPort, "{base}")]
        if let secure = servers.secure, let name = servers.secureHostPort {
            hosts += [(name, "{tls}"), (secure.hostPort, "{tls-ip}")]
        }
        places = Places(
            hosts: hosts, scriptCopy: folder + "/" + (script.file as NSString).lastPathComponent, out: folder)
    }

    func observe() throws -> Observation {
        let path = try scriptPath()
        var seen = Observation(
            key: script.key, exit: 0, log: [], stdout: [], metrics: [], samples: [], export: [], files: [])
        switch script.command {
        case .inspect:
            let end = try start(["inspect", "-e", "BASE=\(servers.plain.url)"] + arguments + [path])
            take(end, into: &seen)
            // Its whole output is one document, compared to the letter.
            seen.stdout = LogText.lines(places.replaced(end.out))
        case .run: take(try run(path), into: &seen)
        case .archive:
            let archive = folder + "/script.tar"
            take(try start(["archive", "-O", archive] + arguments + [path]), into: &seen)
            if seen.exit == 0 { take(try run(archive), into: &seen) }
        }
        if script.command != .inspect, script.hasOutputs {
            let reduced = SampleText(places: places, script: script).reduce(read("samples.json"))
            seen.metrics = reduced.metrics
            seen.samples = reduced.samples
            seen.export = ExportText(places: places, script: script).reduce(read("export.json"))
        }
        if !script.isOrdered { seen.log.sort() }
        for name in script.files {
            seen.files += LogText.lines(places.replaced(read(name))).map {
                "\(name): \(LogText.normalised($0, exactMessages: script.hasExactMessages))"
            }
        }
        return seen
    }

    private func run(_ path: String) throws -> Finished {
        var words = ["run"] + program.runArguments + extra
        if script.isQuiet { words.append("-q") }
        words += ["-e", "BASE=\(servers.plain.url)"]
        if let name = servers.secureHostPort { words += ["-e", "TLS=https://\(name)"] }
        if script.hasOutputs {
            words += ["-o", "json=\(folder)/samples.json", "--summary-export", "\(folder)/export.json"]
        }
        // An archive has its options inside already.
        return try start(words + (script.command == .archive ? [] : arguments) + [path])
    }

    private var arguments: [String] { script.arguments.map(filled) }

    private func start(_ words: [String]) throws -> Finished {
        var variables = ["K6_NO_USAGE_REPORT": "true"]
        if servers.secure != nil { variables["SSL_CERT_FILE"] = Servers.certificate }
        if let path = program.searchPath { variables["PATH"] = path }
        variables.merge(script.environment.mapValues(filled)) { _, new in new }
        let child = try Child(program.path, words, environment: variables, folder: folder)
        return try child.finish(within: 60)
    }

    /// Arguments and variables name places that differ from run to run.
    private func filled(_ text: String) -> String {
        text.replacing("{out}", with: folder).replacing("{base}", with: servers.plain.url)
            .replacing("{fixtures}", with: ConformanceCase.fixtures)
    }

    /// Where the script lies; a copy when a place stands in it, since imports cannot be computed.
    private func scriptPath() throws -> String {
        guard script.text.contains("{{") else { return script.file }
        var text = script.text.replacing("{{FIXTURES}}", with: ConformanceCase.fixtures)
        if let name = servers.secureHostPort { text = text.replacing("{{TLS}}", with: "https://" + name) }
        try text.write(toFile: places.scriptCopy, atomically: true, encoding: .utf8)
        return places.scriptCopy
    }

    private func take(_ end: Finished, into seen: inout Observation) {
        seen.exit = end.code
        seen.log += LogText.lines(places.replaced(end.err)).map {
            LogText.normalised($0, exactMessages: script.hasExactMessages)
        }
        seen.stdout += SummaryText(script: script).reduce(places.replaced(end.out))
    }

    /// The text of a file of the run; empty when it did not write one.
    private func read(_ name: String) -> String {
        String(decoding: FileBytes.read(folder + "/" + name) ?? Data(), as: UTF8.self)
    }
}

/// What differs from run to run only by where it happens.
struct Places {
    let hosts: [(text: String, placeholder: String)]
    let scriptCopy: String
    let out: String

    func replaced(_ text: String) -> String {
        var text = text
        for (host, placeholder) in hosts { text = text.replacing(host, with: placeholder) }
        return text.replacing(scriptCopy, with: "{scripts}/" + (scriptCopy as NSString).lastPathComponent)
            .replacing(out, with: "{out}").replacing(ConformanceCase.scripts, with: "{scripts}")
    }
}
