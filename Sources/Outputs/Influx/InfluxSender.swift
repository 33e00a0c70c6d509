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

    func open() throws(OutputError) {
        if let datagrams { return try datagrams.open() }
        try deliveries[configuration.precision]!.start()
        if configuration.precision != .ns { try deliveries[.ns]!.start() }
    }

    func send(_ body: [UInt8], points: Int, precision: InfluxConfiguration.Precision) {
        if let datagrams { return datagrams.send(lines: body) }
        deliveries[precision]!.enqueue(body, points: points)
    }

    func finish() {
        datagrams?.finish()
        for delivery in deliveries.values { delivery.beginDrain() }
        for delivery in deliveries.values { delivery.join() }
    }

    func takeNotes() -> [OutputNote] {
        (datagrams?.takeNotes() ?? []) + deliveries.values.flatMap { $0.takeNotes() }
    }
}
