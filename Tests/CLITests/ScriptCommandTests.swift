// The commands on scripts over a runtime that is a table: where scripts come from, which layer counts, what
// an archive holds and how it is taken up again; and `new`.

import Base
import Testing

@testable import CLI

@Suite struct ScriptCommandTests {
    // MARK: command lines

    @Test(arguments: [
        ("inspect", "inspect takes one argument, 0 given"),
        ("inspect a b", "inspect takes one argument, 2 given"),
        ("archive", "archive takes one argument, 0 given"), ("inspect nofile.js", "no such file: nofile.js"),
        ("inspect ./dir/nofile", "no such file: ./dir/nofile"),
        ("archive nofile.js", "no such file: nofile.js"),
        ("inspect http://x/a.js", "\"http://x/a.js\": scripts come from files and https URLs, not by http"),
        ("inspect -u 3 x.js", "unknown flag: -u"), ("archive --rate 3 x.js", "unknown flag: --rate"),
        ("archive -o json=x x.js", "unknown flag: -o"), ("archive -l x.js", "unknown flag: -l"),
        ("inspect -t foo x.js", "unknown test type \"foo\"; there are js and archive"),
        ("inspect -e 1=x x.js", "invalid variable name \"1\" for -e/--env"),
        ("new a b", "new takes at most one argument, 2 given"), ("new -x", "unknown flag: -x"),
    ])
    func refusesCommandLines(line: String, message: String) {
        let error = error { try parse(words(line), files: ["x.js": ""]) }
        #expect(error?.message == message)
        #expect(error?.code == .generic)
    }

    @Test func readsCommandLines() throws {
        guard case .archive(let plain) = try parse(["archive", "x.js"], files: ["x.js": ""]).command,
            case .archive(let full) = try parse(
                words("-O out.tar archive --exclude-env-vars -u 3 -e A=b x.js"), files: ["x.js": ""]
            ).command, case .inspect(let inspect) = try parse(["inspect", "-"]).command
        else {
            Issue.record("other commands")
            return
        }
        #expect(plain.output == "archive.tar" && !plain.excludesEnv)
        #expect(!plain.run.runtime.includeSystemEnvVars)
        #expect(full.output == "out.tar" && full.excludesEnv)
        #expect(full.run.options.vus == 3)
        #expect(full.run.runtime.env == ["A": "b"])
        #expect(inspect.run.subject == .script("-") && !inspect.executionRequirements)
        #expect(try parse(["new"]).command == .new(NewSettings()))
    }

    @Test(arguments: ["inspect", "archive", "new"])
    func haveHelp(command: String) throws {
        #expect(try parse([command, "--help"]).command == .help(HelpText.page(command)))
        for line in HelpText.page(command).split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
    }

    // MARK: where scripts come from

    @Test(arguments: [
        ("x.js", "file:///w/d/x.js", "file:///w/d"), ("./x.js", "file:///w/d/x.js", "file:///w/d"),
        ("../a b/x.js", "file:///w/a%20b/x.js", "file:///w/a%20b"), ("/x.js", "file:///x.js", "file:///"),
        ("/q/./r/../x.js", "file:///q/x.js", "file:///q"), ("file:///q/x.js", "file:///q/x.js", "file:///q"),
        ("-", "file:///-", "file:///w/d"),
    ])
    func resolvesScripts(argument: String, url: String, directory: String) throws {
        let files = disk(["x.js": "text"], bytes: [:])
        let source = try ScriptSource.resolve(argument, type: nil, currentFolder: "/w/d", files: files) {
            Array("text".utf8)
        }
        #expect(source.url == url)
        #expect(source.directoryURL == directory)
        #expect(source.code == Array("text".utf8))
        #expect(source.archive == nil)
    }

    @Test func remoteScriptsAreFetchedLater() throws {
        let source = try ScriptSource.resolve("https://h/d/x.js?v=1", type: nil, currentFolder: "/") { [] }
        #expect(source.url == "https://h/d/x.js?v=1")
        #expect(source.directoryURL == "https://h/d")
        #expect(source.code == nil)
        let root = try ScriptSource.resolve("https://h:1/x.js", type: nil, currentFolder: "/") { [] }
        #expect(root.directoryURL == "https://h:1/")
        let error = error {
            try ScriptSource.resolve("https://h/a.tar", type: "archive", currentFolder: "/") { [] }
        }
        #expect(error?.code == .generic)
    }

    @Test func unreadableScripts() {
        let files = disk([:])
        let missing = error {
            try ScriptSource.resolve("x.js", type: "js", currentFolder: "/", files: files) { [] }
        }
        #expect(missing?.message == "the script x.js cannot be read: no such file or directory")
        #expect(missing?.code == .generic)
        let input = error {
            try ScriptSource.resolve("-", type: nil, currentFolder: "/") { () throws(FileError) in
                throw FileError(reason: "bad file descriptor", isMissing: false)
            }
        }
        #expect(input?.message == "standard input cannot be read: bad file descriptor")
    }

    @Test func aScriptWithoutFunctionsIsAnError() {
        let error = error { try inspect("inspect x.js", script: FakeScript(functions: [])) }
        #expect(error?.message == "no exported functions in script")
        #expect(error?.code == .generic)
    }

    // MARK: archives

    @Test func anArchiveHoldsTheMergedOptions() throws {
        let script = FakeScript(
            options: #"{"vus":2,"thresholds":{"http_reqs":["count>0"]},"stages":[{"target":1}]}"#)
        let made = try archive("archive -d 5s --tag a=b x.js", env: ["K6_VUS": "4"], script: script)
        let options = made.metadata.options
        #expect(options.vus == 4 && options.durationNs == 5 * Ns.perSecond && options.stages == nil)
        #expect(options.scenarios == nil)
        #expect(options.tags == ["a": "b"])
        #expect(options.summaryTrendStats == OptionDefaults.summaryTrendStats)
        #expect(options.systemTags == OptionDefaults.systemTags)
        #expect(made.metadata.scriptURL.hasSuffix("/x.js"))
        #expect(made.files.count == 1)
    }

    @Test(
        arguments: [
            ("archive x.js", [:]), ("archive -e A=b -e C x.js", ["A": "b", "C": ""]),
            ("archive --exclude-env-vars -e A=b x.js", nil),
            ("archive --include-system-env-vars -e A=b x.js", ["A": "b", "HOME": "/h"]),
        ] as [(String, [String: String]?)])
    func anArchiveHoldsVariables(line: String, env: [String: String]?) throws {
        #expect(try archive(line, env: ["HOME": "/h"]).metadata.env == env)
    }

    @Test func anArchiveIsTakenUpAgain() throws {
        var script = FakeScript(options: #"{"vus":2,"iterations":4}"#)
        script.files = [("file:///lib/m.js", [7])]
        let first = try archive("archive -e A=1 -e B=1 --compatibility-mode base x.js", script: script)
        // The script now exports something else: the archive's options count.
        let other = FakeScript(options: #"{"vus":9,"iterations":90}"#)
        let tar = ["x.tar": first.tar(modifiedAt: 0)]
        let (settings, sources) = (Recorder<ScriptVariables>(), Recorder<ScriptSource>())
        let second = try archive(
            "archive -e B=2 -u 3 x.tar", script: other, bytes: tar, settings: settings, sources: sources)
        #expect(second.metadata.options.vus == 3)
        #expect(second.metadata.options.iterations == 4)
        #expect(second.metadata.env == ["A": "1", "B": "2"])
        #expect(second.metadata.compatibilityMode == "base")
        #expect(settings.items.map(\.env) == [["A": "1", "B": "2"]])
        #expect(settings.items.map(\.compatibilityMode) == ["base"])
        #expect(sources.items.first?.url == first.metadata.scriptURL)
        #expect(sources.items.first?.archive?.bytes(url: "file:///lib/m.js") == [7])
        let printed = try inspect("inspect --execution-requirements x.tar", script: other, bytes: tar).text
        #expect(printed.contains("\"vus\": 2,\n  \"duration\": null,\n  \"iterations\": 4,"))
        #expect(printed.contains("\"maxVUs\": 2\n"))
    }

    @Test func whetherAFileIsAnArchiveIsToldFromItsContent() throws {
        let tar = try archive("archive -u 2 -i 2 x.js").tar(modifiedAt: 0)
        #expect(try inspect("inspect y.js", bytes: ["y.js": tar]).text.contains("\"vus\": 2,"))
        #expect(try inspect("inspect -t js y.js", bytes: ["y.js": tar]).text.contains("\"vus\": null,"))
        let error = error { try inspect("inspect -t archive x.js") }
        #expect(error?.message.hasPrefix("the archive x.js cannot be read: ") == true)
        #expect(error?.code == .generic)
    }

    // MARK: new

    private func new(_ line: String, files: [String: String] = [:]) throws -> (
        said: String, name: String, text: String
    ) {
        guard case .new(let settings) = try parse(words(line)).command else {
            throw CLIError("no new command")
        }
        var written: [(name: String, text: String)] = []
        let command = NewCommand(settings: settings, files: disk(files)) { bytes, path in
            written.append((path, String(decoding: bytes, as: UTF8.self)))
        }
        let said = try command.execute()
        return (said, written.first?.name ?? "", written.first?.text ?? "")
    }

    @Test(arguments: [
        ("new", "script.js", "minimal"), ("new a.js", "a.js", "minimal"),
        ("new a.js --template protocol", "a.js", "protocol"),
        ("new --template=./t.js b/c.js", "b/c.js", "./t.js"),
    ])
    func writesScripts(line: String, name: String, template: String) throws {
        let made = try new(
            line, files: ["./t.js": "// {{ .ScriptName }}{{ if .ProjectID }} {{ .ProjectID }}{{ end }}\n"])
        #expect(made.said == "New script created: \(name) (\(template) template).\n")
        #expect(made.name == name)
        #expect(
            template == "./t.js"
                ? made.text == "// b/c.js\n"
                : made.text.contains("export default function") || made.text.contains("export function visit")
        )
        #expect(!made.text.contains("{{") && !made.text.contains("projectID"))
    }

    @Test func aProjectIsNamed() throws {
        for template in ["minimal", "protocol"] {
            let text = try new("new a.js --project-id 7 --template \(template)").text
            #expect(text.contains("  cloud: {\n    projectID: 7,\n    name: 'a.js',\n  },\n"))
        }
    }

    @Test func overwritesOnlyIfAsked() throws {
        let error = error { try new("new", files: ["script.js": ""]) }
        #expect(error?.message == "script.js already exists")
        #expect(error?.code == .generic)
        #expect(try new("new -f", files: ["script.js": ""]).name == "script.js")
    }

    @Test(
        arguments: [
            ("foo", "unknown template \"foo\"; there are minimal, protocol and the path of a file", nil),
            (
                "t.js", "unknown template \"t.js\"; there are minimal, protocol and the path of a file",
                "did you mean ./t.js?"
            ),
            ("./none.js", "the template ./none.js cannot be read: no such file or directory", nil),
            (
                "browser", "the template \"browser\" is for k6's browser module, which Apus does not have",
                "there are minimal and protocol"
            ),
        ] as [(String, String, String?)])
    func unknownTemplates(name: String, message: String, hint: String?) {
        let error = error { try new("new --template \(name)", files: ["t.js": ""]) }
        #expect(error?.message == message)
        #expect(error?.hint == hint)
        #expect(error?.code == .generic)
    }

    @Test(arguments: [
        ("a{{ .ScriptName }}b{{.ProjectID}}c", "as.jsbc"), ("{{ if .ProjectID }}x{{ else }}y{{ end }}", "y"),
        ("{{ if .ScriptName }}x{{ if .ProjectID }}z{{ end }}{{ end }}.", "x."),
        ("a \n{{- .ScriptName -}}\n b", "as.jsb"),
        ("{}{ {", "{}{ {"),
    ])
    func fillsTemplates(template: String, expected: String) throws {
        #expect(try ScriptTemplate.render(template, name: "t", scriptName: "s.js", projectID: "") == expected)
    }

    @Test(arguments: [
        ("\n{{ bad", "line 2: {{ is not closed"), ("{{ bad }}", "line 1: {{ bad }} is not understood"),
        ("{{ .Other }}", "line 1: \".Other\" is unknown; there are .ScriptName and .ProjectID"),
        ("{{ end }}", "line 1: {{ end }} is not understood"),
        ("{{ if .ProjectID }}", "line 1: an {{ if }} has no {{ end }}"),
    ])
    func brokenTemplates(template: String, says: String) {
        let error = error { try ScriptTemplate.render(template, name: "t.js", scriptName: "", projectID: "") }
        #expect(error?.message == "the template t.js, \(says)")
        #expect(error?.code == .generic)
    }

    // MARK: secret sources

    @Test(arguments: [
        ("mock=a=b,c=d=e", SecretSource(kind: .mock(["a": "b", "c": "d=e"]), name: "mock", isDefault: true)),
        ("mock=name=x,a=b,default", SecretSource(kind: .mock(["a": "b"]), name: "x", isDefault: true)),
        ("file=sec", SecretSource(kind: .file(path: "sec"), name: "file", isDefault: true)),
        ("file=filename=sec,name=e", SecretSource(kind: .file(path: "sec"), name: "e", isDefault: true)),
        ("file=./p/sec,default", SecretSource(kind: .file(path: "./p/sec"), name: "file", isDefault: true)),
    ])
    func readsSecretSources(text: String, source: SecretSource) throws {
        #expect(try SecretSource.read([text]) == [source])
    }

    @Test func aSecondSecretSourceIsNoDefault() throws {
        let sources = try SecretSource.read(["mock=a=b,name=x", "mock=c=d,name=y,default", "file=z"])
        #expect(sources.map(\.name) == ["x", "y", "file"])
        #expect(sources.map(\.isDefault) == [false, true, false])
        #expect(try SecretSource.read(["mock=a=b,name=x", "file=z"]).map(\.isDefault) == [false, false])
    }

    @Test(arguments: [
        ["foo"], ["mock"], ["file"], [""], ["foo=bar"], ["mock="], ["mock=a"], ["file=sec,foo=bar"],
        ["file="],
        ["name=e,file=sec"], ["mock=a=b", "mock=c=d"], ["mock=name=x,a=b", "mock=name=x,c=d"],
        ["mock=name=x,a=b,default", "mock=name=y,c=d,default"],
    ])
    func refusesSecretSources(texts: [String]) {
        let error = error { try SecretSource.read(texts) }
        #expect(error?.code == .generic)
        #expect(error?.message.contains("secret source") == true)
    }
}
