// Outputs as options: the config file's `collectors`, outputs asked for twice, and names that are none.

import Base
import Metrics
import Outputs
import Testing

@testable import CLI

@Suite struct OutputOptionsTests {
    private func read(_ file: String, _ arguments: String...) throws -> RunSettings {
        try settings(["run", url, "-c", "c.json"] + arguments, files: ["c.json": file])
    }

    @Test("collectors come from the config file alone, as they are")
    func collectors() throws {
        let file = #"{"Collectors":{"influxdb":{"db":"x"},"csv":null,"what":7}}"#
        let read = try read(file)
        #expect(
            read.options.collectors == [
                "influxdb": .object(.init([.init(name: "db", value: .string("x"))])), "csv": .null,
                "what": .number("7"),
            ])
        #expect(read.warnings.isEmpty)
        let script = try settings(["run", url], script: #"{"collectors":{"csv":{}}}"#)
        #expect(script.options.collectors == nil)
        #expect(script.warnings.map(\.fields) == [["error": "json: unknown field \"collectors\""]])
    }

    @Test("what is no object is refused with 104", arguments: ["7", "[]", "\"influxdb\""])
    func noObject(value: String) {
        let error = error { try read("{\"collectors\":\(value)}") }
        #expect(error?.code == .invalidConfig)
        #expect(error?.message.contains("\"collectors\": expected an object") == true)
    }

    private func make(_ outputs: [String], _ collectors: String) throws -> SampleOutputs? {
        try RunOutputs.make(
            outputs, collectors: read("{\"collectors\":\(collectors)}").options.collectors ?? [:],
            result: nil, environment: [:],
            context: SampleContext(
                registry: MetricRegistry(), submetrics: [], thresholds: [], systemTags: []), writers: 1)
    }

    @Test("each output takes its own, by the name it was asked for")
    func own() throws {
        let collectors = """
            {"influxdb":{"addr":"http://f:1"},"csv":{"file_name":"f.csv"},"statsd":{"addr":"s:1"},
             "datadog":{"addr":"d:1"},"experimental-prometheus-rw":{"url":"http://p:1/w"},"json":7}
            """
        let names = ["influxdb", "csv", "statsd", "datadog", "experimental-prometheus-rw", "json"]
        #expect(
            try make(names, collectors)?.labels == [
                "InfluxDBv1 (http://f:1)", "csv (f.csv)", "statsd (s:1)", "datadog (d:1)",
                "Prometheus remote write (http://p:1/w)", "json(stdout)",
            ])
    }

    @Test("an output nobody asked for may hold anything, the others are refused with 255")
    func wrong() throws {
        #expect(try make(["json"], #"{"csv":7,"influxdb":{"addr":7}}"#) != nil)
        let error = error { try make(["csv"], #"{"csv":7}"#) }
        #expect(error?.code == .generic)
        #expect(
            error?.message
                == "could not create the 'csv' output: collectors.csv in the config file: expected an object, "
                + "not a number")
    }

    @Test("an output asked for twice counts once, with a warning that shows no password")
    func twice() throws {
        let influx = "influxdb=http://me:secret@h/db"
        let read = try settings(["run", url, "-o", influx, "-o", "json=a", "-o", influx, "-o", "json=b"])
        #expect(read.options.outputs == [influx, "json=a", "json=b"])
        #expect(
            read.warnings == ["the output influxdb=http://****@h/db was asked for before; it counts once"])
        let variable = try settings(["run", url], env: ["K6_OUT": "json=a,csv=b,json=a"])
        #expect(variable.options.outputs == ["json=a", "csv=b"] && variable.warnings.count == 1)
    }

    @Test("an address where a name should be is not shown in full")
    func noName() {
        let error = error { try settings(["run", url, "-o", "http://me:secret@h/db"]) }
        #expect(error?.message == "unknown output \"http://****@h/db\"")
        #expect(error?.code == .generic)
    }
}
