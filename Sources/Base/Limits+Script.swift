// Limits of the module Script, beside the others in Limits.swift.

extension Limits {
    /// Address space of a VU's stack. Touched pages only cost memory; a chain of 300 bundled modules or 2,000
    /// plain frames fits (a frame of the engine takes about 1.7 KiB).
    public static let scriptStackBytes = 4 * 1024 * 1024
    /// Of it, what the engine leaves to host functions that are called at its deepest.
    public static let scriptStackReserveBytes = 64 * 1024
    /// A parked VU keeps this much of its stack below what it uses; what a deep recursion touched beyond goes
    /// back.
    public static let scriptStackKeptBytes = 32 * 1024
    /// Iterations between two looks at a VU's stack.
    public static let scriptTrimIterations: Int64 = 64
    /// A script that computes this long lets the others have a turn.
    public static let scriptSliceNs = 2 * Ns.perMillisecond
    /// Scripts that allocated this much since memory was last looked at are worth another look.
    public static let scriptMemoryStepBytes: Int64 = 16 * 1024 * 1024
    /// Reading what the container has left costs some system calls.
    public static let scriptMemoryIntervalNs = 50 * Ns.perMillisecond
    /// Less than this part of what there was at first is little: garbage is looked for in all VUs, in
    /// stretches of this length, where a VU has taken this much since the last time.
    public static let scriptMemoryTightPart: Int64 = 4
    public static let scriptCollectSliceNs = 1 * Ns.perMillisecond
    public static let scriptGarbageWorthBytes: Int64 = 16 * 1024
    /// Left for everything that is no script: buffers, connections, metrics.
    public static let scriptMemoryReserveBytes: Int64 = 48 * 1024 * 1024
    /// A VU needs this much before it is made: an empty runtime and context take 68 KiB.
    public static let scriptVUMemoryBytes = 512 * 1024
    /// A VU that is out of memory may still take pieces of this size: exceptions on its way out.
    public static let scriptUnwindBlockBytes = 64 * 1024
    /// Requests of a worker whose encoding is kept for the next time the same URL is requested.
    public static let scriptRequestsMax = 2048
    /// URLs of scripts a worker remembers taken apart; more than that are made up as they go.
    public static let scriptURLsMax = 256
    /// Contexts of tags (scenario, group, tags of the VU) a request is remembered for: this many are looked
    /// through one by one, which is faster than a table; beyond them there is a table of the most.
    public static let scriptContextsListed = 4
    public static let scriptContextsMax = 1024
    /// Contexts a worker remembers; beyond them those are forgotten that no VU is in.
    public static let scriptContextsKeptMax = 8192
    /// Different metadata of samples a worker's scripts may set: each is a set of tags of its own.
    public static let scriptMetadataMax = 10_000
    /// The buffer of a response's body that a VU uses again for its next one.
    public static let scriptKeptBodyBytes = 64 * 1024
    /// Memory of the host behind an object of a script that the engine counts as its own; less than this goes
    /// with what the object itself takes.
    public static let scriptHeldBytesMin = 4 * 1024
    /// A body that arrives is asked for from here on: whether there is memory for it.
    public static let scriptBodyAskedBytes = 1024 * 1024
    /// What an engine may take before it first looks for garbage: while it loads the script, and afterwards
    /// at least.
    public static let scriptInitGarbageBytes = 16 * 1024 * 1024
    public static let scriptGarbageBytes = 256 * 1024
    /// Garbage of init code in VU 0 that makes every VU look for its own once it has loaded the script: about
    /// what a small script's VU takes.
    public static let scriptInitGarbageWorthBytes: Int64 = 64 * 1024
    /// Texts larger than this are not searched for what they name.
    public static let scriptMentionsBytesMax = 256 * 1024
    /// Programs whose ES modules have fewer bytes are not looked through for functions nobody reaches: VUs
    /// would gain little.
    public static let scriptUnusedBytesMin = 64 * 1024
    /// Bytecode from which on reading it in each VU costs more than what copying an engine takes at least: an
    /// engine's own tables are copied too, and the script is loaded three more times.
    public static let scriptImageBytecodeBytes = 128 * 1024
    /// So many VUs make up for that.
    public static let scriptImageVUs: Int64 = 4
    /// A remote module that does not arrive in this time is an error (k6's bound).
    public static let remoteModuleTimeoutNs = 60 * Ns.perSecond
    /// Log lines that wait for the control thread, beyond which a worker drops them and counts.
    public static let scriptLogLinesMax = 100_000
    /// The same in bytes: whole bodies may be logged.
    public static let scriptLogBytesMax = 64 * 1024 * 1024
    /// How long the control thread writes them before it looks at what else there is: it keeps the time.
    public static let scriptLogSliceNs = 10 * Ns.perMillisecond
}
