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
    public static let deliveryDrainFailuresMax = 5
    /// What is kept of a store's answer to say why it refused.
    public static let deliveryAnswerBytesMax = 512
    /// Outages of a store that are worth a line each; a store that comes and goes would fill the log.
    public static let deliveryOutagesSaidMax = 5
    /// Intervals on their way to the outputs' thread; beyond it they are dropped and counted.
    public static let seriesIntervalsWaitingMax = 120
    /// Points a second up to which InfluxDB gets every sample: what InfluxDB 1.x takes with a small share of
    /// one CPU, and some 1,500 HTTP requests a second. Beyond it samples are summed up per interval.
    public static let influxPointsPerSecondMax = 20_000
    /// Values that stand for a trend's samples of one interval, over all its series: percentiles are then
    /// right to a tenth of a percentage point.
    public static let influxRepresentatives = 1000
    /// A body of lines is posted when it is this large; InfluxDB refuses more than 25 MB.
    public static let influxBodyBytes = 8 * 1024 * 1024
    /// Lines of setup() or of one interval held back until it is decided whether they are sent.
    public static let influxHeldBytesMax = 64 * 1024 * 1024
    /// How long one write may take: a store that compacts may be silent for some seconds.
    public static let influxTimeoutNs = 10 * Ns.perSecond
    /// Tag sets whose timestamps are remembered to keep points of one series apart.
    public static let influxTagSetsMax = 50_000
    /// Bytes of a datagram that no network between here and a StatsD server has to split: Ethernet's 1500
    /// less the headers of IPv6 and UDP, and some for tunnels.
    public static let datagramBytesMax = 1432
    /// Values that stand for a trend's samples of one interval in StatsD, over all its series. A server reads
    /// each packet, so there are fewer.
    public static let statsdRepresentatives = 200
}
