// Limits of the output that writes to Prometheus.

extension Limits {
    /// Time series in one remote write request. Receivers bound a request's size (Prometheus unpacks 32 MiB,
    /// others less); of this many, each with a dozen labels, it stays below 4 MiB.
    public static let remoteWriteSeriesMax = 5000
    /// k6's client gives a request this long.
    public static let remoteWriteTimeoutNs = 5 * Ns.perSecond
}
