// Archives: the layout k6 v1.1.0 writes, its metadata, names of users, and reading both kinds of damage and
// other programs' tar files. Real k6 reads and writes the same files in EndToEndTests.

import Base
import Foundation
import Testing

@testable import CLI

@Suite struct ArchiveTests {
    private func sample() -> TestArchive {
        var metadata = ArchiveMetadata(
            scriptURL: "file:///home/anna/t/s.js", directoryURL: "file:///home/anna/t")
        metadata.env = ["B": "<1>", "A": "2"]
        metadata.options.thresholds = [MetricThresholds(metric: "a", thresholds: [ThresholdOption("b<c")])]
        metadata.options.userAgent = "<"
        metadata.options.tags = ["x": "<"]
        return TestArchive(
            metadata: metadata, script: Array("main".utf8),
            files: [
                ("file:///home/anna/t/s.js", Array("main".utf8)),
                ("file:///home/anna/lib/m%20x.js", Array("m".utf8)),
                ("https://h:8443/q.js?a=1", Array("q".utf8)), ("file:///home/anna/t/empty", []),
            ])
    }

    @Test func layoutIsK6s() throws {
        let entries = try TarReader.entries(sample().tar(modifiedAt: 1))
        #expect(
            entries.map(\.name) == [
                "metadata.json", "data", "file", "file/home", "file/home/nobody", "file/home/nobody/lib",
                "file/home/nobody/t", "file/home/nobody/lib/m x.js", "file/home/nobody/t/empty",
                "file/home/nobody/t/s.js", "https", "https/h:8443", "https/h:8443/q.js?a=1",
            ])
        #expect(entries[9].kind == .link("data"))
        #expect(entries[3].kind == .directory)
        #expect(String(decoding: entries[1].content, as: UTF8.self) == "main")
    }

    @Test func metadataIsK6s() {
        let text = String(decoding: sample().metadata.json(), as: UTF8.self)
        #expect(text.hasPrefix("{\n  \"type\": \"js\",\n  \"options\": {\n    \"paused\": null,\n"))
        #expect(text.contains("\n    \"thresholds\": {\n      \"a\": [\n        \"b<c\"\n      ]\n    },\n"))
        // What Go encodes before the document is escaped all the same.
        #expect(text.contains("\n    \"userAgent\": \"\\u003c\",\n"))
        #expect(text.contains("\n    \"tags\": {\n      \"x\": \"<\"\n    },\n"))
        #expect(
            text.hasSuffix(
                """
                    "discardResponseBodies": null
                  },
                  "filename": "file:///home/nobody/t/s.js",
                  "pwd": "file:///home/nobody/t",
                  "env": {
                    "A": "2",
                    "B": "<1>"
                  },
                  "compatibilityMode": "extended",
                  "k6version": "1.1.0",
                  "goos": "linux"
                }

                """))
    }

    /// Fixtures/k6-archive.tar is `k6 archive -e BASE=1 --vus 3` of the script within.
    private func k6sArchive() throws -> [UInt8] {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/k6-archive", withExtension: "tar"))
        return Array(try Data(contentsOf: url))
    }

    @Test func readsK6sArchive() throws {
        let archive = try TestArchive.read(try k6sArchive(), name: "k6-archive.tar")
        #expect(archive.metadata.scriptURL == "file:///tmp/shop/script.js")
        #expect(archive.metadata.directoryURL == "file:///tmp/shop")
        #expect(archive.metadata.env == ["BASE": "1"])
        #expect(archive.metadata.options.vus == 3)
        #expect(archive.metadata.options.scenarios?.first?.env == ["A": "<1>"])
        #expect(archive.bytes(url: "file:///tmp/shop/script.js") == archive.script)
        #expect(archive.bytes(url: "file:///tmp/shop/a%20b/%C3%A9.txt") == Array("x\n".utf8))
        #expect(archive.files.count == 4)
    }

    /// Byte for byte: order, modes, links, pax records, metadata.
    @Test func writesWhatK6Wrote() throws {
        let bytes = try k6sArchive()
        let seconds = try #require(Int64(String(decoding: bytes[136..<147], as: UTF8.self), radix: 8))
        let written = try TestArchive.read(bytes, name: "k6-archive.tar").tar(modifiedAt: seconds)
        let difference = zip(written, bytes).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        #expect(difference == nil)
        #expect(written.count == bytes.count)
    }

    @Test func whatIsWrittenIsRead() throws {
        let written = sample()
        let read = try TestArchive.read(written.tar(modifiedAt: 0), name: "a.tar")
        #expect(read == written)
        #expect(read.bytes(url: "file:///home/anna/lib/m%20x.js") == Array("m".utf8))
        #expect(read.bytes(url: "file:///home/nobody/lib/m%20x.js") == Array("m".utf8))
        #expect(read.bytes(url: "https://h:8443/q.js?a=1") == Array("q".utf8))
        #expect(read.bytes(url: "https://h:8443/q.js") == nil)
    }

    @Test func everyOptionSurvivesTheWay() throws {
        for options in [OptionsGoldens.everything, OptionsGoldens.executors] {
            var metadata = ArchiveMetadata(scriptURL: "file:///x.js", directoryURL: "file:///")
            metadata.options = try OptionLayers.fromJSON(try JSONValue.parse(options), source: .script)
                .options
            try metadata.options.normaliseSegments()
            let read = try ArchiveMetadata.read(metadata.json())
            #expect(OptionsJSON.inspection(read.options) == OptionsJSON.inspection(metadata.options))
        }
    }

    @Test(arguments: [
        ("/home/anna/x", "/home/nobody/x"), ("/HOME/anna", "/HOME/nobody"), ("/Users/a/b", "/Users/nobody/b"),
        ("/c/Users/joe/x", "/c/Users/nobody/x"),
        ("/Documents and Settings/al/x", "/Documents and Settings/nobody/x"),
        ("/tmp/home/bob", "/tmp/home/bob"), ("/home", "/home"), ("/home/", "/home/"),
        ("/homes/a/b", "/homes/a/b"),
        ("/ab/Users/joe/x", "/ab/Users/joe/x"),
    ])
    func namesOfUsersStayAtHome(path: String, expected: String) {
        #expect(ArchivePaths.anonymised(path) == expected)
    }

    @Test(arguments: [
        ("/tmp/sp a%20c/s.js", "file:///tmp/sp%20a%2520c/s.js"),
        ("/a+b&c=d@e:f;g,h$", "file:///a+b&c=d@e:f;g,h$"),
        ("/é(1)?#!", "file:///%C3%A9%281%29%3F%23%21"),
    ])
    func pathsBecomeURLs(path: String, url: String) {
        #expect(ArchivePaths.fileURL(path) == url)
        #expect(ArchivePaths.path(ofURL: url) == path)
    }

    @Test(arguments: [90, 91, 99, 100, 101, 150, 160, 200, 250, 300])
    func longNamesSurvive(length: Int) throws {
        let flat = "file/" + String(repeating: "n", count: length - 5)
        let deep = "file/" + String(repeating: "d/", count: (length - 5) / 2) + "x"
        for name in [flat, deep, "file/é" + flat.dropFirst(6)] {
            var writer = TarWriter(modifiedAt: 7)
            writer.file(name, [1, 2, 3])
            writer.directory(name)
            writer.link(name, to: "data")
            writer.finish()
            let entries = try TarReader.entries(writer.bytes)
            #expect(entries.map(\.name) == [name, name, name])
            #expect(entries.map(\.kind) == [.file, .directory, .link("data")])
            #expect(entries[0].content == [1, 2, 3])
        }
    }

    @Test func tellsArchivesFromScripts() {
        #expect(TarReader.isTar(sample().tar(modifiedAt: 0)))
        #expect(!TarReader.isTar(Array(String(repeating: "export default function () {}\n", count: 40).utf8)))
        #expect(!TarReader.isTar([UInt8](repeating: 0, count: 10_240)))
        #expect(!TarReader.isTar([]))
    }

    /// Cut at every block and at odd places: an error or fewer entries, never a crash.
    @Test func damagedArchivesAreErrors() {
        let whole = sample().tar(modifiedAt: 0)
        for length in stride(from: 1, to: whole.count - 1024, by: 97) {
            do {
                let read = try TestArchive.read(Array(whole.prefix(length)), name: "a.tar")
                // The end marks may be missing, and whole entries, as k6 allows.
                #expect(length > 3 * 512 && read.files.count <= sample().files.count)
            } catch { #expect(error.code == .generic, "\(length) bytes: \(error)") }
        }
        for index in stride(from: 0, to: whole.count, by: 61) {
            var damaged = whole
            damaged[index] ^= 0x55
            do { _ = try TestArchive.read(damaged, name: "a.tar") } catch {
                #expect([.generic, .invalidConfig].contains(error.code))
            }
        }
    }

    @Test(arguments: [
        ("{}", "\"filename\" is missing"), ("[]", "an array instead of an object"), ("{", "is no JSON"),
        (#"{"filename":5}"#, "\"filename\" is a number"), (#"{"filename":"/x.js","type":"x"}"#, "type \"x\""),
        (#"{"filename":"/x.js","env":{"a":1}}"#, "expected a string"),
    ])
    func brokenMetadata(text: String, says: String) {
        let error = error { try ArchiveMetadata.read(Array(text.utf8)) }
        #expect(error?.message.contains(says) == true, "\(String(describing: error))")
        #expect(error?.code == .generic)
    }

    @Test func wrongOptionsInAnArchiveEnd104() {
        let error = error {
            try ArchiveMetadata.read(Array(#"{"filename":"/x.js","options":{"vus":"x"}}"#.utf8))
        }
        #expect(error?.code == .invalidConfig)
    }

    @Test func readsOldArchives() throws {
        var writer = TarWriter(modifiedAt: 0)
        writer.file(
            "metadata.json", Array(#"{"type":"js","filename":"/t/s.js","pwd":"/t","options":{"vus":3}}"#.utf8)
        )
        writer.file("data", [1])
        writer.file("files/_/t/d.json", [2])
        writer.file("scripts/_/t/m.js", [3])
        writer.file("scripts/cdn.test/lib.js", [4])
        writer.finish()
        let archive = try TestArchive.read(writer.bytes, name: "old.tar")
        #expect(archive.metadata.scriptURL == "file:///t/s.js")
        #expect(archive.metadata.directoryURL == "file:///t")
        #expect(archive.metadata.options.vus == 3)
        #expect(archive.bytes(url: "file:///t/d.json") == [2])
        #expect(archive.bytes(url: "file:///t/m.js") == [3])
        #expect(archive.bytes(url: "https://cdn.test/lib.js") == [4])
    }
}
