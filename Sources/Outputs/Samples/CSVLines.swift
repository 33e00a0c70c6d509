// The output `csv`: a header and one line per sample, as k6 writes them. Made by the CLI from
// `CSVConfiguration`; fed by `SampleOutputs`.

import Base
import Metrics

public final class CSVLines: SampleOutput {
    private let configuration: CSVConfiguration
    private let context: SampleContext
    /// Tags with a column of their own, sorted.
    private let columns: [String]
    private let columnPlaces: [String: Int]
    private var file: OutputFile?
    private var clock = WallClockText()
    /// By metric: the line's beginning up to the time.
    private let heads: [[UInt8]]
    /// Ends of lines without the metadata, of all tag sets of a chunk one after another.
    private var tails = ByteBuffer()
    private var tailEnds: [Int] = []
    private var metadata: SampleMetadata

    public init(configuration: CSVConfiguration, context: SampleContext) {
        self.configuration = configuration
        self.context = context
        metadata = SampleMetadata(systemTags: context.systemTags)
        columns = context.systemTags.subtracting(["vu", "iter"]).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        columnPlaces = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
        heads = context.registry.definitions.map { Array("\($0.name),".utf8) }
    }

    public var label: String {
        let name = configuration.fileName
        return name.isEmpty || name == "-" ? "csv (stdout)" : "csv (\(name))"
    }

    public var flushIntervalNs: Int64 { configuration.saveIntervalNs }
    public var fileIdentity: FileIdentity? { file?.identity }

    public func open() throws(OutputError) {
        file = try OutputFile(configuration.fileName)
        let names = ["metric_name", "timestamp", "metric_value"] + columns + ["extra_tags", "metadata"]
        file!.lines.append(names.joined(separator: ",") + "\n")
    }

    public func flush() throws(OutputError) { try file!.flush() }

    public func finish() throws(OutputError) {
        defer { file = nil }
        try file!.finish()
    }

    public func add(_ chunk: SampleChunk) throws(OutputError) {
        prepareTails(chunk)
        for record in chunk.records {
            let end = tailEnds[Int(record.tags)]
            let start = record.tags == 0 ? 0 : tailEnds[Int(record.tags) - 1]
            let tail = UnsafeBufferPointer(rebasing: tails.bytes[start..<end])
            heads[record.metric.index].withUnsafeBufferPointer { append(record, $0, tail) }
            if metadata.isNeeded(record) { appendMetadata(record) }
            file!.lines.append(UInt8(ascii: "\n"))
            try file!.spill()
        }
    }

    /// Besides its parts a line has a time and a number with all its digits.
    private static let lineBytesMax = 512

    private func append(
        _ record: SampleRecord, _ head: UnsafeBufferPointer<UInt8>, _ tail: UnsafeBufferPointer<UInt8>
    ) {
        let room = file!.lines.spare(atLeast: head.count + tail.count + Self.lineBytesMax)
        let start = room.baseAddress!.assumingMemoryBound(to: UInt8.self)
        var cursor = LineCursor(start)
        cursor.put(head)
        putTime(record.wallNs, &cursor)
        cursor.put(UInt8(ascii: ","))
        cursor.putFixed(record.value)
        cursor.put(tail)
        file!.lines.grew(by: cursor.end - start)
    }

    private func putTime(_ wallNs: Int64, _ cursor: inout LineCursor) {
        switch configuration.timeFormat {
        case .unix: cursor.put(UInt64(wallNs / Ns.perSecond))
        case .unixMilli: cursor.put(UInt64(wallNs / Ns.perMillisecond))
        case .unixMicro: cursor.put(UInt64(wallNs / 1000))
        case .unixNano: cursor.put(UInt64(wallNs))
        case .rfc3339: clock.put(wallNs, hasFraction: false, &cursor)
        case .rfc3339Nano: clock.put(wallNs, hasFraction: true, &cursor)
        }
    }

    private func appendMetadata(_ record: SampleRecord) {
        var text = ""
        metadata.forEach(record) { index, key, value in text += "\(index > 0 ? "&" : "")\(key)=\(value)" }
        file!.lines.append(CSVText.field(text))
    }

    private func prepareTails(_ chunk: SampleChunk) {
        metadata.prepare(chunk)
        tails.removeAll()
        tailEnds.removeAll(keepingCapacity: true)
        var fields = [String](repeating: "", count: columns.count)
        for set in chunk.tags {
            for index in fields.indices { fields[index] = "" }
            var extra: [String] = []
            for tag in set.tags {
                if let place = columnPlaces[tag.key] {
                    fields[place] = tag.value
                } else {
                    extra.append("\(tag.key)=\(tag.value)")
                }
            }
            for field in fields {
                tails.append(UInt8(ascii: ","))
                tails.append(CSVText.field(field))
            }
            tails.append(UInt8(ascii: ","))
            tails.append(CSVText.field(extra.joined(separator: "&")))
            tails.append(UInt8(ascii: ","))
            tailEnds.append(tails.count)
        }
    }
}

enum CSVText {
    /// Quoted where Go's CSV writer quotes.
    static func field(_ text: String) -> String {
        guard let first = text.unicodeScalars.first else { return text }
        let special: Set<UInt8> = [UInt8(ascii: ","), UInt8(ascii: "\""), 13, 10]
        let mustQuote =
            text == "\\." || first.properties.isWhitespace || text.utf8.contains(where: special.contains)
        if !mustQuote { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
