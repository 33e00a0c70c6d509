// The way of lines to InfluxDB: over HTTP by a `Delivery`, or in datagrams. Used by the InfluxDB output.

import Base
import HTTP

final class InfluxSender {
    private let configuration: InfluxConfiguration
    private var deliveries: [InfluxConfiguration.Precision: Delivery] = [:]
    private let datagrams: DatagramSender?

    init(_ configuration: InfluxConfiguration) throws(OutputError) {
        self.configuration = configuration
        if configuration.scheme == .udp {
            datagrams = DatagramSender(
                name: "InfluxDB", address: configuration.authority, bytesMax: configuration.payloadSize)
            return
        }
        datagrams = nil
        // The last ones are for sums, whatever precision was asked for.
        for precision in Set([configuration.precision, .ns]) {
            deliveries[precision] = Delivery(try Self.settings(configuration, precision))
        }
    }

    private static func settings(
        _ configuration: InfluxConfiguration, _ precision: InfluxConfiguration.Precision
    ) throws(OutputError) -> DeliverySettings {
        let write = try configuration.url(
            "write",
            [
                ("consistency", configuration.consistency), ("db", configuration.database),
                ("precision", precision.rawValue), ("rp", configuration.retention),
            ])
        var settings = DeliverySettings(name: "InfluxDB", url: write)
        settings.concurrency = configuration.concurrentWrites
        settings.timeoutNs = Limits.influxTimeoutNs
        settings.preface = try configuration.url(
            "query", [("db", ""), ("params", "{}"), ("q", "CREATE DATABASE \(configuration.database)")])
        settings.security.insecureSkipVerify = configuration.isInsecure
        settings.proxies.plain = configuration.proxy
        settings.proxies.secure = configuration.proxy
        return settings
    }

    var receiver: String { "InfluxDB (\(configuration.address))" }

    /// Whether bodies have to say where their points end.
    var needsEnds: Bool { datagrams != nil }

    func open() throws(OutputError) {
        if let datagrams { return try datagrams.open() }
        try Delivery.startAll(Array(deliveries.values))
    }

    func send(_ body: LineWriter.Body, precision: InfluxConfiguration.Precision) {
        if let datagrams { return datagrams.send(body.bytes, ends: body.ends) }
        deliveries[precision]!.enqueue(body.bytes, points: body.points)
    }

    /// Nothing more comes. Does not wait.
    func beginDrain() { for delivery in deliveries.values { delivery.beginDrain() } }

    /// Waits until what was sent has arrived or is lost. After `beginDrain`.
    func finish() {
        datagrams?.finish()
        for delivery in deliveries.values { delivery.join() }
    }

    func takeNotes() -> [OutputNote] {
        (datagrams?.takeNotes() ?? []) + deliveries.values.flatMap { $0.takeNotes() }
    }
}
