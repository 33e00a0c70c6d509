// Limits of the planning arithmetic, with their reasons. Used by Plan and by whoever explains a refusal.

extension Limits {
    /// Parts one cycle of an execution segment sequence may have. Placing them takes time and memory in
    /// proportion; ten million (0.0000001 of the whole) is finer than any fleet can be cut.
    public static let segmentCycleMax: Int64 = 10_000_000
    /// k6's shortest duration for executors that take one.
    public static let scenarioDurationNsMin = Ns.perSecond
    /// The longest a start time, a duration or a grace time may be: a decade, so that sums of a few cannot
    /// overflow.
    public static let scenarioDurationNsMax = 3_650 * Ns.perDay
}
