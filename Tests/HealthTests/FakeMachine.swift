// A made-up machine in a temporary folder: the files of /proc and /sys a test wants to exist, and nothing
// else. Used by the tests of sizing and probes through HostFiles(root:).

import Engine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

final class FakeMachine {
    let root: String

    /// - Parameter contents: path on the machine to content.
    init(_ contents: [String: String]) {
        var template = Array("/tmp/apus-health-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            fatalError("no temporary folder: \(String(cString: strerror(errno)))")
        }
        root = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        for (path, text) in contents { write(path, text) }
    }

    deinit { Self.remove(root) }

    var files: HostFiles { HostFiles(root: root) }

    func write(_ path: String, _ text: String) {
        var folder = root
        for part in path.split(separator: "/").dropLast() {
            folder += "/" + part
            mkdir(folder, 0o755)
        }
        putFile(root + path, text)
    }

    func remove(_ path: String) { Self.remove(root + path) }

    private static func remove(_ path: String) {
        if unlink(path) == 0 { return }
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != ".", name != ".." { remove(path + "/" + name) }
            }
            closedir(folder)
        }
        rmdir(path)
    }
}

/// Writes a whole file.
/// - Returns: whether the kernel took all of it; a cgroup file may refuse.
@discardableResult
func putFile(_ path: String, _ text: String) -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return text.utf8.withContiguousStorageIfAvailable { write(descriptor, $0.baseAddress, $0.count) }
        == text.utf8.count
}

/// Lines of /proc/self/mountinfo and friends that most machines share.
enum Fixture {
    static let fourCPUs = "Name:\tapus\nCpus_allowed:\tf\nCpus_allowed_list:\t0-3\n"
    static let mountsV2 = """
        23 1 254:0 / / rw,relatime - ext4 /dev/vda rw
        31 23 0:28 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate

        """
    static let mountsV1 = """
        23 1 254:0 / / rw,relatime - ext4 /dev/vda rw
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw

        """
    static let cgroupsV1 = "4:memory:/a/b\n2:cpu,cpuacct:/a/b\n1:name=systemd:/x\n0::/\n"
    static let meminfo = "MemTotal:       16777216 kB\nMemFree:         1000000 kB\n"

    /// A machine with cgroup v2 and four CPUs; `extra` adds or replaces files.
    static func v2(_ extra: [String: String]) -> [String: String] { v2("/a/b", extra) }

    static func v2(_ path: String, _ extra: [String: String]) -> [String: String] {
        [
            "/proc/self/cgroup": "0::\(path)\n", "/proc/self/mountinfo": mountsV2,
            "/proc/self/status": fourCPUs,
            "/proc/meminfo": meminfo,
        ].merging(extra) { $1 }
    }

    static func v1(_ extra: [String: String]) -> [String: String] {
        [
            "/proc/self/cgroup": cgroupsV1, "/proc/self/mountinfo": mountsV1, "/proc/self/status": fourCPUs,
            "/proc/meminfo": meminfo,
        ].merging(extra) { $1 }
    }
}
