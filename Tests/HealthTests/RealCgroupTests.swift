// Sizing, throttling probe and verdict on a real cgroup of half a vCPU, where one can be made (root, and a
// writable version 2 or version 1 hierarchy). The output says which kind was used, or that only made-up
// machines were.

import Base
import Testing

@testable import Engine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A cgroup below the mount point with a quota of 50 ms in 100 ms, and the largest weight there is: it
/// uses up its quota whatever else the machine does.
final class HalfCPUGroup {
    let kind: String
    let folder: String
    private var undo: (path: String, text: String)?

    private init(_ kind: String, _ mount: String) {
        self.kind = kind
        folder = "\(mount)/apus-test-\(getpid())"
    }

    /// Removes the group; its processes must have been waited for.
    func remove() {
        // The kernel counts a killed process out a moment after it was waited for.
        var tries = 0
        while rmdir(folder) != 0, errno == EBUSY, tries < 200 {
            usleep(10_000)
            tries += 1
        }
        if let undo { putFile(undo.path, undo.text) }
    }

    /// Makes the folder and writes the limits; nil, with nothing left behind, where that is not allowed.
    private func made(with limits: [(file: String, text: String)]) -> HalfCPUGroup? {
        if mkdir(folder, 0o755) == 0, limits.allSatisfy({ putFile("\(folder)/\($0.file)", $0.text) }) {
            return self
        }
        remove()
        return nil
    }

    static func make() -> HalfCPUGroup? {
        let tree = CgroupTree.discover(HostFiles(), process: "self")
        return version2(tree.unified.last) ?? version1(tree.cpuV1.last)
    }

    private static func version2(_ mount: String?) -> HalfCPUGroup? {
        guard let mount,
            case .known(let controllers) = HostFiles().measure(mount + "/cgroup.controllers", { $0 }),
            controllers.words.contains("cpu")
        else { return nil }
        let group = HalfCPUGroup("cgroup v2", mount)
        let subtree = mount + "/cgroup.subtree_control"
        let enabled = HostFiles().measure(subtree) { $0.words.contains("cpu") }
        if enabled != .known(true) {
            guard putFile(subtree, "+cpu") else { return nil }
            group.undo = (subtree, "-cpu")
        }
        return group.made(with: [("cpu.max", "50000 100000"), ("cpu.weight", "10000")])
    }

    private static func version1(_ mount: String?) -> HalfCPUGroup? {
        guard let mount else { return nil }
        return HalfCPUGroup("cgroup v1", mount)
            .made(with: [
                ("cpu.cfs_period_us", "100000"), ("cpu.cfs_quota_us", "50000"), ("cpu.shares", "262144"),
            ])
    }
}

@Suite struct RealCgroupTests {
    /// Starts a shell that spins until it is killed or has used twelve seconds of CPU, more than it gets
    /// while it is watched; the kernel sees to the latter, because a thread of the test runner may hand a
    /// blocked SIGTERM down to its child.
    private static func spinner() -> pid_t {
        var pid: pid_t = 0
        let command = ["sh", "-c", "ulimit -t 12; while :; do :; done"]
        let words: [UnsafeMutablePointer<CChar>?] = command.map { (word: String) in strdup(word) } + [nil]
        defer { for word in words { free(word) } }
        let code = posix_spawnp(&pid, "sh", nil, nil, words, environ)
        precondition(code == 0, "a child process")
        return pid
    }

    /// What changed in a little more than a second.
    private static func watched(_ probe: HealthProbe) -> HealthDifference {
        let start = probe.read(now: Clock.now())
        usleep(1_200_000)
        return HealthDifference(from: start, to: probe.read(now: Clock.now()))
    }

    private static func isFelt(_ throttling: Throttling) -> Bool {
        throttling.throttledPeriods >= 5 && throttling.throttledNs >= 20 * Ns.perMillisecond
    }

    @Test func halfAVCPUIsSeenAndItsThrottlingIsJudged() throws {
        guard let group = HalfCPUGroup.make() else {
            print("real cgroup: none can be made here; sizing was tested on made-up machines only")
            return
        }
        print("real cgroup: \(group.kind), \(group.folder)")
        let child = Self.spinner()
        defer {
            kill(child, SIGKILL)
            var status: Int32 = 0
            waitpid(child, &status, 0)
            group.remove()
        }
        try #require(putFile(group.folder + "/cgroup.procs", "\(child)"))

        var inputs = Sizing.Inputs()
        inputs.process = "\(child)"
        inputs.environment = { _ in nil }
        let sizing = Sizing.detect(inputs)
        #expect(sizing.cpu.vCPU == 0.5)
        #expect(
            sizing.cpu.text.hasPrefix("\(group.kind) ") && sizing.cpu.text.contains(group.folder),
            "\(sizing.cpu.text)")
        #expect(sizing.workers == 1)

        let probe = HealthProbe(sizing, process: "\(child)")
        var difference = Self.watched(probe)
        // Other groups of the same weight may still be in its way.
        for _ in 0..<15 where difference.throttling.value.map(Self.isFelt) != true {
            difference = Self.watched(probe)
        }
        let throttling = try #require(difference.throttling.value)
        #expect(Self.isFelt(throttling), "\(throttling)")

        var evidence = Planted.serverBound
        evidence.durationSeconds = Double(difference.durationNs) / 1e9
        evidence.throttling = difference.throttling
        let verdict = Verdict.judge(evidence)
        #expect(verdict.kind == .clientBound && verdict.cause == .throttled)
        print("real cgroup: \(verdict.headline)")
    }
}
