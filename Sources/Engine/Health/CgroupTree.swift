// Where a process sits in the cgroup hierarchies: the folders from its own group up to the mount point, for
// version 2 and for the two version 1 controllers that matter. A limit may sit on any level, so callers look
// at all of them. Built once at start-up from /proc/PID/cgroup and /proc/PID/mountinfo; used by the sizing
// and the throttling probe.

struct CgroupTree: Sendable, Equatable {
    /// Folders of the version 2 hierarchy, the process's own first; empty when it is not mounted.
    var unified: [String] = []
    /// The same for the version 1 controllers `cpu` and `memory`.
    var cpuV1: [String] = []
    var memoryV1: [String] = []
    /// What could not be read, for the notes of the sizing.
    var problems: [String] = []

    static func discover(_ files: HostFiles, process: String) -> CgroupTree {
        var tree = CgroupTree()
        do throws(HostFiles.Problem) {
            let memberships = try files.text("/proc/\(process)/cgroup").lines.compactMap(Membership.init)
            let mounts = try files.text("/proc/\(process)/mountinfo").lines.compactMap(Mount.init)
            tree.unified = folders(memberships, mounts, controller: nil)
            tree.cpuV1 = folders(memberships, mounts, controller: "cpu")
            tree.memoryV1 = folders(memberships, mounts, controller: "memory")
        } catch {
            tree.problems.append(error.description)
        }
        return tree
    }

    /// The folders from the process's own group up to the mount point. Version 2 is meant when `controller`
    /// is nil.
    private static func folders(_ memberships: [Membership], _ mounts: [Mount], controller: String?)
        -> [String]
    {
        guard let path = memberships.first(where: { $0.has(controller) })?.path else { return [] }
        let candidates = mounts.filter { $0.has(controller) }
        guard let mount = candidates.first(where: { $0.below(path) != nil }) ?? candidates.first else {
            return []
        }
        // A path outside the mount's root (another cgroup namespace): what is mounted is then all one can
        // see.
        var parts = (mount.below(path) ?? "").split(separator: "/")
        var folders: [String] = []
        while !parts.isEmpty {
            folders.append(mount.point + "/" + parts.joined(separator: "/"))
            parts.removeLast()
        }
        return folders + [mount.point]
    }
}

extension CgroupTree {
    /// One line of /proc/PID/cgroup: `ID:controllers:path`.
    private struct Membership {
        var controllers: [Substring]
        var path: String

        init?(_ line: Substring) {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return nil }
            controllers = parts[1].split(separator: ",")
            path = String(parts[2])
        }

        func has(_ controller: String?) -> Bool {
            guard let controller else { return controllers.isEmpty }
            return controllers.contains(Substring(controller))
        }
    }

    /// One cgroup line of /proc/PID/mountinfo; every other file system is nil.
    private struct Mount {
        var root: String
        var point: String
        var isVersion2: Bool
        var options: [Substring]

        init?(_ line: Substring) {
            let words = line.words
            guard words.count > 9, let dash = words[6...].firstIndex(of: "-"), dash + 3 < words.count else {
                return nil
            }
            guard words[dash + 1] == "cgroup" || words[dash + 1] == "cgroup2" else { return nil }
            isVersion2 = words[dash + 1] == "cgroup2"
            root = Self.unescaped(words[3])
            point = Self.unescaped(words[4])
            options = words[dash + 3].split(separator: ",")
        }

        func has(_ controller: String?) -> Bool {
            guard let controller else { return isVersion2 }
            return !isVersion2 && options.contains(Substring(controller))
        }

        /// `path` relative to the mount's root, or nil when it lies outside.
        func below(_ path: String) -> String? {
            if path.split(separator: "/").contains("..") { return nil }
            if root == "/" { return path }
            if path == root { return "" }
            return path.hasPrefix(root + "/") ? String(path.dropFirst(root.count)) : nil
        }

        /// The kernel writes blank, tab, line end and backslash as three octal digits after a backslash.
        static func unescaped(_ word: Substring) -> String {
            var bytes: [UInt8] = []
            var rest = Array(word.utf8)[...]
            while let byte = rest.popFirst() {
                let code = rest.prefix(3)
                if byte == UInt8(ascii: "\\"), code.count == 3, code.allSatisfy({ (48...55).contains($0) }) {
                    bytes.append(code.reduce(0) { $0 &* 8 &+ ($1 - 48) })
                    rest = rest.dropFirst(3)
                } else {
                    bytes.append(byte)
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
