// Log lines against what k6 v1.1.0 wrote for the same messages, and the logger's destinations.

import Base
import Testing

@testable import CLI

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct OptionsLogTests {
    /// 2026-11-21T04:00:10Z
    static let wallNs: Int64 = 1_795_233_610 * Ns.perSecond

    static func record(
        _ level: LogLevel, _ message: String, _ fields: [String: String] = ["source": "console"]
    ) -> LogRecord {
        LogRecord(level, message, fields: fields, wallNs: wallNs)
    }

    static var time: String { LogLine.rfc3339(wallNs) }

    @Test(arguments: [
        (LogLevel.info, "hello", "level=info msg=hello"), (.warning, "a b", "level=warning msg=\"a b\""),
        (.error, "x=\"y\"\n\t\\é", #"level=error msg="x=\"y\"\n\t\\é""#),
        (.debug, "dbg", "level=debug msg=dbg"),
        (.info, "a=b", "level=info msg=\"a=b\""), (.info, "", "level=info"),
        (.info, "a/b.c-d_e@^+", "level=info msg=a/b.c-d_e@^+"), (.info, "a:b", "level=info msg=\"a:b\""),
        (.info, "\u{1}", #"level=info msg="\x01""#),
        (.info, "<a>&\u{2028}\u{200B}\u{A0}😀\u{7F}", #"level=info msg="<a>&\u2028\u200b\u00a0😀\x7f""#),
        (.info, "\u{E0001}", #"level=info msg="\U000e0001""#),
    ])
    func textLines(level: LogLevel, message: String, expected: String) {
        #expect(
            LogLine.text(Self.record(level, message)) == "time=\"\(Self.time)\" \(expected) source=console")
    }

    @Test func fieldsAreSorted() {
        let line = LogLine.text(Self.record(.error, "m", ["z": "1", "a": "b c", "m": ""]))
        #expect(line == "time=\"\(Self.time)\" level=error msg=m a=\"b c\" m= z=1")
    }

    @Test(arguments: [
        (
            LogLevel.info, "hello",
            "\u{1B}[36mINFO\u{1B}[0m[0000] hello                                         "
                + "\u{1B}[36msource\u{1B}[0m=console"
        ),
        (
            .warning, "a b",
            "\u{1B}[33mWARN\u{1B}[0m[0000] a b                                           "
                + "\u{1B}[33msource\u{1B}[0m=console"
        ),
        (
            .error, "Error: boom x\n\tat default (file:///tmp/opt/f.js:1:34(3))\n",
            "\u{1B}[31mERRO\u{1B}[0m[0000] Error: boom x\n\tat default (file:///tmp/opt/f.js:1:34(3))  "
                + "\u{1B}[31msource\u{1B}[0m=console"
        ),
    ])
    func colouredLines(level: LogLevel, message: String, expected: String) {
        #expect(LogLine.coloured(Self.record(level, message), startNs: Self.wallNs) == Array(expected.utf8))
    }

    @Test func colouredLinesCountSeconds() {
        let line = LogLine.coloured(Self.record(.debug, "x", [:]), startNs: Self.wallNs - 75 * Ns.perSecond)
        #expect(line.starts(with: "\u{1B}[37mDEBU\u{1B}[0m[0075] x ".utf8))
    }

    /// What k6 made of a body that is no text, beside a field that is a number and one that has a name of the
    /// line's own.
    @Test func bytesThatAreNoText() {
        var record = Self.record(.info, "", ["level": "l", "a": ""])
        record.bytes =
            Array("x\r\n".utf8) + [0x00, 0x7F, 0xFF] + Array("\u{FFFD}<".utf8) + [0xED, 0xA0, 0x80]
            + Array("😀".utf8) + [0xE2, 0x82, 10]
        record.numbers = ["vu": 1]
        let text = #"x\r\n\x00\x7f\xff�<\xed\xa0\x80😀\xe2\x82\n"#
        #expect(
            LogLine.text(record)
                == "time=\"\(Self.time)\" level=info msg=\"\(text)\" a= fields.level=l vu=1")
        let json = #"x\r\n\u0000\u007f\ufffd�\u003c\ufffd\ufffd\ufffd😀\ufffd\ufffd\n"#
            .replacing(#"\u007f"#, with: "\u{7F}")
        #expect(
            LogLine.json(record)
                == "{\"a\":\"\",\"fields.level\":\"l\",\"level\":\"info\",\"msg\":\"\(json)\","
                + "\"time\":\"\(Self.time)\",\"vu\":1}")
        let line = LogLine.coloured(record, startNs: Self.wallNs)
        let message = record.bytes.map { $0.dropLast() } ?? []
        // 14 characters, each byte that belongs to none as one.
        let tail =
            String(repeating: " ", count: 44 - 14 + 2) + "\u{1B}[36ma\u{1B}[0m= "
            + "\u{1B}[36mfields.level\u{1B}[0m=l \u{1B}[36mvu\u{1B}[0m=1"
        #expect(line == Array("\u{1B}[36mINFO\u{1B}[0m[0000] ".utf8) + message + Array(tail.utf8))
    }

    @Test(arguments: [
        ("a b", #""msg":"a b""#), ("x=\"y\"\n\t\\é", #""msg":"x=\"y\"\n\t\\é""#),
        ("\u{1}", #""msg":"\u0001""#),
        ("<a>&\u{2028}", #""msg":"\u003ca\u003e\u0026\u2028""#),
    ])
    func jsonLines(message: String, expected: String) throws {
        let line = LogLine.json(Self.record(.info, message))
        #expect(line == "{\"level\":\"info\",\(expected),\"source\":\"console\",\"time\":\"\(Self.time)\"}")
        #expect(try JSONValue.parse(line).members?["msg"]?.text == message)
    }

    @Test func timesAreLocal() throws {
        // The zone is the process's; whatever it is, the text names the same instant.
        let text = LogLine.rfc3339(Self.wallNs)
        #expect(text.count == 20 || text.count == 25)
        if text.hasSuffix("Z") { #expect(text == "2026-11-21T04:00:10Z") }
    }

    @Test(
        arguments: [
            ("stderr", .stderr), ("stdout", .stdout), ("none", .none),
            ("file=x", .file(path: "x", level: .debug)),
            ("file=./a=b.log,level=warning", .file(path: "./a=b.log", level: .warning)),
            ("loki=http://x", .loki("loki=http://x")),
        ] as [(String, LogOutput)])
    func readsOutputs(text: String, output: LogOutput) throws { #expect(try LogOutput(text) == output) }

    @Test func writesLinesToAFileFromALevelOn() throws {
        var template = Array("/tmp/apus-log-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        close(descriptor)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        var global = GlobalSettings()
        global.logOutput = .file(path: path, level: .warning)
        global.logFormat = .raw
        do {
            let logger = try Logger(global, environment: [:], startNs: Self.wallNs)
            logger.log(.info, "left out")
            logger.log(.warning, "kept")
            logger.log(CLIError("last", hint: "h"))
        }
        #expect(String(decoding: try FileAccess.system.read(path), as: UTF8.self) == "kept\nlast\n")
        #expect(FileAccess.system.exists(path))
        #expect(!FileAccess.system.exists("/tmp"))
        #expect(throws: FileError.self) { try FileAccess.system.read("/tmp") }
        global.logOutput = .file(path: "/nonexistent/x", level: .debug)
        let settings = global
        let refused = error { try Logger(settings, environment: [:], startNs: 0) }
        #expect(refused?.message == "cannot open the log file /nonexistent/x: No such file or directory")
    }

    @Test func hintsAreFields() {
        let error = CLIError("unknown flag: --vuss", hint: "did you mean --vus?")
        #expect(
            LogLine.text(Self.record(.error, error.message, error.logFields))
                == "time=\"\(Self.time)\" level=error "
                + #"msg="unknown flag: --vuss" hint="did you mean --vus?""#
        )
        #expect(error.description == "unknown flag: --vuss (did you mean --vus?)")
    }
}
