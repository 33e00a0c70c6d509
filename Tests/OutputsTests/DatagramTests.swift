// Datagrams end where a line or a point ends, whatever is in it.

import Base
import Testing

@testable import Metrics
@testable import Outputs

@Suite struct DatagramTests {
    private func write(_ numbers: Range<Int>, _ text: String, to writer: inout LineWriter) {
        let parts = LineParts([MetricTag("url", text)], fields: ["url": .string])
        for number in numbers { writer.append([UInt8(ascii: "m")], parts, Double(number), time: 7) }
    }

    @Test("a body knows where its points end, those of another writer as well", arguments: [1, 40, 1000])
    func ends(bodyBytes: Int) {
        var writer = LineWriter(bodyBytes: bodyBytes, keepsEnds: true)
        var other = LineWriter(bodyBytes: bodyBytes, keepsEnds: true)
        write(0..<10, "a\nb", to: &writer)
        write(10..<40, "a\n\n", to: &other)
        writer.append(other)
        write(40..<50, "\n", to: &writer)
        var pieces: [String] = []
        for body in writer.take() {
            #expect(body.ends.count == body.points && body.ends.last == body.bytes.count)
            var start = 0
            for end in body.ends {
                pieces.append(String(decoding: body.bytes[start..<end], as: UTF8.self))
                start = end
            }
        }
        let expected = (0..<50).map { number in
            let text = number < 10 ? "a\nb" : number < 40 ? "a\n\n" : "\n"
            return "m url=\"\(text)\",value=\(number) 7\n"
        }
        #expect(pieces == expected)
        let none = writer.take()
        #expect(none.isEmpty)
    }

    @Test("InfluxDB over UDP: a line break within a point is no place to cut")
    func points() throws {
        let receiver = try DatagramReceiver()
        let sender = try InfluxSender(
            InfluxConfiguration(
                argument: "udp://127.0.0.1:\(receiver.port)/db?payload_size=100", environment: [:]))
        try sender.open()
        var writer = LineWriter(keepsEnds: sender.needsEnds)
        write(0..<20, "a\nb\nc", to: &writer)
        // Longer than a datagram may be: it goes alone.
        write(20..<21, String(repeating: "long\n", count: 30), to: &writer)
        write(21..<22, "a", to: &writer)
        for body in writer.take() { sender.send(body, precision: .ns) }
        let packets = receiver.packets()
        for packet in packets {
            #expect(packet.hasPrefix("m url=\"") && packet.hasSuffix(" 7"), "\(packet)")
            let count = packet.split(separator: "m url=\"").count
            #expect(packet.utf8.count <= 100 || count == 1)
            #expect(packet.split(separator: "\",value=").count == count + 1)
        }
        #expect(packets.reduce(0) { $0 + $1.split(separator: "m url=\"").count } == 22)
        #expect(packets.count < 15)
        #expect(sender.takeNotes().isEmpty)
    }

    @Test("times in datagrams are nanoseconds, in the steps asked for", arguments: ["ms", "s"])
    func precision(name: String) throws {
        let receiver = try DatagramReceiver()
        let registry = MetricRegistry()
        let output = try InfluxLines(
            configuration: InfluxConfiguration(
                argument: "udp://127.0.0.1:\(receiver.port)/db?precision=\(name)", environment: [:]),
            context: SampleContext(registry: registry, submetrics: [], thresholds: [], systemTags: []))
        try output.open()
        let stream = SampleStream(writers: 1, recordsPerPacketMax: 100)
        let writer = SampleWriter(stream)
        writer.record(Builtin.vus, writer.tagSet([]), 1, at: Clock.now())
        writer.handOver()
        let batch = stream.take(until: .never)
        for chunk in batch.chunks { try output.add(chunk) }
        stream.giveBack(batch.chunks)
        try output.finish()
        let line = try #require(receiver.lines().first { $0.hasPrefix("vus value=1 ") })
        let time = try #require(Int64(line.split(separator: " ")[2]))
        let step = name == "ms" ? Ns.perMillisecond : Ns.perSecond
        #expect(time % step == 0 && abs(time - Clock.wallNs()) < 60 * Ns.perSecond, "\(line)")
    }
}
