// The outputs `statsd` and `datadog`: what each interval added, as lines in the form k6's StatsD extension
// sends, in datagrams. Made by the CLI from `StatsDConfiguration`; fed by `SampleOutputs`.
//
// Summed up always: counters as their sum, trends as values of equal weight with the rate at which they were
// picked, so that a server counts as many as there were.

import Base
import Metrics

public final class StatsDLines: SampleOutput {
    private let configuration: StatsDConfiguration
    private let sender: DatagramSender
    private var groups: SeriesGroups
    /// By group: `|#key:value,…`, and the name of its check.
    private var tails: [(tags: String, check: String?)] = []
    /// By group: what of a counter's sum was not yet sent, as only whole numbers are.
    private var rests: [Int: Double] = [:]
    private var body = ""
    /// Values left out because they are no finite numbers.
    private var skipped = 0
    private let notes = Locked<[OutputNote]>([])

    public init(configuration: StatsDConfiguration) {
        self.configuration = configuration
        sender = DatagramSender(
            name: configuration.dialect == .statsd ? "StatsD" : "Datadog", address: configuration.address,
            bytesMax: Limits.datagramBytesMax, linesMax: configuration.bufferSize)
        let (sendsTags, blocked) = (configuration.sendsTags, configuration.blockedTags)
        // A check is told apart by its name even without tags.
        groups = SeriesGroups { tag in
            !tag.value.isEmpty && (tag.key == "check" || sendsTags && !blocked.contains(tag.key))
        }
    }

    public var label: String {
        "\(configuration.dialect == .statsd ? "statsd" : "datadog") (\(sender.shown))"
    }
    public var flushIntervalNs: Int64 { configuration.pushIntervalNs }
    public var needs: OutputNeeds { .taggedSeries }
    public var unkeptTags: Set<String> { configuration.blockedTags.subtracting(["check"]) }

    public func open() throws(OutputError) { try sender.open() }

    public func add(_ interval: SeriesInterval) throws(OutputError) {
        let metrics = groups.groups(of: interval, where: SeriesGroups.isOfK6)
        while tails.count < groups.tags.count { tails.append(tail(groups.tags[tails.count])) }
        for (metric, series) in metrics {
            let shares = Representatives.shares(
                of: series.map(\.sink.count), most: Limits.statsdRepresentatives)
            for (one, share) in zip(series, shares) { append(metric, one, share) }
        }
    }

    private func tail(_ tags: [MetricTag]) -> (tags: String, check: String?) {
        let check = tags.first { $0.key == "check" }?.value
        let shown = tags.filter { tag in
            configuration.sendsTags && !configuration.blockedTags.contains(tag.key)
        }
        if shown.isEmpty { return ("", check) }
        let pairs = shown.map { Self.plain("\($0.key):\($0.value)") }
        return ("|#" + pairs.joined(separator: ","), check)
    }

    /// A line break would end the line.
    private static func plain(_ text: String) -> String {
        text.utf8.contains(10) ? text.filter { !$0.isNewline } : text
    }

    private func append(_ metric: MetricDefinition, _ group: SeriesGroup, _ share: Int) {
        let (tags, check) = tails[group.number]
        switch group.sink {
        case .counter(let sink):
            if let sum = whole(sink.sum, of: group.number) { count(metric.name, sum, tags) }
        case .gauge(let sink): decimal(metric.name, sink.value, "g", tags)
        case .rate(let sink):
            if let check {
                if sink.passes > 0 { count("check.\(check).pass", sink.passes, tags) }
                if sink.fails > 0 { count("check.\(check).fail", sink.fails, tags) }
            } else {
                count(metric.name, sink.passes, tags)
            }
        case .trend(let sink):
            if share == 0 { return }
            let rate = Double(share) / Double(sink.count)
            let kind = rate < 1 ? "ms|@\(LineParts.number(rate))" : "ms"
            for value in Representatives.values(of: sink, number: share) {
                decimal(metric.name, value, kind, tags)
            }
        }
    }

    /// nil when the sum is no finite number; what was left over before stays.
    private func whole(_ sum: Double, of group: Int) -> Int64? {
        let all = sum + (rests[group] ?? 0)
        if !all.isFinite {
            skipped += 1
            return nil
        }
        let whole = min(max(all.rounded(.towardZero), -9e18), 9e18)
        if whole != all { rests[group] = all - whole } else { rests[group] = nil }
        return Int64(whole)
    }

    private func count(_ name: String, _ value: Int64, _ tags: String) {
        line(name, String(value), "c", tags)
    }

    private func line(_ name: String, _ value: String, _ kind: String, _ tags: String) {
        body += "\(configuration.namespace)\(Self.plain(name)):\(value)|\(kind)\(tags)\n"
    }

    /// Six decimals, as k6's extension writes them.
    private func decimal(_ name: String, _ value: Double, _ kind: String, _ tags: String) {
        if value.isFinite {
            line(name, NumberText.fixed(value, decimals: 6), kind, tags)
        } else {
            skipped += 1
        }
    }

    public func flush() throws(OutputError) {
        if body.isEmpty { return }
        sender.send(lines: Array(body.utf8))
        body = ""
    }

    public func finish() throws(OutputError) {
        try flush()
        sender.finish()
        if skipped > 0 {
            let note = OutputNote(
                .warning, "\(skipped) values are no finite numbers: \(label) did not get them")
            notes.withLock { $0.append(note) }
        }
    }

    public func takeNotes() -> [OutputNote] {
        let own = notes.withLock { notes in
            defer { notes = [] }
            return notes
        }
        return own + sender.takeNotes()
    }
}
