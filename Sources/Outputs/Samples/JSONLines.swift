// The output `json`: k6's lines, one per sample, and one about each metric before its first sample. Made by
// the CLI; fed by `SampleOutputs`.

import Base
import Metrics

public final class JSONLines: SampleOutput {
    private let name: String
    private let context: SampleContext
    private var file: OutputFile?
    private var clock = WallClockText()
    /// By metric: the line's beginning up to the time; nil before its first sample.
    private var heads: [[UInt8]?]
    /// Ends of lines, of all tag sets of a chunk one after another.
    private var tails = ByteBuffer()
    private var tailEnds: [Int] = []
    private var metadata: SampleMetadata

    /// - Parameter name: of the file; "" or "-" for standard output.
    public init(name: String, context: SampleContext) {
        self.name = name
        self.context = context
        metadata = SampleMetadata(systemTags: context.systemTags)
        heads = .init(repeating: nil, count: context.registry.count)
    }

    public var label: String { name.isEmpty || name == "-" ? "json(stdout)" : "json (\(name))" }
    public var flushIntervalNs: Int64 { Limits.sampleHandOverNs }
    public var fileIdentity: FileIdentity? { file?.identity }

    public func open() throws(OutputError) { file = try OutputFile(name) }
    public func flush() throws(OutputError) { try file!.flush() }

    public func finish() throws(OutputError) {
        defer { file = nil }
        try file!.finish()
    }

    public func add(_ chunk: SampleChunk) throws(OutputError) {
        prepareTails(chunk)
        for record in chunk.records {
            if heads[record.metric.index] == nil { introduce(record.metric) }
            let end = tailEnds[Int(record.tags)]
            let start = record.tags == 0 ? 0 : tailEnds[Int(record.tags) - 1]
            let tail = UnsafeBufferPointer(rebasing: tails.bytes[start..<end])
            heads[record.metric.index]!.withUnsafeBufferPointer { append(record, $0, tail) }
            if metadata.isNeeded(record) { appendMetadata(record) }
            file!.lines.append("}}\n")
            try file!.spill()
        }
    }

    /// Besides its parts a line has a time and a number.
    private static let lineBytesMax = 128

    @inline(__always)
    private func append(
        _ record: SampleRecord, _ head: UnsafeBufferPointer<UInt8>, _ tail: UnsafeBufferPointer<UInt8>
    ) {
        let room = file!.lines.spare(atLeast: head.count + tail.count + Self.lineBytesMax)
        let start = room.baseAddress!.assumingMemoryBound(to: UInt8.self)
        var cursor = LineCursor(start)
        cursor.put(head)
        clock.put(record.wallNs, hasFraction: true, &cursor)
        cursor.put("\",\"value\":")
        cursor.putShortest(record.value)
        cursor.put(tail)
        file!.lines.grew(by: cursor.end - start)
    }

    private func appendMetadata(_ record: SampleRecord) {
        file!.lines.append(",\"metadata\":{")
        metadata.forEach(record) { index, key, value in
            if index > 0 { file!.lines.append(UInt8(ascii: ",")) }
            file!.lines.append(JSONText.quoted(key))
            file!.lines.append(UInt8(ascii: ":"))
            file!.lines.append(JSONText.quoted(value))
        }
        file!.lines.append(UInt8(ascii: "}"))
    }

    private func prepareTails(_ chunk: SampleChunk) {
        metadata.prepare(chunk)
        tails.removeAll()
        tailEnds.removeAll(keepingCapacity: true)
        for set in chunk.tags {
            tails.append(",\"tags\":")
            tails.append(JSONText.object(set.tags.map { ($0.key, $0.value) }))
            tailEnds.append(tails.count)
        }
    }

    // MARK: The line about a metric

    private func introduce(_ metric: MetricID) {
        let definition = context.registry[metric]
        let name = JSONText.quoted(definition.name)
        heads[metric.index] =
            Array("{\"metric\":".utf8) + name + Array(",\"type\":\"Point\",\"data\":{\"time\":\"".utf8)
        var line = Array("{\"type\":\"Metric\",\"data\":{\"name\":".utf8)
        line += name
        line += ",\"type\":\"\(definition.kind)\",\"contains\":\"\(definition.contains)\"".utf8
        line += ",\"thresholds\":[".utf8
        for (index, rule) in (context.thresholds[definition.name] ?? []).enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            line += threshold(rule)
        }
        line += "],\"submetrics\":".utf8
        line += submetrics(of: metric)
        line += "},\"metric\":".utf8
        line += name
        line += "}\n".utf8
        file!.lines.append(line)
    }

    private func threshold(_ rule: ThresholdRule) -> [UInt8] {
        if !rule.abortOnFail {
            return JSONText.quoted(rule.expression, escapesHTML: false)
        }
        let delay = rule.delayAbortEvalNs == 0 ? "null" : "\"\(GoDuration.format(rule.delayAbortEvalNs))\""
        return Array("{\"threshold\":".utf8) + JSONText.quoted(rule.expression, escapesHTML: false)
            + Array(",\"abortOnFail\":\(rule.abortOnFail),\"delayAbortEval\":\(delay)}".utf8)
    }

    private func submetrics(of metric: MetricID) -> [UInt8] {
        let all = context.submetrics.filter { $0.metric == metric }
        if all.isEmpty { return Array("null".utf8) }
        var text: [UInt8] = [UInt8(ascii: "[")]
        for (index, submetric) in all.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text += "{\"name\":".utf8
            text += JSONText.quoted(submetric.name)
            text += ",\"suffix\":".utf8
            text += JSONText.quoted(submetric.suffix)
            text += ",\"tags\":".utf8
            text += JSONText.object(submetric.tags.map { ($0.key, $0.value) })
            text += "}".utf8
        }
        text.append(UInt8(ascii: "]"))
        return text
    }
}
