// How the output `csv` is set up: defaults, then the config file, the environment and the argument, with k6's
// names. Pure; called by the CLI.

import Base

public struct CSVConfiguration: Hashable, Sendable {
    public enum TimeFormat: String, Hashable, Sendable, CaseIterable {
        case unix
        case unixMilli = "unix_milli"
        case unixMicro = "unix_micro"
        case unixNano = "unix_nano"
        case rfc3339
        case rfc3339Nano = "rfc3339_nano"
    }

    public var fileName = "file.csv"
    public var saveIntervalNs = Ns.perSecond
    public var timeFormat = TimeFormat.unix

    /// - Parameter argument: what follows `csv=`: a file's name, or `fileName=…,saveInterval=…,timeFormat=…`.
    public init(
        argument: String, environment: [String: String], collector: CollectorSettings = CollectorSettings()
    ) throws(OutputError) {
        fileName = try collector.text("file_name") ?? fileName
        saveIntervalNs = try collector.intervalNs("save_interval") ?? saveIntervalNs
        if let text = try collector.text("time_format") {
            timeFormat = try Self.format(text, collector.path("time_format"))
        }
        if let name = environment["K6_CSV_FILENAME"], !name.isEmpty { fileName = name }
        if let text = environment["K6_CSV_SAVE_INTERVAL"], !text.isEmpty {
            saveIntervalNs = try Self.interval(text, "K6_CSV_SAVE_INTERVAL", isExtended: true)
        }
        if let text = environment["K6_CSV_TIME_FORMAT"], !text.isEmpty {
            timeFormat = try Self.format(text, "K6_CSV_TIME_FORMAT")
        }
        if argument.isEmpty { return }
        if !argument.contains("=") {
            fileName = argument
            return
        }
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pieces.count == 2 else {
                throw OutputError("couldn't parse \"\(part)\" as argument for csv output")
            }
            let value = String(pieces[1])
            switch pieces[0] {
            case "fileName", "file_name": fileName = value
            case "saveInterval", "save_interval": saveIntervalNs = try Self.interval(value, "saveInterval")
            case "timeFormat", "time_format": timeFormat = try Self.format(value, "timeFormat")
            default:
                throw OutputError(
                    "unknown key \"\(pieces[0])\" as argument for csv output; there are fileName, "
                        + "saveInterval and timeFormat")
            }
        }
    }

    /// - Parameter isExtended: days and bare milliseconds are understood, too.
    private static func interval(
        _ text: String, _ key: String, isExtended: Bool = false
    ) throws(OutputError) -> Int64 {
        let ns: Int64
        do { ns = try isExtended ? GoDuration.parseExtended(text) : GoDuration.parse(text) } catch {
            throw OutputError("\(key): \(error)")
        }
        if ns <= 0 { throw OutputError("\(key) must be longer than nothing, not \(text)") }
        return ns
    }

    private static func format(_ text: String, _ key: String) throws(OutputError) -> TimeFormat {
        guard let format = TimeFormat(rawValue: text) else {
            let names = TimeFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw OutputError("unknown \(key) \"\(text)\"; there are \(names)")
        }
        return format
    }
}
