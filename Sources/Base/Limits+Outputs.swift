// Limits of the outputs that send results to stores.

extension Limits {
    /// Bodies waiting for a store that is down or slow. Beyond it the oldest are dropped and counted.
    public static let deliveryBytesMax = 64 * 1024 * 1024
    /// How long one request to a store may take unless its output says otherwise: k6's bound for Prometheus.
    public static let deliveryTimeoutNs = 5 * Ns.perSecond
    /// Attempts for one body: with the pauses below, a store may be away for half a minute.
    public static let deliveryAttemptsMax = 12
    /// The pause after a first failure; it doubles with each further one.
    public static let deliveryPauseNsMin = 100 * Ns.perMillisecond
    public static let deliveryPauseNsMax = 5 * Ns.perSecond
    /// How long the end of a run waits for what is left to be delivered.
    public static let deliveryDrainNsMax = 15 * Ns.perSecond
    /// While it waits: a store that fails this often in a row is not waited for any longer.
    public static let deliveryDrainFailuresMax = 3
    /// What is kept of a store's answer to say why it refused.
    public static let deliveryAnswerBytesMax = 512
    /// Outages of a store that are worth a line each; a store that comes and goes would fill the log.
    public static let deliveryOutagesSaidMax = 5
    /// Intervals on their way to the outputs' thread; beyond it they are dropped and counted.
    public static let seriesIntervalsWaitingMax = 120
}
