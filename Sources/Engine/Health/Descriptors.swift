// Whether a run's connections fit: descriptors of the process and ports of the machine. The CLI raises the
// limit at start-up and asks before the run begins; what does not fit is said in one line instead of failing
// half-way.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The limits of open files of the process.
public struct DescriptorLimit: Sendable, Equatable {
    public var soft: Int
    public var hard: Int
}

/// Whether the connections of a plan can all be open at once.
public enum ConnectionFit: Sendable, Equatable {
    case fits
    /// One line: what is missing and what would help.
    case exceeds(String)
    /// A limit could not be read; the reason.
    case unknown(String)
}

public enum Descriptors {
    /// Kept free beside the connections: loops, timers, outputs, the control server, files of a script.
    public static let reserve = 64
    /// The most descriptors room is made for at once: each takes 8 bytes of the kernel's memory.
    static let roomMax = 1 << 20

    public static func limit() -> Measured<DescriptorLimit> {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return .unknown("getrlimit: \(String(cString: strerror(errno)))")
        }
        return .known(DescriptorLimit(soft: bounded(limit.rlim_cur), hard: bounded(limit.rlim_max)))
    }

    /// Raises the soft limit of open files to the hard one.
    /// - Returns: the limits that hold now; a limit that could not be raised is an unknown with its reason.
    public static func raiseLimit() -> Measured<DescriptorLimit> {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else {
            return .unknown("getrlimit: \(String(cString: strerror(errno)))")
        }
        if limit.rlim_cur != limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            guard setrlimit(resource, &limit) == 0 else {
                return .unknown(
                    "setrlimit to \(limit.rlim_max) open files: \(String(cString: strerror(errno)))")
            }
        }
        return .known(DescriptorLimit(soft: bounded(limit.rlim_cur), hard: bounded(limit.rlim_max)))
    }

    /// Makes the kernel's table of this process's descriptors large enough for `connections`, which must be
    /// called before threads are started: a process of several threads that outgrows its table waits for a
    /// grace period of the kernel's read-copy-update, 10 ms and more, in the middle of `socket()`, at 64
    /// descriptors and at each power of two after; its loop stands still meanwhile.
    /// - Returns: nil, or why there is no room; the run goes on and pays for growth as it comes.
    public static func makeRoom(for connections: Int) -> String? {
        guard let limit = limit().value?.soft, limit > reserve else { return nil }
        let last = Int32(clamping: min(min(connections, roomMax) + reserve, limit - 1))
        let probe = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard probe >= 0 else { return String(cString: strerror(errno)) }
        defer { close(probe) }
        let highest = fcntl(probe, F_DUPFD_CLOEXEC, last)
        guard highest >= 0 else { return String(cString: strerror(errno)) }
        close(highest)
        return nil
    }

    private static func bounded(_ limit: rlim_t) -> Int { Int(min(UInt64(limit), UInt64(Int32.max))) }

    /// Checks a plan against a reading of the probes.
    /// - Parameters:
    ///   - planned: the most VUs that can be active at once.
    ///   - perVU: connections a VU keeps open to one destination at once: 1, or the width of its batches.
    ///   - destinations: different pairs of address and port; at least 1.
    ///   - sourceAddresses: local addresses in use; each has a full range of ports to every destination.
    public static func connectionsFit(
        planned: Int, perVU: Int, destinations: Int, sourceAddresses: Int = 1, reading: HealthReading
    ) -> ConnectionFit {
        precondition(
            planned >= 0 && perVU >= 1 && destinations >= 1 && sourceAddresses >= 1, "counts of a plan")
        let perDestination = planned * perVU
        let connections = perDestination * destinations
        if let open = reading.descriptorsOpen.value, let limit = reading.descriptorsMax.value,
            connections + open + reserve > limit
        {
            return .exceeds(
                "\(planned) VUs need \(connections) connections and \(open + reserve) descriptors beside "
                    + "them, but only \(limit) files may be open; raise 'ulimit -n' (ECS: ulimits nofile) "
                    + "or use fewer VUs")
        }
        if let range = reading.ports.value, perDestination > range.count * sourceAddresses {
            let addresses = sourceAddresses == 1 ? "1 local address" : "\(sourceAddresses) local addresses"
            return .exceeds(
                "\(planned) VUs need \(perDestination) ports to one destination, but the range "
                    + "\(range.first)-\(range.last) on \(addresses) has \(range.count * sourceAddresses); "
                    + "widen net.ipv4.ip_local_port_range or add --local-ips")
        }
        if let reason = reading.descriptorsOpen.reason ?? reading.descriptorsMax.reason
            ?? reading.ports.reason
        {
            return .unknown(reason)
        }
        return .fits
    }
}
