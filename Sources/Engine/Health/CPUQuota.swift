// How many vCPUs the process may use, and who says so. The answer is the smallest quota of the first source
// that has one: the user's flag, the ECS task, cgroup version 2, cgroup version 1, the CPU affinity. Pure but
// for the files it is given; called by Sizing.

public struct CPUQuota: Sendable, Equatable {
    public enum Source: String, Sendable {
        case flag, ecs = "ECS task metadata", cgroupV2 = "cgroup v2", cgroupV1 = "cgroup v1", affinity =
            "CPU affinity"
    }

    /// vCPUs, above 0; 0.5 is half a core.
    public var vCPU: Double
    public var source: Source
    /// The source and what it said: "cgroup v2 cpu.max /sys/fs/cgroup/a: 50000 100000 → 0.5 vCPU".
    public var text: String

    /// A quota found in a cgroup, and the folder whose counters tell whether it was hit.
    struct InCgroup {
        var quota: CPUQuota
        var folder: String
    }

    static func inCgroups(_ tree: CgroupTree, _ files: HostFiles, _ notes: inout [String]) -> InCgroup? {
        smallest(tree.unified, &notes) { (folder) throws(HostFiles.Problem) in
            let text = try files.text(folder + "/cpu.max")
            return try version2(text.words, folder)
        }
            ?? smallest(tree.cpuV1, &notes) { (folder) throws(HostFiles.Problem) in
                let quota = try files.text(folder + "/cpu.cfs_quota_us").words.first ?? ""
                let period = try files.text(folder + "/cpu.cfs_period_us").words.first ?? ""
                return try version1(quota, period, folder)
            }
    }

    /// The tightest quota of all levels. A level without the file has no limit; any other problem is noted.
    private static func smallest(
        _ folders: [String], _ notes: inout [String], _ read: (String) throws(HostFiles.Problem) -> CPUQuota?
    ) -> InCgroup? {
        var found: InCgroup?
        for folder in folders {
            do throws(HostFiles.Problem) {
                guard let quota = try read(folder), quota.vCPU < found?.quota.vCPU ?? .infinity else {
                    continue
                }
                found = InCgroup(quota: quota, folder: folder)
            } catch {
                if !error.isMissing { notes.append(error.description) }
            }
        }
        return found
    }

    /// The content of `cpu.max`: `QUOTA PERIOD` in microseconds, or `max PERIOD`.
    private static func version2(_ words: [Substring], _ folder: String) throws(HostFiles.Problem)
        -> CPUQuota?
    {
        if words.first == "max" { return nil }
        guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), quota > 0,
            period > 0
        else { throw HostFiles.Problem(path: folder + "/cpu.max", code: HostFiles.malformed) }
        return CPUQuota(
            quota / period, .cgroupV2, "cgroup v2 cpu.max \(folder): \(words[0]) \(words[1])")
    }

    /// The contents of `cpu.cfs_quota_us` (-1: none) and `cpu.cfs_period_us`.
    private static func version1(
        _ quotaUs: Substring, _ periodUs: Substring, _ folder: String
    ) throws(HostFiles.Problem) -> CPUQuota? {
        guard let quota = Double(quotaUs), let period = Double(periodUs), period > 0 else {
            throw HostFiles.Problem(path: folder + "/cpu.cfs_quota_us", code: HostFiles.malformed)
        }
        if quota <= 0 { return nil }
        return CPUQuota(
            quota / period, .cgroupV1,
            "cgroup v1 cpu.cfs_quota_us \(folder): \(quotaUs) of \(periodUs)")
    }

    init(_ vCPU: Double, _ source: Source, _ what: String) {
        self.vCPU = vCPU
        self.source = source
        text = "\(what) → \(HealthText.trimmed(vCPU, 3)) vCPU"
    }
}

/// How many bytes of memory the process may use, and who says so.
public struct MemoryLimit: Sendable, Equatable {
    public var bytes: Double
    public var text: String

    public var gib: Double { bytes / 1_073_741_824 }

    /// Version 1 writes "no limit" as the largest multiple of a page; nothing has an exbibyte.
    private static let limitless = 0x1p60

    static func inCgroups(_ tree: CgroupTree, _ files: HostFiles, _ notes: inout [String]) -> MemoryLimit? {
        smallest(tree.unified, "memory.max", "cgroup v2", files, &notes)
            ?? smallest(tree.memoryV1, "memory.limit_in_bytes", "cgroup v1", files, &notes)
    }

    private static func smallest(
        _ folders: [String], _ name: String, _ source: String, _ files: HostFiles, _ notes: inout [String]
    ) -> MemoryLimit? {
        var found: MemoryLimit?
        for folder in folders {
            do throws(HostFiles.Problem) {
                let word = try files.text("\(folder)/\(name)").words.first ?? ""
                if word == "max" { continue }
                guard let bytes = Double(word), bytes >= 0 else {
                    throw HostFiles.Problem(path: "\(folder)/\(name)", code: HostFiles.malformed)
                }
                if bytes >= limitless || bytes >= found?.bytes ?? .infinity { continue }
                found = MemoryLimit(bytes, "\(source) \(name) \(folder): \(word)")
            } catch {
                if !error.isMissing { notes.append(error.description) }
            }
        }
        return found
    }

    init(_ bytes: Double, _ what: String) {
        self.bytes = bytes
        text = "\(what) → \(HealthText.trimmed(bytes / 1_073_741_824, 2)) GiB"
    }
}
