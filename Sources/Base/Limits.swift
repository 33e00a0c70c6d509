// Every limit of Apus by name, with its reason. Nothing else in the code holds a bare number that bounds
// something.

public enum Limits {
    /// One read buffer per loop, larger than the usual response, so that one system call takes all of it.
    public static let readBufferBytes = 64 * 1024
    /// A socket may fill the read buffer so many times before the others get their turn.
    public static let readsPerTurnMax = 32
    /// A response head larger than this is refused, as Go's client does (1 MiB by default there as well).
    public static let responseHeadBytesMax = 1024 * 1024
    /// k6's default time-out of a request.
    public static let requestTimeoutNs = 60 * Ns.perSecond
    /// k6's dial time-out.
    public static let dialTimeoutNs = 30 * Ns.perSecond
    /// Redirects followed unless an option says otherwise (k6's default).
    public static let redirectsMax = 10
    /// Series a run may create before the rest are counted in one overflow series; the warning is given once.
    public static let seriesMax = 100_000
    /// How often snapshots are taken for people to look at, at most: 10 Hz.
    public static let snapshotIntervalNsMin = 100 * Ns.perMillisecond
    /// k6 evaluates thresholds this often during a run.
    public static let thresholdIntervalNs = 2 * Ns.perSecond
    /// The target of a stage may not exceed this (k6's bound).
    public static let stageTargetMax: Int64 = 100_000_000
    /// Loop passes handle at most this many due releases before they look at the sockets again, so that a
    /// late schedule cannot starve the responses it waits for.
    public static let releasesPerPassMax = 256
    /// Connections a worker starts before it looks at the sockets again. A connect to the same machine takes
    /// some 25 microseconds: this many delay the first request by less than a millisecond.
    public static let connectsPerPassMax = 32
    /// Servers that are asked whether they would have spoken HTTP/2: each costs one connection, and after so
    /// many the answer is known well enough.
    public static let protocolProbesMax = 16
    /// How long such a question may take. Nobody waits for the answer, but its thread should not linger.
    public static let protocolProbeNsMax = 3 * Ns.perSecond
    /// What the embedded server accepts as one request head.
    public static let requestHeadBytesMax = 64 * 1024
}
