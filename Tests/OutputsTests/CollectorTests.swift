// The config file's settings of outputs: what k6 1.1.0 reads of them, under the environment and the argument;
// what it refuses; and that no output shows a password in an error.

import Base
import Testing

@testable import Outputs

@Suite struct CollectorTests {
    private func collector(_ text: String, of output: String) throws -> CollectorSettings {
        try CollectorSettings(try JSONValue.parse(text), of: output)
    }

    private func influx(
        _ text: String, argument: String = "", environment: [String: String] = [:]
    ) throws -> InfluxConfiguration {
        try InfluxConfiguration(
            argument: argument, environment: environment, collector: collector(text, of: "influxdb"))
    }

    @Test("influxdb: each setting, whatever the case of its name; null and the unknown set nothing")
    func influxdb() throws {
        let set = try influx(
            """
            {"addr":"https://me:p@db:1/pre/fix/","DB":"file","username":"u","passWord":"p","insecure":true,
             "payloadSize":"900","pushInterval":2500,"concurrentWrites":2,"precision":"ms","retention":"week",
             "consistency":"all","tagsAsFields":["name","vu:int"],"proxy":"http://proxy:3128","what":[1]}
            """)
        #expect(set.address == "https://db:1" && set.database == "file" && set.username == "u")
        #expect(set.password == "p" && set.isInsecure && set.payloadSize == 900)
        #expect(set.pushIntervalNs == 2500 * Ns.perMillisecond && set.concurrentWrites == 2)
        #expect(set.precision == .ms && set.retention == "week" && set.consistency == "all")
        #expect(set.fields == ["name": .string, "vu": .int] && set.proxy?.host == "proxy")
        #expect(try set.url("write", []).target == "/pre/fix/write?")
        let none = try influx(
            #"{"addr":null,"db":"","precision":"","tagsAsFields":[],"payloadSize":0,"concurrentWrites":null}"#
        )
        let plain = try InfluxConfiguration(argument: "", environment: [:])
        #expect(none.address == plain.address && none.database == "k6" && none.fields == plain.fields)
        #expect(none.payloadSize == plain.payloadSize && none.precision == .ns)
    }

    @Test("influxdb: the file lies under the environment, and both under the argument")
    func influxdbLayers() throws {
        let file = #"{"addr":"http://f:1","db":"file","username":"f","password":"fp","retention":"r"}"#
        let variables = ["K6_INFLUXDB_ADDR": "http://e:2", "K6_INFLUXDB_DB": "env"]
        let byFile = try influx(file)
        #expect(byFile.address == "http://f:1" && byFile.database == "file" && byFile.username == "f")
        let byVariable = try influx(file, environment: variables)
        #expect(byVariable.address == "http://e:2" && byVariable.database == "env")
        #expect(byVariable.username == "f" && byVariable.retention == "r")
        let byArgument = try influx(file, argument: "http://a:3/arg?retention=q", environment: variables)
        #expect(byArgument.address == "http://a:3" && byArgument.database == "arg")
        #expect(byArgument.username == "f" && byArgument.retention == "q")
        // Credentials of one address are none of another's.
        let other = try influx(#"{"addr":"http://me:secret@f:1"}"#, argument: "http://a:3/arg")
        #expect(other.username.isEmpty && other.password.isEmpty)
    }

    @Test("csv: file_name, save_interval, time_format")
    func csv() throws {
        let settings = try collector(
            #"{"file_name":"f.csv","save_interval":"3s","time_format":"rfc3339","fileName":"x"}"#, of: "csv")
        let byFile = try CSVConfiguration(argument: "", environment: [:], collector: settings)
        #expect(byFile.fileName == "f.csv" && byFile.saveIntervalNs == 3 * Ns.perSecond)
        #expect(byFile.timeFormat == .rfc3339)
        let byVariable = try CSVConfiguration(
            argument: "", environment: ["K6_CSV_FILENAME": "e.csv"], collector: settings)
        #expect(byVariable.fileName == "e.csv" && byVariable.timeFormat == .rfc3339)
        let byArgument = try CSVConfiguration(
            argument: "timeFormat=unix_nano", environment: ["K6_CSV_FILENAME": "e.csv"], collector: settings)
        #expect(byArgument.fileName == "e.csv" && byArgument.timeFormat == .unixNano)
        #expect(byArgument.saveIntervalNs == 3 * Ns.perSecond)
    }

    @Test("statsd: the names of k6's extension")
    func statsd() throws {
        let settings = try collector(
            """
            {"addr":"f:1","bufferSize":7,"namespace":"load","pushInterval":"2s","enableTags":true,
             "tagBlocklist":["vu"]}
            """, of: "statsd")
        let byFile = try StatsDConfiguration(.statsd, argument: "", environment: [:], collector: settings)
        #expect(byFile.address == "f:1" && byFile.bufferSize == 7 && byFile.namespace == "load.")
        #expect(byFile.pushIntervalNs == 2 * Ns.perSecond && byFile.sendsTags && byFile.blockedTags == ["vu"])
        let byVariable = try StatsDConfiguration(
            .statsd, argument: "",
            environment: [
                "K6_STATSD_ADDR": "e:2", "K6_STATSD_ENABLE_TAGS": "false",
                "K6_STATSD_TAG_BLOCKLIST": "a, b ,",
            ],
            collector: settings)
        #expect(byVariable.address == "e:2" && !byVariable.sendsTags && byVariable.blockedTags == ["a", "b"])
        let byArgument = try StatsDConfiguration(
            .datadog, argument: "a:3", environment: ["K6_STATSD_ADDR": "e:2"], collector: settings)
        #expect(byArgument.address == "a:3")
    }

    @Test("Prometheus: every name; headers of the environment are added")
    func prometheus() throws {
        let settings = try collector(
            """
            {"url":"https://f/w","headers":{"X-A":"1","X-B":"2"},"insecureSkipTLSVerify":true,"username":"u",
             "password":"p","clientCertificate":"c.pem","clientCertificateKey":"k.pem","pushInterval":"1s",
             "trendAsNativeHistogram":true,"trendStats":["avg","p(95)"],"staleMarkers":true,
             "sigV4Region":"r","sigV4AccessKey":"a","sigV4SecretKey":"s"}
            """, of: "experimental-prometheus-rw")
        let byFile = try RemoteWriteConfiguration(environment: [:], collector: settings)
        #expect(byFile.url == "https://f/w" && byFile.skipsTLSVerify && byFile.username == "u")
        #expect(byFile.password == "p" && byFile.pushIntervalNs == Ns.perSecond && byFile.isNative)
        #expect(byFile.certificateFiles == .init(certificate: "c.pem", key: "k.pem"))
        #expect(byFile.statistics.map(\.suffix) == ["avg", "p95"] && byFile.sendsStaleMarkers)
        #expect(byFile.signature == AWSSignature(region: "r", accessKey: "a", secretKey: "s"))
        let byVariable = try RemoteWriteConfiguration(
            environment: [
                "K6_PROMETHEUS_RW_SERVER_URL": "http://e/w", "K6_PROMETHEUS_RW_HEADERS_X-B": "3",
                "K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM": "false", "K6_PROMETHEUS_RW_TREND_STATS": "max",
                "K6_PROMETHEUS_RW_SIGV4_REGION": "q",
            ], collector: settings)
        #expect(byVariable.url == "http://e/w" && !byVariable.isNative && byVariable.sendsStaleMarkers)
        #expect(byVariable.statistics.map(\.suffix) == ["max"] && byVariable.signature?.region == "q")
        let own = byVariable.headers.filter { $0.name.hasPrefix("X-") && $0.name.count == 3 }
        #expect(own == [.init("X-A", "1"), .init("X-B", "3")])
        let token = try collector(#"{"bearerToken":"t"}"#, of: "experimental-prometheus-rw")
        #expect(
            try RemoteWriteConfiguration(environment: [:], collector: token).headers.last
                == .init("Authorization", "Bearer t"))
    }

    @Test(
        "what is of the wrong type is named",
        arguments: [
            ("influxdb", "7", "collectors.influxdb in the config file: expected an object, not a number"),
            ("influxdb", #"{"addr":7}"#, "collectors.influxdb.addr in the config file: expected a string"),
            (
                "influxdb", #"{"addr":"h"}"#,
                "collectors.influxdb.addr in the config file: \"h\" is no address"
            ),
            ("influxdb", #"{"insecure":"true"}"#, "expected true or false, not a string"),
            ("influxdb", #"{"concurrentWrites":1.5}"#, "expected a whole number, not 1.5"),
            ("influxdb", #"{"tagsAsFields":"vu"}"#, "expected an array of strings, not a string"),
            ("influxdb", #"{"tagsAsFields":[1]}"#, "expected strings in the array, not a number"),
            ("influxdb", #"{"tagsAsFields":["vu","vu:int"]}"#, "the tag \"vu\" is there twice"),
            ("influxdb", #"{"pushInterval":"soon"}"#, "collectors.influxdb.pushInterval in the config file"),
            ("influxdb", #"{"pushInterval":0}"#, "must be longer than nothing, not 0"),
            ("csv", #"{"file_name":true}"#, "collectors.csv.file_name in the config file: expected a string"),
            ("csv", #"{"time_format":"iso"}"#, "collectors.csv.time_format in the config file \"iso\""),
            ("statsd", #"{"bufferSize":0}"#, "must be a number from 1 on, not 0"),
            ("prometheus", #"{"headers":["a"]}"#, "expected an object of strings, not an array"),
            ("prometheus", #"{"headers":{"a":1}}"#, "expected strings in the object, not a number"),
            ("prometheus", #"{"trendStats":["foo"]}"#, "'foo'"),
        ])
    func refused(output: String, text: String, part: String) throws {
        #expect {
            let settings = try collector(text, of: output)
            switch output {
            case "influxdb": _ = try InfluxConfiguration(argument: "", environment: [:], collector: settings)
            case "csv": _ = try CSVConfiguration(argument: "", environment: [:], collector: settings)
            case "statsd":
                _ = try StatsDConfiguration(.statsd, argument: "", environment: [:], collector: settings)
            default: _ = try RemoteWriteConfiguration(environment: [:], collector: settings)
            }
        } throws: { "\($0)".contains(part) }
    }

    // MARK: - passwords

    private func expectHidden(_ body: () throws -> Void) {
        let error = #expect(throws: OutputError.self) { try body() }
        let text = error?.description ?? ""
        for piece in ["secret", "cret", "me:"] { #expect(!text.contains(piece), "\(text)") }
    }

    @Test(
        "InfluxDB's errors show none",
        arguments: [
            "htp://me:secret@h", "http://me:se/cret@h", "http://me:secret@h:port", "http://me:12/secret@h",
            "udp://me:se/cret@h:1", "http://me:secret@",
        ])
    func influxdbErrors(address: String) throws {
        expectHidden { _ = try InfluxConfiguration(argument: address + "/db", environment: [:]) }
        expectHidden { _ = try InfluxConfiguration(argument: "", environment: ["K6_INFLUXDB_ADDR": address]) }
        let settings = try collector("{\"addr\":\"\(address)\"}", of: "influxdb")
        expectHidden { _ = try InfluxConfiguration(argument: "", environment: [:], collector: settings) }
    }

    @Test("nor do they of a question mark, or of a proxy's address")
    func influxdbParts() {
        expectHidden { _ = try InfluxConfiguration(argument: "http://me:se?cret@h/db", environment: [:]) }
        for address in ["http://me:secret@h:port", "me:secret@h", "http://me:se/cret@h", "http://me:secret@"]
        {
            expectHidden {
                _ = try InfluxConfiguration(argument: "", environment: ["K6_INFLUXDB_PROXY": address])
            }
        }
    }

    @Test(
        "Prometheus' errors show none, and neither does its line before the run",
        arguments: [
            "me:secret@h/w", "http://me:se/cret@h/w", "http://me:secret@h:port/w", "http://me:secret@/w",
            "ftp://me:secret@h/w", "http://me:secret%zz@h/w",
        ])
    func prometheusErrors(address: String) throws {
        expectHidden {
            _ = try RemoteWriteOutput(
                RemoteWriteConfiguration(environment: ["K6_PROMETHEUS_RW_SERVER_URL": address]))
        }
        let output = try RemoteWriteOutput(
            RemoteWriteConfiguration(environment: ["K6_PROMETHEUS_RW_SERVER_URL": "http://me:secret@h/w"]))
        #expect(output.label == "Prometheus remote write (http://****:****@h/w)")
    }

    @Test(
        "a header that cannot be read is not shown", arguments: ["Authorization:Basic me:secret", "secret"])
    func headerErrors(text: String) {
        expectHidden {
            _ = try RemoteWriteConfiguration(environment: ["K6_PROMETHEUS_RW_HTTP_HEADERS": "a:b,\(text)"])
        }
    }

    @Test(
        "StatsD's errors and its line before the run show none",
        arguments: ["me:secret@no-such.invalid:8125", "udp://me:secret@h", "me:secret@h:0"])
    func statsdErrors(address: String) throws {
        let output = StatsDLines(
            configuration: try StatsDConfiguration(.datadog, argument: address, environment: [:]))
        expectHidden { try output.open() }
        #expect(!output.label.contains("secret") && output.label.hasPrefix("datadog ("))
    }
}
