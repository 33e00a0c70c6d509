// One script of the suite: its file, what its header asks for, and a key over everything it reads. The tests
// take the list of all scripts from here.
//
// A header is the run of `// name: value` lines a script opens with; docs/conformance.md lists the names.

import Foundation
import Testing

struct ConformanceCase: Sendable, CustomTestStringConvertible {
    enum Command: String, Sendable {
        case run, inspect, archive
    }

    /// The file's name without its ending.
    let name: String
    let file: String
    let text: String
    private(set) var command = Command.run
    private(set) var arguments: [String] = []
    private(set) var environment: [String: String] = [:]
    /// The row of docs/compat.md that says why k6 cannot run it: then its recording is Apus's own, read by a
    /// person.
    private(set) var alone: String?
    /// It is run with one worker and with two as well.
    private(set) var runsWithWorkers = false
    /// It asks for a name that does not exist: somebody must be there to say so.
    private(set) var needsResolver = false
    /// Console lines of several VUs have no order.
    private(set) var isOrdered = true
    /// How often things happened depends on the machine's speed.
    private(set) var hasCounts = true
    /// Texts of TypeError and its kin are k6's own here, not the engine's.
    private(set) var hasExactMessages = false
    private(set) var isQuiet = true
    /// Whether samples and the summary's JSON are asked for.
    private(set) var hasOutputs = true
    /// `vus` and `vus_max` are compared: the run is long enough to have them.
    private(set) var keepsVUs = false
    /// Metrics whose values are measured, besides k6's own.
    private(set) var measured: Set<String> = []
    /// Files the run writes, compared line by line.
    private(set) var files: [String] = []
    private(set) var differences: [Difference] = []

    var testDescription: String { name }

    static let folder = (#filePath as NSString).deletingLastPathComponent
    static let scripts = folder + "/Scripts"
    static let fixtures = scripts + "/fixtures"

    private static let only = ProcessInfo.processInfo.environment["APUS_CONFORMANCE_ONLY"]?.split(
        separator: ",")
    static let isSelection = only != nil

    /// Every script, by name; only those APUS_CONFORMANCE_ONLY names a part of, when it is set.
    static let all: [ConformanceCase] = {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: scripts).sorted()
                .filter { name in name.first?.isNumber == true }
                .filter { name in only?.contains { name.contains($0) } ?? true }
                .map { try ConformanceCase(file: scripts + "/" + $0) }
        } catch { fatalError("the scripts of the conformance suite: \(error)") }
    }()

    init(file: String) throws {
        self.file = file
        name = ((file as NSString).lastPathComponent as NSString).deletingPathExtension
        text = try String(contentsOfFile: file, encoding: .utf8)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("// "), let colon = line.firstIndex(of: ":") else { break }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            try take(String(line[..<colon].dropFirst(3)), value)
        }
    }

    private mutating func take(_ setting: String, _ value: String) throws {
        let words = value.split(separator: " ").map(String.init)
        switch setting {
        case "about": break
        case "command":
            guard let command = Command(rawValue: words.first ?? "") else { throw HeaderError(file, setting) }
            self.command = command
            arguments += words.dropFirst()
        case "args": arguments += words
        case "env":
            for word in words {
                let pair = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard pair.count == 2 else { throw HeaderError(file, setting) }
                environment[String(pair[0])] = String(pair[1])
            }
        case "alone": alone = value
        case "workers": runsWithWorkers = value == "each"
        case "needs": needsResolver = value == "resolver"
        case "order": isOrdered = value != "any"
        case "counts": hasCounts = value != "any"
        case "messages": hasExactMessages = value == "exact"
        case "quiet": isQuiet = value != "no"
        case "outputs": hasOutputs = value != "no"
        case "keep": keepsVUs = words.contains("vus")
        case "measured": measured.formUnion(words)
        case "files": files += words
        case "differs", "part": differences.append(try Difference(value, file, isPart: setting == "part"))
        default: throw HeaderError(file, setting)
        }
    }

    /// A hash of the script and of every fixture it names, directly or through one of them: a recording with
    /// another key is of another script.
    var key: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        add(text.utf8)
        for path in usedFixtures().sorted() {
            add(path.utf8)
            add(FileBytes.read(ConformanceCase.fixtures + "/" + path) ?? Data())
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private func usedFixtures() -> Set<String> {
        var used: Set<String> = []
        var unread = [text]
        while let text = unread.popLast() {
            for path in ConformanceCase.fixtureFiles where !used.contains(path) {
                guard text.contains((path as NSString).lastPathComponent) else { continue }
                used.insert(path)
                let data = FileBytes.read(ConformanceCase.fixtures + "/" + path)
                if let data, let text = String(validating: data, as: UTF8.self) { unread.append(text) }
            }
        }
        return used
    }

    private static let fixtureFiles: [String] =
        FileManager.default.enumerator(atPath: fixtures)?.compactMap { $0 as? String } ?? []
}

struct HeaderError: Error, CustomStringConvertible {
    let description: String

    init(_ file: String, _ setting: String) {
        description = "\(file): the header's '\(setting)' cannot be read"
    }
}
