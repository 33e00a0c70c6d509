// The probes on made-up machines and on this one: what they read, what they say when they cannot, differences
// of two readings, and whether a plan's connections fit.

import Base
import Foundation
import Testing

@testable import Engine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite struct ProbeTests {
    static let contents = Fixture.v2([
        "/sys/fs/cgroup/a/b/cpu.max": "50000 100000\n",
        "/sys/fs/cgroup/a/b/cpu.stat": "usage_usec 9\nnr_periods 100\nnr_throttled 40\nthrottled_usec 2500\n",
        "/proc/stat": "cpu  100 0 50 800 0 0 10 40 7 0\ncpu0 1 2 3\n",
        "/proc/self/task/1/schedstat": "5 1000 3\n", "/proc/self/task/2/schedstat": "5 2000 3\n",
        "/proc/self/fd/0": "", "/proc/self/fd/1": "", "/proc/self/fd/9": "",
        "/proc/sys/net/ipv4/ip_local_port_range": "32768\t60999\n",
        "/proc/net/sockstat": "sockets: used 9\nTCP: inuse 20 orphan 0 tw 300 alloc 21 mem 1\n",
        "/proc/self/statm": "1000 25 5 1 0 1 0\n",
    ])

    static func probe(_ machine: FakeMachine) -> HealthProbe {
        HealthProbe(Sizing.detect(SizingTests.inputs(machine)), files: machine.files)
    }

    @Test func readsAMadeUpMachine() {
        let machine = FakeMachine(Self.contents)
        let reading = Self.probe(machine).read(now: Instant(ns: 5))
        #expect(reading.at == Instant(ns: 5))
        #expect(
            reading.throttling
                == .known(Throttling(periods: 100, throttledPeriods: 40, throttledNs: 2_500_000)))
        #expect(reading.machine == .known(MachineTicks(total: 1000, steal: 40)))
        #expect(reading.readyWaitNs == .known(3000))
        #expect(reading.descriptorsOpen == .known(2))
        #expect(reading.ports.value?.count == 28232)
        #expect(reading.portsUsed == .known(320))
        #expect(reading.residentBytes == .known(25 * Int(getpagesize())))
    }

    @Test func version1CountsNanosecondsUnderAnotherName() {
        let folder = "\(SizingCase.v1Folder)/a/b"
        let machine = FakeMachine(
            Fixture.v1(
                SizingCase.v1("/a/b", "50000\n").merging([
                    "\(folder)/cpu.stat": "nr_periods 11\nnr_throttled 10\nthrottled_time 486485886\n"
                ]) { $1 }))
        let reading = Self.probe(machine).read(now: Instant(ns: 1))
        #expect(
            reading.throttling
                == .known(Throttling(periods: 11, throttledPeriods: 10, throttledNs: 486_485_886)))
    }

    @Test func differencesOfTwoReadings() {
        let machine = FakeMachine(Self.contents)
        let probe = Self.probe(machine)
        let start = probe.read(now: Instant(ns: 1))
        machine.write("/sys/fs/cgroup/a/b/cpu.stat", "nr_periods 200\nnr_throttled 85\nthrottled_usec 4500\n")
        machine.write("/proc/stat", "cpu  200 0 100 900 0 0 20 80 7 0\n")
        machine.write("/proc/self/task/2/schedstat", "5 7000 3\n")
        let difference = HealthDifference(from: start, to: probe.read(now: Instant(ns: 1_000_000_001)))
        #expect(difference.durationNs == 1_000_000_000)
        #expect(
            difference.throttling
                == .known(Throttling(periods: 100, throttledPeriods: 45, throttledNs: 2_000_000)))
        #expect(difference.stealShare.value == 40.0 / 300.0)
        #expect(difference.readyWaitNs == .known(5000))
    }

    @Test(arguments: [
        "/sys/fs/cgroup/a/b/cpu.stat", "/proc/stat", "/proc/self/task/1/schedstat", "/proc/self/fd",
        "/proc/sys/net/ipv4/ip_local_port_range", "/proc/net/sockstat", "/proc/self/statm",
    ]) func whatCannotBeReadIsUnknown(path: String) {
        let machine = FakeMachine(Self.contents)
        let probe = Self.probe(machine)
        machine.remove(path)
        let gone = probe.read(now: Instant(ns: 1))
        let reasons = Self.reasons(gone)
        #expect(reasons.count == 1, "\(reasons)")
        #expect(reasons.first?.hasPrefix("cannot read \(path): No such file") == true, "\(reasons)")
        machine.write(path == "/proc/self/fd" ? "/elsewhere" : path, "nonsense\n")
        #expect(Self.reasons(probe.read(now: Instant(ns: 2))).count == 1, "nonsense is no value either")
    }

    static func reasons(_ reading: HealthReading) -> [String] {
        [
            reading.throttling.reason, reading.machine.reason, reading.usage.reason,
            reading.readyWaitNs.reason,
            reading.descriptorsOpen.reason, reading.descriptorsMax.reason, reading.ports.reason,
            reading.portsUsed.reason, reading.residentBytes.reason,
        ].compactMap { $0 }
    }

    @Test func throttlingOfAnUnlimitedProcess() {
        let machine = FakeMachine(
            Fixture.v2(["/sys/fs/cgroup/a/cpu.stat": "nr_periods 0\nnr_throttled 0\nthrottled_usec 0\n"]))
        #expect(Self.probe(machine).read(now: Instant(ns: 1)).throttling.isKnown)
        machine.remove("/sys/fs/cgroup/a/cpu.stat")
        #expect(
            Self.probe(machine).read(now: Instant(ns: 1)).throttling
                == .unknown("no cgroup with throttling counters is visible"))
    }

    @Test func readsThisProcess() throws {
        let sizing = Sizing.detect()
        let probe = HealthProbe(sizing)
        let start = probe.read(now: Clock.now())
        let began = Clock.threadCPUNs()
        var sum: UInt64 = 0
        while Clock.threadCPUNs() - began < 100 * Ns.perMillisecond { sum &+= 1 }
        let difference = HealthDifference(from: start, to: probe.read(now: Clock.now()))
        let cpuNs = try #require(difference.usage.value).userNs + (difference.usage.value?.systemNs ?? 0)
        #expect(cpuNs >= 80 * Ns.perMillisecond, "the loop above used 100 ms (\(sum) rounds)")
        #expect((difference.vCPUUsed.value ?? 0) > 0)
        #expect(try #require(start.descriptorsOpen.value) >= 3)
        #expect(try #require(start.residentBytes.value) > 1_000_000)
        print("probes unknown here: \(Self.reasons(start))")
    }

    /// In a process of its own, whose limits and descriptors no other test changes.
    @Test func raisesTheSoftLimit() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit()
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
            #expect(getrlimit(resource, &limit) == 0)
            limit.rlim_cur = min(limit.rlim_max, 1000)
            #expect(setrlimit(resource, &limit) == 0)
            let raised = try #require(Descriptors.raiseLimit().value)
            #expect(raised.soft == raised.hard)
            #expect(Descriptors.limit().value == raised)
        }
    }

    static func fit(_ planned: Int, _ perVU: Int, _ destinations: Int, sources: Int = 1) -> ConnectionFit {
        let reading = HealthReading(
            at: Instant(ns: 1), throttling: .unknown(""), machine: .unknown(""), usage: .unknown(""),
            readyWaitNs: .unknown(""), descriptorsOpen: .known(10), descriptorsMax: .known(65535),
            ports: .known(PortRange(first: 32768, last: 60999)), portsUsed: .known(0),
            residentBytes: .unknown(""))
        return Descriptors.connectionsFit(
            planned: planned, perVU: perVU, destinations: destinations, sourceAddresses: sources,
            reading: reading)
    }

    @Test func connectionsThatFitAndThatDoNot() {
        #expect(Self.fit(10_000, 1, 1) == .fits)
        #expect(Self.fit(28_232, 1, 2) == .fits)
        #expect(Self.fit(30_000, 1, 1, sources: 2) == .fits)
        #expect(
            Self.fit(28_233, 1, 1)
                == .exceeds(
                    "28233 VUs need 28233 ports to one destination, but the range 32768-60999 "
                        + "on 1 local address has 28232; widen net.ipv4.ip_local_port_range "
                        + "or add --local-ips"
                ))
        #expect(
            Self.fit(20_000, 2, 2, sources: 9)
                == .exceeds(
                    "20000 VUs need 80000 connections and 74 descriptors beside them, "
                        + "but only 65535 files may be open; raise 'ulimit -n' (ECS: ulimits nofile) "
                        + "or use fewer VUs"
                ))
    }

    @Test func aFitNobodyCanTellIsUnknown() {
        let machine = FakeMachine(Self.contents)
        machine.remove("/proc/sys/net/ipv4/ip_local_port_range")
        let reading = Self.probe(machine).read(now: Instant(ns: 1))
        let fit = Descriptors.connectionsFit(planned: 1, perVU: 1, destinations: 1, reading: reading)
        guard case .unknown(let reason) = fit else {
            Issue.record("\(fit)")
            return
        }
        #expect(reason.contains("ip_local_port_range"))
    }

    /// The table is the kernel's: FDSize in /proc tells how large it is. In a process of its own.
    @Test func roomForDescriptors() async {
        await #expect(processExitsWith: .success) {
            let limit = try #require(Descriptors.raiseLimit().value)
            func size() throws -> Int {
                let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
                let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("FDSize:") })
                return try #require(line.split(separator: "\t").last.flatMap { Int($0) })
            }
            /// Those of the file that is opened to make room.
            func descriptors() -> [Int32] {
                var null = stat()
                stat("/dev/null", &null)
                return (0..<Int32(min(limit.soft, 2 << 20))).filter { number in
                    var file = stat()
                    return fstat(number, &file) == 0 && file.st_rdev == null.st_rdev
                }
            }
            let asked = try size() * 2
            try #require(asked <= limit.soft - Descriptors.reserve)
            let before = descriptors()
            #expect(Descriptors.makeRoom(for: asked) == nil)
            #expect(try size() >= asked)
            #expect(descriptors() == before)
            // More than may be open is cut to what may.
            #expect(Descriptors.makeRoom(for: Int(Int32.max)) == nil)
            #expect(descriptors() == before)
        }
    }

    @Test func vusThatCannotFitIntoMemory() throws {
        let machine = FakeMachine(["/proc/meminfo": "MemTotal: 4096 kB\nMemAvailable:   2048 kB\n"])
        let left = MemoryLeft(files: machine.files)
        #expect(left.refusal(vus: 2048, bytesPerVU: 1024) == nil)
        let line = try #require(left.refusal(vus: 2049, bytesPerVU: 1024))
        #expect(line.hasPrefix("2049 VUs do not fit into memory: 2 MiB are left, too little for 2048;"))
        #expect(left.refusal(vus: .max, bytesPerVU: 1024) != nil)
        #expect(MemoryLeft(files: FakeMachine([:]).files).refusal(vus: .max, bytesPerVU: 1024) == nil)
    }

    /// Address space, data, what is left of 100 and 50 used pages, with 512 bytes the allocator keeps.
    private static let limits: [(space: String, data: String, expected: Int64)] = [
        ("8388608", "unlimited", 7_979_520), ("unlimited", "4194304", 3_990_016),
        ("8388608", "4194304", 3_990_016), ("unlimited", "unlimited", 1_073_741_824),
        ("4096", "unlimited", 0),
    ]

    /// `ulimit -v` and `-d`: what the process itself may have, beside the machine's memory.
    @Test(arguments: limits) func limitsOfTheProcess(space: String, data: String, expected: Int64) {
        let limits = """
            Limit                     Soft Limit           Hard Limit           Units
            Max data size             \(data)              unlimited            bytes
            Max stack size            8388608              unlimited            bytes
            Max address space         \(space)             unlimited            bytes
            """
        let machine = FakeMachine([
            "/proc/meminfo": "MemAvailable: 1048576 kB\n", "/proc/self/limits": limits,
            "/proc/self/statm": "100 20 10 5 0 50 0\n",
        ])
        // Blocks the allocator keeps can be used again.
        #expect(MemoryLeft(files: machine.files, keptBytes: { 512 }).bytes() == expected)
    }
}
