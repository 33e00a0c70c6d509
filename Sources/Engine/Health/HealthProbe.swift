// What the kernel says about this process and its machine, read at the start and at the end of a run:
// throttling, stolen time, CPU time, time spent ready without a CPU, descriptors, ports, memory. Called by
// the control thread, about a millisecond per reading; the verdict works on the difference of two readings.

import Base

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Counters of a CPU quota since its cgroup was made.
public struct Throttling: Sendable, Equatable {
    /// Quota periods in which the group ran, and those in which it used its quota up.
    public var periods: Int
    public var throttledPeriods: Int
    /// Time the group was held back, summed over CPUs.
    public var throttledNs: Int64
    public var throttledMs: Double { Double(throttledNs) / 1e6 }

    public init(periods: Int, throttledPeriods: Int, throttledNs: Int64) {
        self.periods = periods
        self.throttledPeriods = throttledPeriods
        self.throttledNs = throttledNs
    }
}

/// Clock ticks of all CPUs of the machine since it started.
public struct MachineTicks: Sendable, Equatable {
    public var total: Int64
    /// Ticks in which a virtual CPU wanted to run and the hypervisor ran something else.
    public var steal: Int64
}

/// CPU time and context switches of this process since it started.
public struct ProcessUsage: Sendable, Equatable {
    public var userNs: Int64
    public var systemNs: Int64
    /// Switches because the process waited, and because the scheduler took the CPU away.
    public var voluntarySwitches: Int
    public var involuntarySwitches: Int
}

/// The ports the kernel chooses from when a connection names no source port; both ends included.
public struct PortRange: Sendable, Equatable {
    public var first: Int
    public var last: Int
    public var count: Int { last - first + 1 }
}

/// One reading of all probes.
public struct HealthReading: Sendable {
    public var at: Instant
    public var throttling: Measured<Throttling>
    public var machine: Measured<MachineTicks>
    public var usage: Measured<ProcessUsage>
    /// Time the process's threads were ready to run and had no CPU, summed over threads.
    public var readyWaitNs: Measured<Int64>
    public var descriptorsOpen: Measured<Int>
    /// The soft limit of open files.
    public var descriptorsMax: Measured<Int>
    public var ports: Measured<PortRange>
    /// TCP sockets that may hold a port: open ones and those in TIME_WAIT. An upper bound, servers' sockets
    /// count too.
    public var portsUsed: Measured<Int>
    public var residentBytes: Measured<Int>
}

public struct HealthProbe: Sendable {
    private let files: HostFiles
    private let process: String
    private let throttlingFile: Measured<String>

    /// - Parameter process: whose /proc folder is read: an id, or "self".
    public init(_ sizing: Sizing, files: HostFiles = HostFiles(), process: String = "self") {
        self.files = files
        self.process = process
        throttlingFile = sizing.throttlingFile
    }

    /// Reads everything now; `now` is only written down.
    public func read(now: Instant) -> HealthReading {
        HealthReading(
            at: now,
            throttling: Self.throttling(files, throttlingFile),
            machine: files.measure("/proc/stat", Self.machineTicks),
            usage: Self.processUsage(),
            readyWaitNs: readyWait(),
            descriptorsOpen: descriptorsOpen(),
            descriptorsMax: Descriptors.limit().map(\.soft),
            ports: files.measure("/proc/sys/net/ipv4/ip_local_port_range", Self.portRange),
            portsUsed: files.measure("/proc/net/sockstat", Self.portsUsed),
            residentBytes: files.measure("/proc/\(process)/statm") { text in
                guard text.words.count > 1, let pages = Int(text.words[1]) else { return nil }
                return pages * Int(getpagesize())
            })
    }

    static func throttling(_ files: HostFiles, _ file: Measured<String>) -> Measured<Throttling> {
        switch file {
        case .unknown(let reason): return .unknown(reason)
        case .known(let path):
            return files.measure(path) { text in
                let values = keyed(text)
                guard let periods = values["nr_periods"], let throttled = values["nr_throttled"] else {
                    return nil
                }
                // Version 2 counts microseconds, version 1 nanoseconds under another name.
                guard let ns = values["throttled_usec"].map({ $0 * 1000 }) ?? values["throttled_time"] else {
                    return nil
                }
                return Throttling(periods: Int(periods), throttledPeriods: Int(throttled), throttledNs: ns)
            }
        }
    }

    private static func keyed(_ text: String) -> [Substring: Int64] {
        var values: [Substring: Int64] = [:]
        for line in text.lines {
            let words = line.words
            if words.count == 2, let value = Int64(words[1]) { values[words[0]] = value }
        }
        return values
    }

    /// The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal; guest time is in
    /// user.
    private static func machineTicks(_ text: String) -> MachineTicks? {
        guard let line = text.lines.first, line.hasPrefix("cpu ") else { return nil }
        let ticks = line.words.dropFirst().prefix(8).compactMap { Int64($0) }
        guard ticks.count == 8 else { return nil }
        return MachineTicks(total: ticks.reduce(0, +), steal: ticks[7])
    }

    private static func processUsage() -> Measured<ProcessUsage> {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else {
            return .unknown("getrusage: \(String(cString: strerror(errno)))")
        }
        func ns(_ time: timeval) -> Int64 { Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_usec) * 1000 }
        return .known(
            ProcessUsage(
                userNs: ns(usage.ru_utime), systemNs: ns(usage.ru_stime), voluntarySwitches: usage.ru_nvcsw,
                involuntarySwitches: usage.ru_nivcsw))
    }

    private static func portRange(_ text: String) -> PortRange? {
        guard text.words.count == 2, let first = Int(text.words[0]), let last = Int(text.words[1]),
            first <= last
        else { return nil }
        return PortRange(first: first, last: last)
    }

    /// `TCP: inuse N orphan N tw N alloc N mem N`.
    private static func portsUsed(_ text: String) -> Int? {
        guard let line = text.lines.first(where: { $0.hasPrefix("TCP:") }) else { return nil }
        let words = line.words
        func value(after name: Substring) -> Int? {
            guard let index = words.firstIndex(of: name), index + 1 < words.count else { return nil }
            return Int(words[index + 1])
        }
        guard let open = value(after: "inuse"), let waiting = value(after: "tw") else { return nil }
        return open + waiting
    }

    private func descriptorsOpen() -> Measured<Int> {
        do throws(HostFiles.Problem) {
            // One of the entries is the folder being read.
            return .known(try files.entries("/proc/\(process)/fd").count - 1)
        } catch {
            return .unknown(error.description)
        }
    }

    /// The second number of each thread's schedstat. Threads that ended take their share with them.
    private func readyWait() -> Measured<Int64> {
        let folder = "/proc/\(process)/task"
        do throws(HostFiles.Problem) {
            var sum: Int64 = 0
            for thread in try files.entries(folder) {
                let path = "\(folder)/\(thread)/schedstat"
                switch files.measure(path, { $0.words.count >= 2 ? Int64($0.words[1]) : nil }) {
                case .known(let waitNs): sum += waitNs
                case .unknown(let reason):
                    // A thread may have ended since the folder was read; anything else is a probe that fails.
                    if try files.entries(folder).contains(thread) { return .unknown(reason) }
                }
            }
            return .known(sum)
        } catch {
            return .unknown(error.description)
        }
    }
}
