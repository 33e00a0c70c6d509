// Raw samples of the built binary: files, compressed files, standard output, and outputs that fail. What a
// line looks like byte by byte is tested in OutputsTests.

import Foundation
import ProcessSupport
import Testing

@Suite struct OutputTests {
    let target: Target

    init() throws { target = try Target() }

    private func lines(_ text: String, about metric: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("{\"metric\":\"\(metric)\",\"type\":\"Point\"") }
            .map(String.init)
    }

    @Test("JSON: every sample with its tags, each metric introduced once", arguments: ["1", "3"])
    func json(threads: String) throws {
        let path = Scratch.path("out.json")
        let end = try Apus.start([
            "run", "-i", "12", "-u", "4", "--threads", threads, "--tag", "mine=x", "-o", "json=\(path)",
            target.url,
        ]).finish()
        // More workers than CPUs are worth a warning; nothing else may be said.
        let said = end.err.split(separator: "\n").filter { !$0.contains("3 workers asked for on ") }
        #expect(end.code == 0 && said.isEmpty, "\(end.err)")
        #expect(end.out.contains("        output: json (\(path))\n"))
        let text = Scratch.read(path)
        #expect(text.hasSuffix("}}\n"))
        for metric in [
            "http_reqs", "http_req_duration", "http_req_blocked", "http_req_connecting",
            "http_req_tls_handshaking", "http_req_sending", "http_req_waiting", "http_req_receiving",
            "http_req_failed", "data_sent", "data_received", "iteration_duration", "iterations",
        ] {
            #expect(lines(text, about: metric).count == 12, "\(metric)")
            let introductions = text.components(separatedBy: "\"metric\":\"\(metric)\"}\n").count - 1
            #expect(introductions == 1, "\(metric)")
        }
        let tags =
            "\"tags\":{\"expected_response\":\"true\",\"group\":\"\",\"method\":\"GET\",\"mine\":\"x\",\"name\":\""
            + "\(target.url)\",\"proto\":\"HTTP/1.1\",\"scenario\":\"default\",\"status\":\"200\",\"url\":\""
            + "\(target.url)\"}}}"
        #expect(lines(text, about: "http_reqs").allSatisfy { $0.hasSuffix("\"value\":1,\(tags)") }, "\(text)")
    }

    @Test("the file holds as many requests as the summary, in an open loop too")
    func allOfThem() throws {
        let path = Scratch.path("out.csv")
        let end = try Apus.start([
            "run", "-q", "--rate", "500", "-d", "2s", "--system-tags", "status,scenario,vu,iter", "-o",
            "csv=fileName=\(path),timeFormat=unix_milli", target.url,
        ]).finish()
        #expect(end.code == 0, "\(end.err)")
        let rows = Scratch.read(path).split(separator: "\n")
        #expect(rows.first == "metric_name,timestamp,metric_value,scenario,status,extra_tags,metadata")
        let requests = rows.filter { $0.hasPrefix("http_reqs,") }
        #expect(requests.count == end.count("http_reqs"))
        #expect(requests.allSatisfy { $0.contains(",1.000000,default,200,,") && $0.contains("vu=") })
        #expect(rows.contains { $0.hasPrefix("vus,") })
        #expect(!rows.contains { $0.hasPrefix("apus_") })
    }

    @Test("standard output, from the environment")
    func standardOutput() throws {
        let end = try Apus.run("-i", "2", target.url, environment: ["K6_OUT": "json"])
        #expect(end.code == 0)
        #expect(lines(end.out, about: "http_reqs").count == 2)
        #expect(end.out.contains("TOTAL RESULTS"))
    }

    @Test("two outputs at once, one of them compressed")
    func two() throws {
        let (json, csv) = (Scratch.path("a.json.gz"), Scratch.path("b.csv"))
        let end = try Apus.start(["run", "-i", "3", "-o", "json=\(json)", "-o", "csv=\(csv)", target.url])
            .finish()
        #expect(end.code == 0)
        #expect(end.out.contains("        output: json (\(json)), csv (\(csv))\n"))
        let unzip = try Child("/bin/gzip", ["-dc", json]).finish()
        #expect(unzip.code == 0)
        #expect(lines(unzip.out, about: "http_reqs").count == 3)
        #expect(Scratch.read(csv).split(separator: "\n").filter { $0.hasPrefix("http_reqs,") }.count == 3)
    }

    @Test("a full disk costs one error line, not the run")
    func fullDisk() throws {
        let end = try Apus.run("-u", "2", "-d", "2s", "-o", "json=/dev/full", target.url)
        #expect(end.code == 0)
        #expect(end.logLines("error").count == 1, "\(end.err)")
        #expect(end.err.contains("No space left on device"))
        #expect(end.out.contains("TOTAL RESULTS"))
    }

    @Test("what cannot be created ends the command before the first request")
    func notCreated() throws {
        let end = try Apus.run("-i", "1", "-o", "json=/nowhere/out.json", target.url)
        #expect(end.code == 255)
        #expect(end.err.contains("/nowhere/out.json"))
        #expect(try Wire.get(target.hostPort, "/stats").contains("{\"requests\":1,"))
        let format = try Apus.run("-i", "1", "-o", "csv=timeFormat=iso", target.url)
        #expect(format.code == 255)
        #expect(format.err.contains("iso"))
    }

    /// What was opened before is closed again: a store's thread must not be left behind.
    @Test func anOutputThatOpensBeforeOneThatCannot() throws {
        let end = try Apus.run(
            "-i", "1", "-o", "influxdb=http://127.0.0.1:1/k6", "-o", "json=/nowhere/out.json", target.url)
        #expect(end.code == 255)
        #expect(end.err.contains("/nowhere/out.json"))
    }

    /// Runs a shell's command line: $0 is the program, $1 the target.
    private func shell(_ script: String, _ more: String...) throws -> Finished {
        try Child("/bin/bash", ["-c", script, Apus.path, target.url] + more).finish()
    }

    @Test(
        "who reads standard output goes away: a line for what is lost, the run's own exit code",
        arguments: [("", 1), ("-o json", 2), ("-o csv=-", 2)])
    func readerGone(outputs: String, lines: Int) throws {
        // The reader is gone before anything is written.
        let end = try shell(
            "\"$0\" run -q -u 2 -d 1s \(outputs) \"$1\" > >(exec true); exit $?")
        #expect(end.code == 0 && end.err.split(separator: "\n").count == lines, "\(end.err)")
        #expect(end.err.contains("the summary could not be written: Broken pipe"))
        #expect(end.err.contains("samples from here on are lost: Broken pipe") == (lines == 2))
        let crossed = try shell(
            "\"$0\" run -q -i 2 --threshold 'http_reqs: count<1' \"$1\" > >(exec true); exit $?")
        #expect(crossed.code == 99)
    }

    @Test("closed standard streams: their numbers go to nothing else")
    func closedStreams() throws {
        let path = Scratch.path("out.json")
        let end = try shell("\"$0\" run -i 2 -o json=\"$2\" \"$1\" >&-; exit $?", path)
        #expect(end.code == 0 && end.logLines("error").count == 1, "\(end.err)")
        #expect(end.err.contains("the summary could not be written: Bad file descriptor"), "\(end.err)")
        let all = try shell("\"$0\" run -i 2 -o json=\"$2\" \"$1\" <&- >&- 2>&-; exit $?", path)
        #expect(all.code == 0)
        let text = Scratch.read(path)
        #expect(lines(text, about: "http_reqs").count == 2)
        #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
    }

    @Test("two outputs in standard output, whatever it is")
    func twiceStandardOutput() throws {
        let end = try Apus.run("-i", "2", "-o", "json", "-o", "csv=-", target.url)
        #expect(end.code == 0 && end.err.isEmpty, "\(end.err)")
        #expect(lines(end.out, about: "http_reqs").count == 2)
        #expect(end.out.split(separator: "\n").filter { $0.hasPrefix("http_reqs,") }.count == 2)
    }

    @Test("the same output twice counts once; one file for two outputs is refused")
    func sameOutput() throws {
        let path = Scratch.path("out.json")
        let twice = try Apus.run("-i", "2", "-o", "json=\(path)", "-o", "json=\(path)", target.url)
        #expect(twice.code == 0 && twice.logLines("warning").count == 1, "\(twice.err)")
        #expect(twice.err.contains("the output json=\(path) was asked for before; it counts once"))
        #expect(lines(Scratch.read(path), about: "http_reqs").count == 2)
        let both = try Apus.run("-i", "2", "-o", "csv=\(path)", "--save", path, target.url)
        #expect(both.code == 255 && both.logLines("error").count == 1, "\(both.err)")
        #expect(both.err.contains("would write to the same file"))
    }

    @Test("settings of the config file lie under the variables and the argument")
    func collectors() throws {
        let (byFile, byVariable) = (Scratch.path("file.csv"), Scratch.path("variable.csv"))
        let config = try Scratch.write(
            #"{"collectors":{"csv":{"file_name":"\#(byFile)","time_format":"rfc3339"}}}"#, "config.json")
        #expect(try Apus.run("-i", "2", "-c", config, "-o", "csv", target.url).code == 0)
        func times(_ path: String) -> [Substring] {
            Scratch.read(path).split(separator: "\n").filter { $0.hasPrefix("http_reqs,") }.map {
                $0.split(separator: ",")[1]
            }
        }
        #expect(times(byFile).count == 2 && times(byFile).allSatisfy { $0.contains("T") })
        let over = try Apus.run(
            "-i", "2", "-c", config, "-o", "csv=timeFormat=unix_nano", target.url,
            environment: ["K6_CSV_FILENAME": byVariable])
        #expect(over.code == 0, "\(over.err)")
        #expect(times(byVariable).count == 2 && times(byVariable).allSatisfy { $0.count == 19 })
        let wrong = try Scratch.write(#"{"collectors":{"csv":{"file_name":7}}}"#, "config.json")
        let end = try Apus.run("-i", "2", "-c", wrong, "-o", "csv", target.url)
        #expect(end.code == 255 && end.logLines("error").count == 1)
        #expect(
            end.err.contains("collectors.csv.file_name in the config file: expected a string, not a number"))
        #expect(try Apus.run("-i", "2", "-c", wrong, target.url).code == 0)
    }

    @Test("thresholds crossed and a failing output: the exit code is the thresholds'")
    func exitCode() throws {
        let end = try Apus.run(
            "-i", "2", "--threshold", "http_reqs:count<1", "-o", "json=/dev/full", target.url)
        #expect(end.code == 99)
    }
}
