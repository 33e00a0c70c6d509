// `apus doctor`: what this machine or task can do as a load generator, and what would limit a run. Checks
// first, then measures against a target (one in this process unless a URL is given), then says what to
// expect. Called by the entry point.

import Base
import Control
import Engine
import Glibc
import HTTP
import Plan

struct DoctorCommand {
    let settings: DoctorSettings
    let logger: Logger
    let terminal: Terminal
    let environment: [String: String]

    /// - Returns: 0, or 1 as "generic" when a check found something that would spoil a run.
    /// - Throws: what kept the measurements from running.
    func execute() throws(CLIError) -> ExitCode {
        var inputs = Sizing.Inputs()
        inputs.workersFlag = settings.threads
        let sizing = Sizing.detect(inputs)
        let raised = Descriptors.raiseLimit()
        let probe = HealthProbe(sizing)
        var report = DoctorReport(terminal: terminal)
        report.section("THIS MACHINE OR TASK")
        checkMachine(sizing, probe.read(now: Clock.now()), raised, &report)
        checkClock(&report)
        checkAuthorities(&report)
        let server: TargetServer?
        let url: RequestURL
        (server, url) = try target()
        defer { server?.stop() }
        report.section("MEASURED AGAINST \(server == nil ? url.maskedText : "A TARGET IN THIS PROCESS")")
        var measurements = DoctorMeasurements(
            url: url, sizing: sizing, secondsPerStep: Int64(settings.secondsPerStep))
        // Memory first: what later steps touch is not given back at once.
        try measurements.measureMemory(&report)
        try measurements.measureCeiling(&report)
        if let server { try measurements.measureStall(server, &report) }
        report.section("WHAT A RUN MAY EXPECT")
        measurements.expectations(probe.read(now: Clock.now()), &report)
        terminal.write("\n")
        return report.isHealthy ? .success : .generic
    }

    private func target() throws(CLIError) -> (TargetServer?, RequestURL) {
        do throws(URLError) {
            if let text = settings.url { return (nil, try RequestURL(parsing: text)) }
        } catch { throw CLIError("invalid URL: \(error.description)") }
        let server: TargetServer
        do { server = try TargetServer(Control.TargetSettings()) } catch {
            throw CLIError("the target could not start: \(error.description)")
        }
        do { return (server, try RequestURL(parsing: "http://127.0.0.1:\(server.port)/")) } catch {
            preconditionFailure("a URL made of an address and a port is one: \(error)")
        }
    }

    // MARK: - checks

    private func checkMachine(
        _ sizing: Sizing, _ reading: HealthReading, _ raised: Measured<DescriptorLimit>,
        _ report: inout DoctorReport
    ) {
        report.line("cpu", "\(HealthText.trimmed(sizing.cpu.vCPU, 2)) vCPU, from \(sizing.cpu.text)")
        report.line("workers", "\(sizing.workers) of \(sizing.affinityCount) usable CPUs")
        report.line("memory", sizing.memory.text { "\(HealthText.trimmed($0.gib, 2)) GiB, from \($0.text)" })
        report.line("throttling counters", sizing.throttlingFile.text { $0 })
        switch raised {
        case .known(let limit):
            let isFew = limit.soft < 10_000
            report.line("open files", "\(limit.soft) (hard limit \(limit.hard))", isFew ? .bad : .good)
        case .unknown(let reason): report.line("open files", "unknown: \(reason)", .bad)
        }
        report.line(
            "local ports", reading.ports.text { "\($0.first)-\($0.last), \($0.count) for each destination" })
        for note in sizing.notes { report.line("note", note) }
    }

    /// How late the kernel wakes a thread that asked for a moment: the floor of every start lateness.
    private func checkClock(_ report: inout DoctorReport) {
        var latenesses: [Int64] = []
        for _ in 0..<200 {
            let wanted = Clock.now() + Ns.perMillisecond
            var until = timespec(
                tv_sec: Int(wanted.ns / Ns.perSecond), tv_nsec: Int(wanted.ns % Ns.perSecond))
            while clock_nanosleep(CLOCK_MONOTONIC, Int32(TIMER_ABSTIME), &until, nil) == EINTR {}
            latenesses.append(Clock.now() - wanted)
        }
        latenesses.sort()
        let p99Ms = Double(latenesses[latenesses.count * 99 / 100]) / 1e6
        let medianMs = Double(latenesses[latenesses.count / 2]) / 1e6
        report.line(
            "clock wakes late by", "\(HealthText.ms(medianMs)) at the median, \(HealthText.ms(p99Ms)) at p99",
            p99Ms < 1 ? .good : .bad)
    }

    private func checkAuthorities(_ report: inout DoctorReport) {
        let found = AuthorityStore.find(environment)
        switch found {
        case .known(let path): report.line("certificate authorities", path, .good)
        case .unknown(let reason): report.line("certificate authorities", "unknown: \(reason)", .bad)
        }
    }
}

/// The system's trusted authorities, as OpenSSL looks for them.
enum AuthorityStore {
    static func find(_ environment: [String: String]) -> Measured<String> {
        let files = [environment["SSL_CERT_FILE"], "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem"]
        for case let file? in files where access(file, R_OK) == 0 { return .known(file) }
        if let folder = environment["SSL_CERT_DIR"], access(folder, R_OK) == 0 { return .known(folder) }
        return .unknown(
            "no store found; install ca-certificates or set SSL_CERT_FILE, or every https request fails")
    }
}

/// Prints findings as they come up and remembers whether any is bad.
struct DoctorReport {
    enum Mark { case plain, good, bad }

    let terminal: Terminal
    private(set) var isHealthy = true

    init(terminal: Terminal) { self.terminal = terminal }

    func section(_ title: String) { terminal.write("\n  █ \(title)\n\n") }

    mutating func line(_ key: String, _ value: String, _ mark: Mark = .plain) {
        if mark == .bad { isHealthy = false }
        let dots = String(repeating: ".", count: max(32 - key.count, 1))
        let sign = mark == .good ? "✓ " : mark == .bad ? "✗ " : ""
        terminal.write("    \(key)\(dots): \(sign)\(value)\n")
    }
}
