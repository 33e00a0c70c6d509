// How much memory the process may still take before something ends it: the cgroups it is in, its own limits
// (`ulimit -v`, `ulimit -d`), or the machine.
// Asked by the script runtime while scripts grow, so only files that bound anything are read again.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

public struct MemoryLeft: Sendable {
    /// A cgroup with a limit: the files with its use.
    private struct Group: Sendable {
        var limitBytes: Int64
        var usePath: String
        var statPath: String
        /// Page cache that goes first when memory is short.
        var cacheName: String
    }

    /// A limit of the process, and where among the numbers of its `statm` the use stands.
    private struct Limit: Sendable {
        var bytes: Int64
        var place: Int
    }

    private let files: HostFiles
    private let groups: [Group]
    private let limits: [Limit]
    private let keptBytes: @Sendable () -> Int64

    /// - Parameter keptBytes: what the process's allocator holds for later; only limits of the process count
    ///   it as used.
    public init(
        files: HostFiles = HostFiles(), process: String = "self",
        keptBytes: @escaping @Sendable () -> Int64 = { 0 }
    ) {
        self.files = files
        self.keptBytes = keptBytes
        let tree = CgroupTree.discover(files, process: process)
        groups =
            tree.unified.compactMap { Self.group($0, "memory.max", "memory.current", "inactive_file", files) }
            + tree.memoryV1.compactMap {
                Self.group($0, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file", files)
            }
        limits = Self.limits(files, process)
    }

    /// The soft limits of address space and of data, where there are any.
    private static func limits(_ files: HostFiles, _ process: String) -> [Limit] {
        files.measure("/proc/\(process)/limits") { text in
            text.lines.compactMap { line -> Limit? in
                let words = line.words
                guard words.count > 3, words[0] == "Max" else { return nil }
                if words[1] == "address", words[2] == "space" {
                    return Int64(words[3]).map { Limit(bytes: $0, place: 0) }
                }
                if words[1] == "data", words[2] == "size" {
                    return Int64(words[3]).map { Limit(bytes: $0, place: 5) }
                }
                return nil
            }
        }.value ?? []
    }

    private static func group(
        _ folder: String, _ limit: String, _ use: String, _ cache: String, _ files: HostFiles
    ) -> Group? {
        // Version 1 writes "no limit" as the largest multiple of a page.
        guard let bytes = files.measure("\(folder)/\(limit)", { $0.words.first.flatMap { Int64($0) } }).value,
            bytes < 1 << 60
        else { return nil }
        return Group(
            limitBytes: bytes, usePath: "\(folder)/\(use)", statPath: "\(folder)/memory.stat",
            cacheName: cache)
    }

    /// The smallest of all bounds that can be read; nil when none can.
    public func bytes() -> Int64? {
        var left: [Int64] = []
        if let available = available() { left.append(available) }
        for group in groups {
            guard let used = files.measure(group.usePath, { $0.words.first.flatMap { Int64($0) } }).value
            else {
                continue
            }
            left.append(group.limitBytes - used + cached(group))
        }
        if !limits.isEmpty, let least = leastOfLimits() { left.append(least) }
        return left.min().map { max($0, 0) }
    }

    /// What the process's own limits leave it, with what its allocator keeps for later.
    private func leastOfLimits() -> Int64? {
        guard let pages = files.measure("/proc/self/statm", { $0.words.map { Int64($0) ?? 0 } }).value else {
            return nil
        }
        let used = limits.filter { $0.place < pages.count }
        return used.map { $0.bytes - pages[$0.place] * Int64(getpagesize()) + keptBytes() }.min()
    }

    /// What the process has in memory now; nil when that cannot be read.
    public static func residentBytes(files: HostFiles = HostFiles()) -> Int64? {
        files.measure("/proc/self/statm") { text in
            text.words.count > 1 ? Int64(text.words[1]).map { $0 * Int64(getpagesize()) } : nil
        }.value
    }

    private func cached(_ group: Group) -> Int64 {
        files.measure(group.statPath) { text in
            text.lines.first { $0.hasPrefix(group.cacheName + " ") }.flatMap { $0.words.last }.flatMap {
                Int64($0)
            }
        }.value ?? 0
    }

    private func available() -> Int64? {
        files.measure("/proc/meminfo") { text in
            text.lines.first { $0.hasPrefix("MemAvailable:") }.flatMap { line -> Int64? in
                line.words.count > 1 ? Int64(line.words[1]).map { $0 * 1024 } : nil
            }
        }.value
    }

    /// The least a VU takes, in bytes, below what was measured of idle VUs (1.2 KiB on a URL, 60 to 100 KiB
    /// of a small script): a plan refused by it cannot run, one that passes may still be too large.
    public static let bytesPerVUMin: (url: Int64, script: Int64) = (1024, 48 * 1024)

    /// Whether `vus` VUs cannot fit into what is left.
    /// - Returns: one line with what is missing and what would help; nil when they may fit or nobody knows.
    public func refusal(vus: Int64, bytesPerVU: Int64) -> String? {
        guard let left = bytes() else { return nil }
        let (needed, overflow) = vus.multipliedReportingOverflow(by: bytesPerVU)
        guard overflow || needed > left else { return nil }
        let most = left / bytesPerVU
        return "\(vus) VUs do not fit into memory: \(left >> 20) MiB are left, too little for \(most); "
            + "use fewer VUs, more memory, or more machines with --execution-segment"
    }
}
