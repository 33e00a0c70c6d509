// `k6/experimental/fs`, `k6/experimental/csv` and `k6/secrets` in init code. The expected texts are what real
// k6 v1.1.0 logged for the same scripts.

import Base
import Script
import Testing

@Suite struct FileModuleTests {
    private static let files = [
        "/test/a.txt": "hello world", "/test/g.csv": "a,b,c\n1,2,3\n4,5,6\n7,8,9\n", "/test/empty.csv": "",
        "/test/ragged.csv": "a,b\n1,2,3\n4,5\n", "/test/semi.csv": "a;b\r\n1;\"x;y\"\r\n",
    ]

    /// Logs what each expression's promise brings.
    private func run(_ expressions: [String], secrets: ScriptSecrets? = nil) -> Init {
        Init(
            """
            import { open as openFile, SeekMode } from "k6/experimental/fs";
            import csv from "k6/experimental/csv";
            import secrets from "k6/secrets";
            const show = async (run) => {
                try { console.log(JSON.stringify(await run())) } catch (error) { console.log(`EXC ${error}`) }
            };
            const file = await openFile("a.txt");
            const four = new Uint8Array(4);
            const read = async () => [await file.read(four), String.fromCharCode(...four)];
            const parse = async (name, options) => csv.parse(await openFile(name), options);
            const next = async (name, options, count) => {
                const parser = new csv.Parser(await openFile(name), options);
                const results = [];
                while (count-- > 0) results.push(await parser.next());
                return results;
            };

            """ + expressions.map { "await show(async () => \($0));" }.joined(separator: "\n"),
            files: Self.files, secrets: secrets)
    }

    private func check(_ cases: [(String, String)], secrets: ScriptSecrets? = nil) {
        let run = run(cases.map(\.0), secrets: secrets)
        #expect(run.failure == nil)
        #expect(run.lines.count == cases.count)
        for (line, (expression, expected)) in zip(run.lines, cases) {
            #expect(line == expected, "\(expression)")
        }
    }

    @Test func files() {
        check([
            ("file", #"{"path":"/test/a.txt"}"#), ("file.stat()", #"{"name":"a.txt","size":11}"#),
            ("read()", #"[4,"hell"]"#), ("read()", #"[4,"o wo"]"#), ("read()", #"[3,"rldo"]"#),
            ("read()", #"[null,"rldo"]"#), ("file.seek(6, SeekMode.Start)", "6"), ("read()", #"[4,"worl"]"#),
            ("file.seek(-2, SeekMode.Current)", "8"), ("file.seek(-3, SeekMode.End)", "7"),
            ("read()", #"[4,"orld"]"#),
            ("file.seek(-1, 0)", "EXC TypeError: offset cannot be negative when using SeekModeStart"),
            ("file.seek(1, 2)", "EXC TypeError: offset cannot be positive when using SeekModeEnd"),
            ("file.seek(12, 0)", "EXC TypeError: seeking beyond end of file"),
            ("file.seek(-100, 1)", "EXC TypeError: seeking before start of file"),
            (
                "file.seek(0, 9)",
                "EXC TypeError: seek() failed; reason: the whence argument must be a SeekMode"
            ),
            (
                "file.seek(1.7, 0)",
                "EXC TypeError: seek() failed; reason: the offset argument must be a number"
            ),
            ("file.read([1])", "EXC TypeError: read() failed; reason: into argument must be a Uint8Array"),
            ("openFile('no.txt')", "EXC NotFoundError: no such file or directory \"/test/no.txt\""),
            (
                "openFile('dir')",
                "EXC InvalidResourceError: cannot open \"/test/dir\": opening a directory is not supported"
            ), ("openFile('')", "EXC TypeError: open() failed; reason: path cannot be empty"),
        ])
    }

    @Test func records() {
        check([
            ("parse('g.csv', {})", #"[["a","b","c"],["1","2","3"],["4","5","6"],["7","8","9"]]"#),
            ("parse('g.csv', { skipFirstLine: true, fromLine: 2 })", #"[["4","5","6"],["7","8","9"]]"#),
            ("parse('g.csv', { fromLine: 1, toLine: 2 })", #"[["1","2","3"],["4","5","6"]]"#),
            ("parse('g.csv', { asObjects: true, toLine: 1 })", #"[{"a":"1","b":"2","c":"3"}]"#),
            ("parse('semi.csv', { delimiter: ';' })", #"[["a","b"],["1","x;y"]]"#),
            ("parse('g.csv')", "EXC TypeError: Cannot convert undefined or null to object"),
            (
                "parse('g.csv', { fromLine: 99 })",
                "EXC failed to create a new parser; reason: failed to skip lines until line 99; reason: EOF"
            ),
            (
                "parse('g.csv', { fromLine: 2, toLine: 1 })",
                "EXC failed to interpret the provided Parser options; reason: "
                    + "fromLine must be less than or equal to toLine"
            ),
            (
                "parse('empty.csv', { asObjects: true })",
                "EXC failed to create a new parser; reason: failed to read the first line; reason: EOF"
            ),
            (
                "csv.parse('x', {})",
                "EXC first argument expected to be a fs.File instance, got sobek.asciiString instead"
            ),
            ("(await parse('g.csv', {}))[1] = 1", "EXC TypeError: SharedArray is immutable"),
            // k6 ends in a panic here.
            (
                "parse('ragged.csv', {})",
                "EXC failed to read record; reason: record on line 2: wrong number of fields"
            ),
        ])
    }

    @Test func parsers() {
        check([
            (
                "next('g.csv', { asObjects: true, toLine: 1 }, 2)",
                #"[{"done":false,"value":{"a":"1","b":"2","c":"3"}},{"done":true,"value":[]}]"#
            ),
            ("next('ragged.csv', {}, 2)", "EXC record on line 2: wrong number of fields"),
            (
                "next('g.csv', { delimiter: 'ab' }, 1)",
                "EXC GoError: encountered an error while interpreting Parser options; reason: "
                    + "delimiter must be a single character"
            ),
            (
                "new csv.Parser(null)",
                "EXC GoError: csv Parser constructor takes at least one non-nil source argument"
            ),
        ])
    }

    @Test func secretsOfTwoSources() throws {
        let values = try ScriptSecrets.values(ofFile: "cool=supersecret\nurl=a=b\nempty=\n")
        let secrets = ScriptSecrets([
            .init(name: "a", isDefault: false, values: values),
            .init(name: "b", isDefault: true, values: ["cool": "second", "long": "a second one"]),
        ])
        check(
            [
                ("(await secrets.get('cool')).length", "6"),
                ("(await secrets.source('a').get('cool')).length", "11"),
                ("secrets.source('a').get('url')", #""***SECRET_REDACTED***""#),
                ("secrets.source('a').get('empty')", #""""#),
                (
                    "['xsupersecretx', 'second', 'long']",
                    #"["x***SECRET_REDACTED***x","***SECRET_REDACTED***","long"]"#
                ),
                ("secrets.get('long')", #""***SECRET_REDACTED***""#), ("secrets.get('nope')", "EXC no value"),
                ("secrets.source('x').get('cool')", #"EXC no secret source with name "x" is configured"#),
            ], secrets: secrets)
    }

    @Test func noSecrets() {
        check([("secrets.get('cool')", "EXC no secret sources are configured")])
        #expect(throws: ScriptError.self) { try ScriptSecrets.values(ofFile: "a=1\n# no\n") }
    }
}
