// From `--out`, `K6_OUT` and an output's own variables to the outputs of a run. Called by RunCommand before
// anything starts; the outputs open their files when the run is about to begin.

import Base
import HTTPClient
import Metrics
import Outputs

enum RunOutputs {
    /// Outputs this build has; `NotBuiltYet` names the others.
    static let names = [
        "csv", "datadog", "experimental-prometheus-rw", "influxdb", "json", "statsd", "xk6-prometheus-rw",
    ]

    /// nil when nothing was asked for.
    /// - Parameters:
    ///   - texts: as given: `json=FILE`, `csv=…`, `json`.
    ///   - result: the file of `--save`.
    ///   - writers: threads that will write samples.
    static func make(
        _ texts: [String], result: ResultFile?, environment: [String: String], context: SampleContext,
        writers: Int
    ) throws(CLIError) -> SampleOutputs? {
        var outputs: [any SampleOutput] = []
        for text in texts { outputs.append(try output(text, environment, context)) }
        if let result { outputs.append(result) }
        return outputs.isEmpty ? nil : SampleOutputs(outputs, writers: writers)
    }

    private static func output(
        _ text: String, _ environment: [String: String], _ context: SampleContext
    ) throws(CLIError) -> any SampleOutput {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let argument = parts.count == 2 ? String(parts[1]) : ""
        do throws(OutputError) {
            switch parts[0] {
            case "json": return JSONLines(name: argument, context: context)
            case "csv":
                return CSVLines(
                    configuration: try CSVConfiguration(argument: argument, environment: environment),
                    context: context)
            case "influxdb":
                return try InfluxLines(
                    configuration: InfluxConfiguration(argument: argument, environment: environment),
                    context: context)
            case "statsd", "datadog":
                return StatsDLines(
                    configuration: try StatsDConfiguration(
                        parts[0] == "statsd" ? .statsd : .datadog, argument: argument,
                        environment: environment))
            case "experimental-prometheus-rw", "xk6-prometheus-rw":
                return try RemoteWriteOutput(
                    RemoteWriteConfiguration(environment: environment), proxies: proxies(environment))
            default: preconditionFailure("an output without a maker: \(text)")
            }
        } catch { throw CLIError("could not create the '\(parts[0])' output: \(error)") }
    }

    /// Those of the environment, as for the test's own requests.
    private static func proxies(_ environment: [String: String]) throws(OutputError) -> ProxySettings {
        do { return try ProxySettings(environment: environment) } catch {
            throw OutputError(error.description)
        }
    }
}
