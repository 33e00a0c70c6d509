// The output `influxdb`: every sample as k6 writes it while they are few; from the first interval with more
// points than the budget on, what each interval added, summed up. Made by the CLI from `InfluxConfiguration`;
// fed by `SampleOutputs`.
//
// Raw lines are held until their interval is closed: then it is known whether they or the interval's sums are
// sent, never both and never neither, so that totals in the store are those of the run.

import Base
import HTTPClient
import Metrics
import TLS

public final class InfluxLines: SampleOutput {
    private let configuration: InfluxConfiguration
    private let sender: InfluxSender
    /// By metric: its name as measurement.
    private let measurements: [[UInt8]]
    private var held: [Held] = []
    private var heldBytes = 0
    var heldBytesMax = Limits.influxHeldBytesMax
    /// Samples for which there was no room, of intervals whose raw lines were sent.
    private var unheard = 0
    private var budget: PointBudget
    private var sums: InfluxSums
    private var stamps = PointStamps()
    private var body: LineWriter
    /// Sums are written to the nanosecond whatever was asked for, or their points would fall together.
    private var sumsBody: LineWriter
    private let notes = Locked<[OutputNote]>([])
    private var parts: [LineParts] = []
    private var sets: [Int] = []
    private var isSummingUp = false
    private var hasBegunToFinish = false

    /// Lines of the samples that one packet of a shard counts.
    private final class Held {
        let shard: Int
        let packet: Int
        var lines: LineWriter
        /// Samples for which there was no room.
        var unheard = 0

        init(shard: Int, packet: Int, keepsEnds: Bool) {
            self.shard = shard
            self.packet = packet
            lines = LineWriter(keepsEnds: keepsEnds)
        }

        func isCovered(by interval: SeriesInterval) -> Bool {
            if shard == SampleWriter.control { return packet <= interval.sequence }
            return shard < interval.packets.count && packet < interval.packets[shard]
        }
    }

    public init(configuration: InfluxConfiguration, context: SampleContext) throws(OutputError) {
        self.configuration = configuration
        sender = try InfluxSender(configuration)
        body = LineWriter(keepsEnds: sender.needsEnds)
        sumsBody = LineWriter(keepsEnds: sender.needsEnds)
        measurements = context.registry.definitions.map { Array(LineParts.escaped($0.name, ", ").utf8) }
        budget = PointBudget(perSecond: configuration.pointsPerSecondMax)
        sums = InfluxSums(fields: configuration.fields)
    }

    public var label: String { "InfluxDBv1 (\(configuration.address))" }
    public var flushIntervalNs: Int64 { configuration.pushIntervalNs }
    public var needs: OutputNeeds { [.samples, .taggedSeries] }
    public var isRemote: Bool { true }
    public var unkeptTags: Set<String> { Set(configuration.fields.keys) }
    public var samplesPerIntervalMax: Int? { configuration.pointsPerSecondMax }
    public var wantsSamples: Bool { !isSummingUp }

    public func open() throws(OutputError) { try sender.open() }

    // MARK: - samples

    public func add(_ chunk: SampleChunk) throws(OutputError) {
        if isSummingUp { return }
        prepare(chunk)
        let held = holder(of: chunk)
        let bytesBefore = held.lines.bytes.count
        let unitNs = configuration.precision.lengthNs
        // Datagrams have no parameter that would name the unit: nanoseconds, rounded, as k6 sends them.
        let (add, factor) = configuration.scheme == .udp ? (unitNs / 2, unitNs) : (0, 1)
        for record in chunk.records {
            if heldBytes + held.lines.bytes.count - bytesBefore > heldBytesMax {
                held.unheard += 1
                continue
            }
            var wallNs = record.wallNs
            if unitNs == 1 { wallNs = stamps.apart(record.metric, sets[Int(record.tags)], wallNs) }
            held.lines.append(
                measurements[record.metric.index], parts[Int(record.tags)], record.value,
                time: (wallNs + add) / unitNs * factor)
        }
        heldBytes += held.lines.bytes.count - bytesBefore
    }

    private func prepare(_ chunk: SampleChunk) {
        parts.removeAll(keepingCapacity: true)
        sets.removeAll(keepingCapacity: true)
        for set in chunk.tags {
            let part = LineParts(set.tags, fields: configuration.fields)
            parts.append(part)
            sets.append(stamps.number(of: part.tags))
        }
    }

    private func holder(of chunk: SampleChunk) -> Held {
        if let known = held.last(where: { $0.shard == chunk.shard && $0.packet == chunk.packet }) {
            return known
        }
        let fresh = Held(shard: chunk.shard, packet: chunk.packet, keepsEnds: sender.needsEnds)
        held.append(fresh)
        return fresh
    }

    // MARK: - intervals

    public func add(_ interval: SeriesInterval) throws(OutputError) {
        if !isSummingUp, budget.isExceeded(by: interval) {
            isSummingUp = true
            say(
                .info,
                "\(sender.receiver) gets sums and representative values per second from here on: more than "
                    + "\(configuration.pointsPerSecondMax) points a second")
        }
        for index in held.indices where held[index].isCovered(by: interval) {
            if !isSummingUp { release(held[index]) }
            heldBytes -= held[index].lines.bytes.count
        }
        held.removeAll { $0.isCovered(by: interval) }
        stamps.age()
        let sumsAll = isSummingUp
        sums.append(interval, measurements, into: &sumsBody) { sumsAll || !SeriesGroups.isOfK6($0) }
        if body.bytes.count + sumsBody.bytes.count >= Limits.influxBodyBytes { send() }
    }

    private func release(_ held: Held) {
        body.append(held.lines)
        unheard += held.unheard
        if body.bytes.count >= Limits.influxBodyBytes { send() }
    }

    public func flush() throws(OutputError) { send() }

    public func beginFinish() throws(OutputError) {
        hasBegunToFinish = true
        if !isSummingUp { for late in held { release(late) } }
        held = []
        send()
        sender.beginDrain()
    }

    public func finish() throws(OutputError) {
        if !hasBegunToFinish { try beginFinish() }
        sender.finish()
        if unheard > 0 {
            say(
                .error,
                "\(unheard) samples are missing in \(sender.receiver): more than "
                    + "\(heldBytesMax >> 20) MiB of lines waited for the end of their interval")
        }
        let skipped = body.skipped + sumsBody.skipped
        if skipped > 0 {
            say(.warning, "\(skipped) values are no finite numbers: \(sender.receiver) did not get them")
        }
    }

    private func send() {
        for one in body.take() { sender.send(one, precision: configuration.precision) }
        for one in sumsBody.take() { sender.send(one, precision: .ns) }
    }

    private func say(_ severity: OutputNote.Severity, _ text: String) {
        notes.withLock { $0.append(OutputNote(severity, text)) }
    }

    public func takeNotes() -> [OutputNote] {
        let own = notes.withLock { notes in
            defer { notes = [] }
            return notes
        }
        return own + sender.takeNotes()
    }
}

/// How many points may come, as k6 would write them: a second's worth at once, refilled with time.
struct PointBudget {
    private let perSecond: Double
    private var left: Double

    init(perSecond: Int) {
        self.perSecond = Double(perSecond)
        left = Double(perSecond)
    }

    mutating func isExceeded(by interval: SeriesInterval) -> Bool {
        let points = interval.deltas.reduce(UInt64(0)) { sum, delta in
            guard case .total = delta.series.scope, SeriesGroups.isOfK6(delta.series.metric) else {
                return sum
            }
            return sum + delta.sink.count
        }
        let seconds = Double(interval.to - interval.from) / Double(Ns.perSecond)
        left = min(perSecond, left + seconds * perSecond) - Double(points)
        return left < 0
    }
}

/// Keeps points of one series apart in time: of two with the same tags and time InfluxDB keeps one.
struct PointStamps {
    private struct Key: Hashable {
        var metric: MetricID
        var set: Int
    }

    private struct Seen {
        var now: Set<Int64> = []
        var before: Set<Int64> = []
    }

    private var numbers: [[UInt8]: Int] = [:]
    private var seen: [Key: Seen] = [:]

    mutating func number(of tags: [UInt8]) -> Int {
        if let known = numbers[tags] { return known }
        if numbers.count >= Limits.influxTagSetsMax {
            numbers = [:]
            seen = [:]
        }
        numbers[tags] = numbers.count
        return numbers.count - 1
    }

    /// `wallNs`, or the next nanosecond nobody has.
    mutating func apart(_ metric: MetricID, _ set: Int, _ wallNs: Int64) -> Int64 {
        var free = wallNs
        let key = Key(metric: metric, set: set)
        var times = seen[key] ?? Seen()
        seen[key] = nil
        while times.before.contains(free) || !times.now.insert(free).inserted { free += 1 }
        seen[key] = times
        return free
    }

    /// Forgets what is too old to come again. After each interval.
    mutating func age() {
        for key in Array(seen.keys) {
            let times = seen[key]!
            seen[key] = times.now.isEmpty ? nil : Seen(now: [], before: times.now)
        }
    }
}
