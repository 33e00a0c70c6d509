// The rules over the whole tree, and each rule over what it must find: a rule that finds nothing planted is
// broken.

import Testing

@Suite struct TidyTests {
    @Test(arguments: Rule.all)
    func holdsEverywhere(rule: Rule) {
        let problems = SourceTree.files.flatMap { file in rule.check(file).map { "\(file.path):\($0)" } }
        #expect(problems.isEmpty, "\(rule.name):\n\(problems.joined(separator: "\n"))")
    }

    @Test(arguments: Rule.all)
    func findsWhatIsPlanted(rule: Rule) {
        #expect(!rule.planted.isEmpty)
        for file in rule.planted { #expect(!rule.check(file).isEmpty, "not found:\n\(file.text)") }
        for file in rule.clean { #expect(rule.check(file) == [], "wrongly found:\n\(file.text)") }
    }

    @Test func seesTheTree() {
        let paths = Set(SourceTree.files.map(\.path))
        for path in [
            "Package.swift", "Sources/Base/JSON.swift", "tools/test", ".ci/run",
            "Tests/TidyTests/Rules.swift",
        ] {
            #expect(paths.contains(path))
        }
        #expect(!paths.contains { $0.contains(".build/") })
    }

    /// The targets read from Package.swift are all there are: a folder per target.
    @Test func readsEveryTargetOfTheManifest() throws {
        let manifest = try #require(SourceTree.files.first { $0.path == "Package.swift" })
        let targets = Layers.targets(manifest.text)
        let folders = Set(SourceTree.files.filter(\.isSwift).compactMap(\.target))
        #expect(Set(targets.keys) == folders)
        #expect(targets["HTTP"] == ["Base", "Codec", "CLLHTTP"])
    }

    @Test(arguments: [
        ("a // {\nb /* { /* } */ { */ c", "a \nb  c"), ("let a = \"{ \\\" {\" + b", "let a = \"\" + b"),
        ("\"\\(f { \"}\" })\" {", "\"\" {"), ("#\"{ \" \\( {\"# }", "\"\" }"),
        ("\"\"\"\n{ \"x\" {\n\"\"\" }", "\"\"\n\n }"),
    ])
    func scansCode(text: String, code: String) { #expect(SwiftScanner.code(text) == code) }
}
