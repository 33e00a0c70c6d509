// `apus merge` in a pipeline: its exit code is 0 only when every part ended well and the parts are the whole
// test; whatever is amiss is named. And files that can be read only once.

import Foundation
import Glibc
import ProcessSupport
import Testing

@Suite struct ResultPartTests {
    let target: Target

    init() throws { target = try Target() }

    private func segment(_ part: Int, of count: Int) -> [String] {
        let borders = (0...count).map { "\($0)/\(count)" }
        return [
            "--execution-segment", "\(borders[part]):\(borders[part + 1])", "--execution-segment-sequence",
            borders.joined(separator: ","),
        ]
    }

    /// A part that ends well. - Returns: its result file.
    private func part(_ part: Int, of count: Int, _ arguments: [String], code: Int32 = 0) throws -> String {
        let path = Scratch.path("part\(part).jsonl")
        let end = try Apus.start(
            ["run", "-q", "--save", path] + segment(part, of: count) + arguments + [target.url]
        ).finish()
        #expect(end.code == code, "\(end.err)")
        return path
    }

    /// A part that goes on for a minute, once it has written two intervals.
    private func endless(_ part: Int, of count: Int) throws -> (child: Child, path: String) {
        let path = Scratch.path("part\(part).jsonl")
        let child = try Apus.start(
            ["run", "-q", "--save", path, "-u", "\(count)", "-d", "60s"] + segment(part, of: count)
                + [target.url])
        let limit = Date().addingTimeInterval(20)
        while Scratch.read(path).components(separatedBy: "{\"type\":\"interval\"").count < 3, Date() < limit {
            usleep(20_000)
        }
        return (child, path)
    }

    private func merge(_ arguments: [String]) throws -> Finished {
        try Apus.start(["merge"] + arguments).finish()
    }

    @Test("a part that was killed is named, and the exit code is no success")
    func killed() throws {
        let good = try part(0, of: 2, ["-u", "2", "-d", "1s"])
        let (child, path) = try endless(1, of: 2)
        child.kill()
        let whole = Scratch.path("whole.jsonl")
        let end = try merge(["--save", whole, good, path])
        #expect(end.code == 255, "\(end.err)")
        #expect(end.logLines("error").count == 1 && end.err.contains("\(path) ends before its run did"))
        #expect(end.out.contains("✗ 1/2:1"), "\(end.out)")
        // The merged file says the same.
        let again = try merge([whole])
        #expect(again.code == 255 && again.err.contains("\(path) ends before its run did"), "\(again.err)")
    }

    @Test("a part that was interrupted gives the whole its exit code")
    func interrupted() throws {
        let good = try part(0, of: 2, ["-u", "2", "-d", "1s"])
        let (child, path) = try endless(1, of: 2)
        child.signal(SIGINT)
        #expect(try child.finish().code == 105)
        let end = try merge([good, path])
        #expect(end.code == 105, "\(end.err)")
        #expect(end.err.contains("\(path) was ended early with exit code 105"), "\(end.err)")
        #expect(end.out.contains("✗ 1/2:1") && end.out.contains("exit code 105, "), "\(end.out)")
    }

    @Test("a threshold that ended a part early counts, whatever the sums say")
    func thresholdThatEnds() throws {
        let config = try Scratch.write(
            #"{"thresholds":{"http_reqs":[{"threshold":"count>250","abortOnFail":true}]}}"#, "config.json")
        // 25 requests a second, then 500 at once.
        let aborted = try part(0, of: 2, ["--rate", "50", "-d", "30s", "-c", config], code: 99)
        let good = try part(1, of: 2, ["--rate", "1000", "-d", "1s"])
        let end = try merge([good, aborted])
        #expect(end.out.contains("✓ 'count>250'"), "\(end.out)")
        #expect(end.code == 99)
        #expect(end.err.contains("\(aborted) was ended early with exit code 99"), "\(end.err)")
    }

    @Test("an exit code nobody knows is a failure")
    func unknownCode() throws {
        let path = try part(0, of: 1, ["-i", "3"])
        let text = Scratch.read(path).replacingOccurrences(of: "\"exitCode\":0", with: "\"exitCode\":42")
        let odd = try Scratch.write(text, "odd.jsonl")
        let end = try merge([odd])
        #expect(end.code == 255 && end.err.contains("\(odd) ended with exit code 42"), "\(end.err)")
    }

    @Test("a merge that was cut off is named when it is merged again")
    func cutOffMerge() throws {
        let parts = try (0..<2).map { try part($0, of: 2, ["-i", "10", "-u", "2"]) }
        let whole = Scratch.path("whole.jsonl")
        #expect(try merge(["--save", whole] + parts).code == 0)
        let lines = Scratch.read(whole).split(separator: "\n").dropLast()
        let cut = try Scratch.write(lines.joined(separator: "\n") + "\n", "cut.jsonl")
        let end = try merge([cut])
        #expect(end.code == 255 && end.err.contains("\(cut) was not merged to its end"), "\(end.err)")
    }

    // MARK: - what can be read only once

    private func shell(_ script: String, _ arguments: [String]) throws -> Finished {
        try Child("/bin/bash", ["-c", script, Apus.path] + arguments).finish()
    }

    @Test("an export reads its file once: a pipe does", arguments: ["hgrm", "hdrlog"])
    func pipedExport(format: String) throws {
        let path = try part(0, of: 1, ["-u", "2", "-d", "3s"])
        let plain = try shell("\"$0\" export --format \(format) \"$1\"", [path])
        #expect(plain.code == 0 && plain.out.count > 100, "\(plain.err)")
        for script in [
            "cat \"$1\" | \"$0\" export --format \(format) /dev/stdin",
            "\"$0\" export --format \(format) <(cat \"$1\")",
            "\"$0\" export --format \(format) /dev/stdin < \"$1\"",
        ] {
            let end = try shell(script, [path])
            #expect(end.code == 0 && end.out == plain.out, "\(script): \(end.err)")
        }
    }

    @Test("so does a merge that is saved, and what is kept meanwhile is gone")
    func pipedMerge() throws {
        let parts = try (0..<2).map { try part($0, of: 2, ["-i", "10", "-u", "2"]) }
        let (plain, piped) = (Scratch.path("plain.jsonl"), Scratch.path("piped.jsonl"))
        #expect(try merge(["--save", plain] + parts).code == 0)
        let folder = Scratch.path("temporary")
        mkdir(folder, 0o700)
        let end = try Child(
            "/bin/bash",
            ["-c", "\"$0\" merge --save \"$1\" <(cat \"$2\") <(cat \"$3\")", Apus.path, piped] + parts,
            environment: ["TMPDIR": folder]
        ).finish()
        #expect(end.code == 0, "\(end.err)")
        func lines(_ path: String) -> ArraySlice<Substring> {
            Scratch.read(path).split(separator: "\n").dropFirst()
        }
        // The first line has a number of its own, the last the moment.
        #expect(lines(piped).dropLast() == lines(plain).dropLast() && lines(piped).count > 5)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        let none = try Child(
            "/bin/bash",
            ["-c", "cat \"$1\" | \"$0\" merge --save \"$2\" /dev/stdin", Apus.path, parts[0], piped],
            environment: ["TMPDIR": "/nowhere"]
        ).finish()
        #expect(none.code == 255 && none.err.contains("no temporary file could be made in /nowhere"))
        #expect(none.logLines("error").count == 1, "\(none.err)")
    }
}
