// The command lines of `merge` and `export`. Called by CommandLineParser; errors are exit code 255.

import Base

struct ResultFlags {
    private let flags: ParsedFlags

    init(_ flags: ParsedFlags) { self.flags = flags }

    func merge() throws(CLIError) -> MergeSettings {
        if flags.arguments.isEmpty {
            throw CLIError("merge takes result files, none given", hint: "apus run --save FILE writes them")
        }
        var settings = MergeSettings()
        settings.files = flags.arguments
        settings.save = flags.last("save")
        settings.summaryExport = flags.last("summary-export")
        let options = try OptionLayers.fromFlags(flags)
        settings.trendStats = options.summaryTrendStats
        settings.timeUnit = options.summaryTimeUnit?.rawValue
        return settings
    }

    func export() throws(CLIError) -> ExportSettings {
        guard flags.arguments.count == 1, let file = flags.arguments.first else {
            throw CLIError("export takes one result file, \(flags.arguments.count) given")
        }
        var settings = ExportSettings()
        settings.file = file
        let names = ExportSettings.Format.allCases.map(\.rawValue).joined(separator: " and ")
        guard let text = flags.last("format") else {
            throw CLIError("export needs --format", hint: "there are \(names)")
        }
        guard let format = ExportSettings.Format(rawValue: text) else {
            throw CLIError("invalid value \"\(text)\" for --format: there are \(names)")
        }
        settings.format = format
        settings.output = flags.last("out")
        settings.metric = flags.last("metric") ?? settings.metric
        return settings
    }
}
