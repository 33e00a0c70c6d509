// What the process may use, found out once at start-up: vCPUs, memory, worker threads, and how it was found
// out. The CLI takes the worker count from here, the verdict and the cost lines take the quota, `doctor`
// prints all of it.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

public struct Sizing: Sendable {
    public var cpu: CPUQuota
    public var memory: Measured<MemoryLimit>
    /// Worker threads: what the flag says, else one per started vCPU of the quota, at most one per usable
    /// CPU.
    public var workers: Int
    /// CPUs the process may be scheduled on.
    public var affinityCount: Int
    /// The task Apus runs in, when ECS described one.
    public var task: ECSTask?
    /// The file with the throttling counters that belong to the quota.
    public var throttlingFile: Measured<String>
    /// What could not be read or was overridden, one line each; for `doctor` and `--verbose`.
    public var notes: [String]

    public struct Inputs: Sendable {
        /// `--threads`: decides the number of workers, not the quota.
        public var workersFlag: Int?
        /// vCPUs as the user states them, where nothing else can know.
        public var vCPUFlag: Double?
        public var files = HostFiles()
        /// The process whose limits are asked for: its id, or "self".
        public var process = "self"
        public var environment: @Sendable (String) -> String? = Sizing.variable
        /// Gets the body of an address; the default is a GET with a time-out of a second.
        public var fetch: @Sendable (String) throws(MetadataClient.Problem) -> [UInt8] = {
            (uri) throws(MetadataClient.Problem) in try MetadataClient.get(uri)
        }

        public init() {}
    }

    public static func detect(_ inputs: Inputs = Inputs()) -> Sizing {
        var notes: [String] = []
        let files = inputs.files
        let tree = CgroupTree.discover(files, process: inputs.process)
        notes += tree.problems
        let task = describedTask(inputs, &notes)
        let affinityCount = usableCPUs(inputs, &notes)
        let inCgroup = CPUQuota.inCgroups(tree, files, &notes)
        let cpu = quota(inputs, task, inCgroup?.quota, affinityCount)
        let workers = inputs.workersFlag ?? workers(for: cpu.vCPU, affinityCount: affinityCount)
        if workers > affinityCount {
            notes.append("\(workers) workers asked for on \(affinityCount) usable CPUs")
        }
        return Sizing(
            cpu: cpu, memory: memory(task, tree, files, &notes), workers: workers,
            affinityCount: affinityCount,
            task: task,
            throttlingFile: throttlingFile(tree, files, quotaFolder: inCgroup?.folder, isECS: isECS(inputs)),
            notes: notes)
    }

    /// One worker per started vCPU: half a vCPU gets one, 1.5 get two; never more than there are CPUs to run
    /// on.
    public static func workers(for vCPU: Double, affinityCount: Int) -> Int {
        // A quota is a quotient of microseconds; the hundredth keeps 1.0000001 from costing a second worker.
        max(1, min(affinityCount, Int((min(vCPU, 4096) - 0.01).rounded(.up))))
    }

    /// A variable of the process's environment.
    public static let variable: @Sendable (String) -> String? = { name in
        getenv(name).map { String(cString: $0) }
    }

    private static func quota(
        _ inputs: Inputs, _ task: ECSTask?, _ inCgroup: CPUQuota?, _ affinityCount: Int
    ) -> CPUQuota {
        if let vCPU = inputs.vCPUFlag { return CPUQuota(vCPU, .flag, "flag") }
        if let vCPU = task?.vCPU { return CPUQuota(vCPU, .ecs, "ECS task metadata Limits.CPU") }
        let affinity = CPUQuota(Double(affinityCount), .affinity, "CPU affinity: \(affinityCount) usable")
        // A quota above the number of usable CPUs is no limit at all.
        guard let inCgroup, inCgroup.vCPU < affinity.vCPU else { return affinity }
        return inCgroup
    }

    /// Whether this is an ECS task, even one whose metadata cannot be read.
    private static func isECS(_ inputs: Inputs) -> Bool {
        !(inputs.environment(ECSTask.environmentName) ?? "").isEmpty
    }

    private static func describedTask(_ inputs: Inputs, _ notes: inout [String]) -> ECSTask? {
        guard isECS(inputs), let uri = inputs.environment(ECSTask.environmentName) else { return nil }
        do throws(MetadataClient.Problem) {
            let task = try ECSTask.parse(inputs.fetch(uri + "/task"))
            if task.vCPU == nil { notes.append("ECS task metadata: the task has no Limits.CPU") }
            return task
        } catch {
            notes.append("ECS task metadata at \(uri)/task: \(error)")
            return nil
        }
    }

    /// The CPUs in the process's affinity mask, as the kernel shows it in /proc.
    private static func usableCPUs(_ inputs: Inputs, _ notes: inout [String]) -> Int {
        let mask = inputs.files.measure("/proc/\(inputs.process)/status") { text -> Int? in
            guard let line = text.lines.first(where: { $0.hasPrefix("Cpus_allowed:") }) else { return nil }
            let count = line.dropFirst(13).compactMap(\.hexDigitValue).reduce(0) { $0 + $1.nonzeroBitCount }
            return count > 0 ? count : nil
        }
        switch mask {
        case .known(let count): return count
        case .unknown(let reason):
            notes.append("CPU affinity: \(reason); counting the CPUs online instead")
            return max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        }
    }

    private static func memory(
        _ task: ECSTask?, _ tree: CgroupTree, _ files: HostFiles, _ notes: inout [String]
    ) -> Measured<MemoryLimit> {
        if let mib = task?.memoryMiB {
            return .known(MemoryLimit(mib * 1_048_576, "ECS task metadata Limits.Memory: \(Int(mib)) MiB"))
        }
        let total = files.measure("/proc/meminfo") { text -> MemoryLimit? in
            guard let line = text.lines.first(where: { $0.hasPrefix("MemTotal:") }), line.words.count > 1,
                let kib = Double(line.words[1])
            else { return nil }
            return MemoryLimit(kib * 1024, "memory of the machine: \(line.words[1]) KiB")
        }
        guard let inCgroup = MemoryLimit.inCgroups(tree, files, &notes) else { return total }
        if let total = total.value, total.bytes < inCgroup.bytes { return .known(total) }
        return .known(inCgroup)
    }

    /// The counters of the level that holds the quota. Without a visible quota the process's own level
    /// counts, except on ECS, where the quota is enforced on a level outside the container and a zero seen
    /// inside means nothing.
    private static func throttlingFile(
        _ tree: CgroupTree, _ files: HostFiles, quotaFolder: String?, isECS: Bool
    ) -> Measured<String> {
        if let quotaFolder { return .known(quotaFolder + "/cpu.stat") }
        if isECS {
            return .unknown("the task's CPU quota is enforced outside the container's cgroup")
        }
        for folder in tree.unified + tree.cpuV1 {
            if HealthProbe.throttling(files, .known(folder + "/cpu.stat")).isKnown {
                return .known(folder + "/cpu.stat")
            }
        }
        return .unknown(tree.problems.first ?? "no cgroup with throttling counters is visible")
    }
}
