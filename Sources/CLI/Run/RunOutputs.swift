// From `--out`, `K6_OUT`, an output's own variables and the config file's `collectors` to the outputs of a
// run. Called by RunCommand before anything starts; outputs open their files when the run is about to begin.

import Base
import HTTP
import HTTPClient
import Metrics
import Outputs

enum RunOutputs {
    /// Outputs this build has; `NotBuiltYet` names the others.
    static let names = [
        "csv", "datadog", "experimental-prometheus-rw", "influxdb", "json", "statsd", "xk6-prometheus-rw",
    ]

    /// The outputs asked for without those that were asked for before, and a warning for each of these: the
    /// same file would be written over itself, the same counters would be counted twice.
    static func withoutRepetitions(_ texts: [String]) -> (texts: [String], warnings: [SettingsWarning]) {
        var (kept, warnings): ([String], [SettingsWarning]) = ([], [])
        for text in texts {
            if kept.contains(text) {
                let shown = HiddenCredentials.hidden(in: text)
                warnings.append("the output \(shown) was asked for before; it counts once")
            } else {
                kept.append(text)
            }
        }
        return (kept, warnings)
    }

    /// nil when nothing was asked for.
    /// - Parameters:
    ///   - texts: as given: `json=FILE`, `csv=…`, `json`.
    ///   - collectors: the config file's settings of outputs, by name.
    ///   - result: the file of `--save`.
    ///   - writers: threads that will write samples.
    static func make(
        _ texts: [String], collectors: [String: JSONValue], result: ResultFile?,
        environment: [String: String], context: SampleContext, writers: Int
    ) throws(CLIError) -> SampleOutputs? {
        var outputs: [any SampleOutput] = []
        for text in texts { outputs.append(try output(text, collectors, environment, context)) }
        if let result { outputs.append(result) }
        return outputs.isEmpty ? nil : SampleOutputs(outputs, writers: writers)
    }

    private static func output(
        _ text: String, _ collectors: [String: JSONValue], _ environment: [String: String],
        _ context: SampleContext
    ) throws(CLIError) -> any SampleOutput {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let (name, argument) = (String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
        do throws(OutputError) {
            // The output json has no settings.
            let collector =
                name == "json" ? CollectorSettings() : try CollectorSettings(collectors[name], of: name)
            switch name {
            case "json": return JSONLines(name: argument, context: context)
            case "csv":
                return CSVLines(
                    configuration: try CSVConfiguration(
                        argument: argument, environment: environment, collector: collector),
                    context: context)
            case "influxdb":
                return try InfluxLines(
                    configuration: InfluxConfiguration(
                        argument: argument, environment: environment, collector: collector),
                    context: context)
            case "statsd", "datadog":
                return StatsDLines(
                    configuration: try StatsDConfiguration(
                        name == "statsd" ? .statsd : .datadog, argument: argument,
                        environment: environment, collector: collector))
            case "experimental-prometheus-rw", "xk6-prometheus-rw":
                return try RemoteWriteOutput(
                    RemoteWriteConfiguration(environment: environment, collector: collector),
                    proxies: proxies(environment))
            default: preconditionFailure("an output without a maker: \(name)")
            }
        } catch { throw CLIError("could not create the '\(name)' output: \(error)") }
    }

    /// Those of the environment, as for the test's own requests.
    private static func proxies(_ environment: [String: String]) throws(OutputError) -> ProxySettings {
        do { return try ProxySettings(environment: environment) } catch {
            throw OutputError(error.description)
        }
    }
}
