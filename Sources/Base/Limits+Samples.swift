// Limits of raw samples and of the tables behind their tags.

extension Limits {
    /// Requests told apart (method, URL, name, tags) before further ones share what nobody asked about;
    /// scripts that build URLs would grow the table without end.
    public static let requestKindsMax = 10_000
    /// The same while an output writes raw samples, where every tag is asked about.
    public static let requestKindsStreamedMax = 50_000
    /// Records handed over at once: large enough that the lock costs nothing per record, small enough that a
    /// line is written soon.
    public static let sampleChunkRecords = 4096
    /// Memory of the records on their way to the outputs. When they fall further behind, records are dropped
    /// and counted.
    public static let sampleChunkBytesMax = 64 * 1024 * 1024
    /// A busy worker hands records over at least this often; k6 writes its JSON lines as often.
    public static let sampleHandOverNs = 200 * Ns.perMillisecond
    /// Whole tag sets a worker remembers to use again. Beyond it starts afresh: what is still in use stays.
    public static let sampleTagSetsMax = 10_000
    /// Remote addresses told apart by the tag `ip`, per worker.
    public static let remoteAddressesMax = 10_000
}
