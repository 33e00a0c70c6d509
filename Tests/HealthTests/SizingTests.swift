// The sizing on made-up machines: which source wins, what it says, how many workers follow from it. The last
// test sizes the machine it runs on and prints what it found.

import Engine
import Testing

struct SizingCase: CustomTestStringConvertible, Sendable {
    var name: String
    var contents: [String: String]
    var vCPU: Double
    var workers: Int
    var text: String
    var notes = 0
    var testDescription: String { name }

    static let v1Folder = "/sys/fs/cgroup/cpu,cpuacct"

    static func v1(_ folder: String, _ quota: String, _ period: String = "100000\n") -> [String: String] {
        ["\(v1Folder)\(folder)/cpu.cfs_quota_us": quota, "\(v1Folder)\(folder)/cpu.cfs_period_us": period]
    }

    static let unlimited = "CPU affinity: 4 usable → 4 vCPU"

    static let all: [SizingCase] = [
        SizingCase(
            name: "v2, half a vCPU", contents: Fixture.v2(["/sys/fs/cgroup/a/b/cpu.max": "50000 100000\n"]),
            vCPU: 0.5,
            workers: 1, text: "cgroup v2 cpu.max /sys/fs/cgroup/a/b: 50000 100000 → 0.5 vCPU"),
        SizingCase(
            name: "v2, a vCPU and a half",
            contents: Fixture.v2(["/sys/fs/cgroup/a/b/cpu.max": "150000 100000\n"]),
            vCPU: 1.5, workers: 2, text: "cgroup v2 cpu.max /sys/fs/cgroup/a/b: 150000 100000 → 1.5 vCPU"),
        SizingCase(
            name: "v2, the parent is tighter",
            contents: Fixture.v2([
                "/sys/fs/cgroup/a/b/cpu.max": "300000 100000\n", "/sys/fs/cgroup/a/cpu.max": "50000 200000\n",
            ]), vCPU: 0.25, workers: 1, text: "cgroup v2 cpu.max /sys/fs/cgroup/a: 50000 200000 → 0.25 vCPU"),
        SizingCase(
            name: "v2, only the parent has a quota",
            contents: Fixture.v2([
                "/sys/fs/cgroup/a/b/cpu.max": "max 100000\n", "/sys/fs/cgroup/a/cpu.max": "200000 100000\n",
            ]), vCPU: 2, workers: 2, text: "cgroup v2 cpu.max /sys/fs/cgroup/a: 200000 100000 → 2 vCPU"),
        SizingCase(
            name: "v2, own namespace",
            contents: Fixture.v2("/", ["/sys/fs/cgroup/cpu.max": "100000 100000\n"]), vCPU: 1, workers: 1,
            text: "cgroup v2 cpu.max /sys/fs/cgroup: 100000 100000 → 1 vCPU"),
        SizingCase(
            name: "v2, outside the namespace",
            contents: Fixture.v2("/../other", ["/sys/fs/cgroup/cpu.max": "100000 100000\n"]), vCPU: 1,
            workers: 1,
            text: "cgroup v2 cpu.max /sys/fs/cgroup: 100000 100000 → 1 vCPU"),
        SizingCase(
            name: "v2, unlimited", contents: Fixture.v2(["/sys/fs/cgroup/a/b/cpu.max": "max 100000\n"]),
            vCPU: 4,
            workers: 4, text: unlimited),
        SizingCase(
            name: "v2, quota above the affinity",
            contents: Fixture.v2(["/sys/fs/cgroup/a/b/cpu.max": "800000 100000\n"]), vCPU: 4, workers: 4,
            text: unlimited),
        SizingCase(
            name: "v2, cpu.max makes no sense",
            contents: Fixture.v2(["/sys/fs/cgroup/a/b/cpu.max": "lots\n"]),
            vCPU: 4, workers: 4, text: unlimited, notes: 1),
        SizingCase(
            name: "v1, half a vCPU", contents: Fixture.v1(v1("/a/b", "50000\n")), vCPU: 0.5, workers: 1,
            text: "cgroup v1 cpu.cfs_quota_us \(v1Folder)/a/b: 50000 of 100000 → 0.5 vCPU"),
        SizingCase(
            name: "v1, the parent is tighter",
            contents: Fixture.v1(v1("/a/b", "-1\n").merging(v1("/a", "125000\n")) { $1 }), vCPU: 1.25,
            workers: 2,
            text: "cgroup v1 cpu.cfs_quota_us \(v1Folder)/a: 125000 of 100000 → 1.25 vCPU"),
        SizingCase(
            name: "v1, unlimited", contents: Fixture.v1(v1("/a/b", "-1\n").merging(v1("", "-1\n")) { $1 }),
            vCPU: 4,
            workers: 4, text: unlimited),
        SizingCase(
            name: "v1, container path under the mount's root",
            contents: Fixture.v1(v1("", "50000\n").merging(v1("/sub", "200000\n")) { $1 }).merging([
                "/proc/self/cgroup": "2:cpu,cpuacct:/docker/abc/sub\n",
                "/proc/self/mountinfo":
                    "32 31 0:29 /docker/abc \(v1Folder) ro master:9 - cgroup cgroup rw,cpu,cpuacct\n",
            ]) { $1 }, vCPU: 0.5, workers: 1,
            text: "cgroup v1 cpu.cfs_quota_us \(v1Folder): 50000 of 100000 → 0.5 vCPU"),
        SizingCase(
            name: "a mount point with a blank",
            contents: [
                "/proc/self/cgroup": "0::/\n", "/proc/self/status": Fixture.fourCPUs,
                "/proc/self/mountinfo": "31 23 0:28 / /sys/my\\040groups rw - cgroup2 cgroup2 rw\n",
                "/sys/my groups/cpu.max": "50000 100000",
            ], vCPU: 0.5, workers: 1, text: "cgroup v2 cpu.max /sys/my groups: 50000 100000 → 0.5 vCPU"),
        SizingCase(
            name: "no cgroups readable", contents: ["/proc/self/status": Fixture.fourCPUs], vCPU: 4,
            workers: 4,
            text: unlimited, notes: 1),
        SizingCase(
            name: "CPUs in a wide mask",
            contents: ["/proc/self/status": "Cpus_allowed:\t00000000,00000003,00000001\n"], vCPU: 3,
            workers: 3,
            text: "CPU affinity: 3 usable → 3 vCPU", notes: 1),
    ]
}

@Suite struct SizingTests {
    static func inputs(_ machine: FakeMachine, ecs: String? = nil) -> Sizing.Inputs {
        var inputs = Sizing.Inputs()
        inputs.files = machine.files
        inputs.environment = { $0 == "ECS_CONTAINER_METADATA_URI_V4" ? ecs : nil }
        return inputs
    }

    @Test(arguments: SizingCase.all) func sizes(_ row: SizingCase) {
        let machine = FakeMachine(row.contents)
        let sizing = Sizing.detect(Self.inputs(machine))
        #expect(sizing.cpu.vCPU == row.vCPU)
        #expect(sizing.cpu.text == row.text)
        #expect(sizing.workers == row.workers)
        #expect(sizing.notes.count == row.notes, "\(sizing.notes)")
    }

    @Test(arguments: [
        (0.1, 8, 1), (0.25, 8, 1), (1.0, 8, 1), (1.0001, 8, 1), (1.1, 8, 2), (4.0, 8, 4), (16.0, 8, 8),
        (1e30, 8, 8),
    ]) func workersOfAQuota(vCPU: Double, affinity: Int, workers: Int) {
        #expect(Sizing.workers(for: vCPU, affinityCount: affinity) == workers)
    }

    @Test func flagsDecideFirst() {
        let machine = FakeMachine(Fixture.v2(["/sys/fs/cgroup/a/b/cpu.max": "50000 100000\n"]))
        var inputs = Self.inputs(machine)
        inputs.workersFlag = 3
        let byWorkers = Sizing.detect(inputs)
        #expect(byWorkers.workers == 3)
        #expect(byWorkers.cpu.vCPU == 0.5, "more threads do not make more CPU")
        inputs.workersFlag = nil
        inputs.vCPUFlag = 2
        let byVCPU = Sizing.detect(inputs)
        #expect(byVCPU.cpu.text == "flag → 2 vCPU")
        #expect(byVCPU.workers == 2)
        inputs.workersFlag = 9
        #expect(Sizing.detect(inputs).notes == ["9 workers asked for on 4 usable CPUs"])
    }

    @Test(arguments: [
        (
            Fixture.v2([
                "/sys/fs/cgroup/a/b/memory.max": "max\n", "/sys/fs/cgroup/a/memory.max": "2147483648\n",
            ]),
            "cgroup v2 memory.max /sys/fs/cgroup/a: 2147483648 → 2 GiB"
        ),
        (
            Fixture.v1(["/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes": "536870912\n"]),
            "cgroup v1 memory.limit_in_bytes /sys/fs/cgroup/memory/a/b: 536870912 → 0.5 GiB"
        ),
        (
            Fixture.v1(["/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes": "9223372036854771712\n"]),
            "memory of the machine: 16777216 KiB → 16 GiB"
        ),
        (
            Fixture.v2(["/sys/fs/cgroup/a/b/memory.max": "99999999999999\n"]),
            "memory of the machine: 16777216 KiB → 16 GiB"
        ),
        (
            ["/proc/self/status": Fixture.fourCPUs],
            "unknown: cannot read /proc/meminfo: No such file or directory"
        ),
    ]) func memory(contents: [String: String], text: String) {
        let machine = FakeMachine(contents)
        #expect(Sizing.detect(Self.inputs(machine)).memory.text(\.text) == text)
    }

    @Test func thisMachineHasASize() {
        let sizing = Sizing.detect()
        #expect(sizing.cpu.vCPU > 0)
        #expect((1...sizing.affinityCount).contains(sizing.workers))
        #expect((sizing.memory.value?.bytes ?? 0) > 1_000_000)
        print("this machine: \(sizing.cpu.text); \(sizing.memory.text(\.text)); notes \(sizing.notes)")
    }
}
