// Little's law as an audit of the run's own numbers: the mean number of active VUs must equal the request
// rate times the time a VU spends per request. Both sides are measured apart, so a gap means that something
// was lost: time nobody counted, requests nobody recorded. Pure; called by the control thread at the end of a
// run.

public struct LittlesLaw: Sendable, Equatable {
    /// Above this gap the numbers do not fit together.
    public static let gapPercentMax = 5.0

    /// Time average of the number of active VUs.
    public var vusMean: Double
    public var requestsPerSecond: Double
    /// Mean seconds per request: from its start to its end; think time after it; and what the client itself
    /// added.
    public var requestSeconds: Double
    public var thinkSeconds: Double
    /// Must be measured, not computed as the rest: then the audit would only confirm itself.
    public var overheadSeconds: Double

    public init(
        vusMean: Double, requestsPerSecond: Double, requestSeconds: Double, thinkSeconds: Double,
        overheadSeconds: Double
    ) {
        self.vusMean = vusMean
        self.requestsPerSecond = requestsPerSecond
        self.requestSeconds = requestSeconds
        self.thinkSeconds = thinkSeconds
        self.overheadSeconds = overheadSeconds
    }

    /// The VUs the rate and the times account for.
    public var vusExplained: Double { requestsPerSecond * (requestSeconds + thinkSeconds + overheadSeconds) }

    /// Explained against counted VUs, in percent of the counted ones; nil when no VU was active.
    public var gapPercent: Double? {
        vusMean > 0 ? (vusExplained - vusMean) / vusMean * 100 : nil
    }

    /// Whether the gap is too large, or cannot be told.
    public var isFlagged: Bool {
        guard let gapPercent, gapPercent.isFinite else { return true }
        return abs(gapPercent) > Self.gapPercentMax
    }
}
