// What a worker's host and its VUs keep: garbage of init code, numbers of tags, modules that could not be
// compiled.

import Base
import Engine
import Metrics
import Testing

@testable import Script

private struct World {
    let loaded: LoadedScript
    let logged = Locked<[String]>([])
    let settings: ScriptSettings

    init(_ source: String, files: [String: String] = [:]) throws {
        var settings = ScriptSettings()
        let logged = logged
        settings.log = { line in logged.withLock { $0.append(line.message) } }
        self.settings = settings
        loaded = try LoadedScript(source, files: files, settings: settings)
    }

    /// Runs `body` with a VM that was loaded from bytecode.
    func withVM<Result>(_ body: (VM) throws -> Result) throws -> Result {
        let host = loaded.host(settings)
        let vm = try host.makeVM(number: 1, vu: nil)
        defer {
            vm.free()
            host.forget(vm)
        }
        try vm.load()
        return try body(vm)
    }
}

@Suite struct ScriptHostTests {
    /// Two megabytes of pairs that know each other.
    private static let cycles = """
        for (let i = 0; i < 4000; i++) {
            const one = { list: Array.from({ length: 20 }, (_, n) => n) }, other = { one }
            one.other = other
        }
        """

    @Test("garbage of init code is looked for where VU 0 found enough of it")
    func initGarbage() throws {
        let world = try World(Self.cycles + "\nexport default function () {}")
        #expect(world.loaded.program.leavesInitGarbage)
        #expect(try world.withVM { $0.usedBytes } < 512 * 1024)
    }

    @Test("init code that leaves none behind is not looked after")
    func noInitGarbage() throws {
        let world = try World(
            "const kept = Array.from({ length: 50000 }, (_, n) => ({ n }))\nexport default () => kept")
        #expect(!world.loaded.program.leavesInitGarbage)
        #expect(try world.withVM { $0.usedBytes } > 2 * 1024 * 1024)
    }

    @Test("a request has one number in each context of tags, however many there are")
    func contextNumbers() throws {
        let shard = Shard(index: 0, registry: MetricRegistry(), demand: SeriesDemand(), start: Clock.now())
        let samples = UnsafeMutablePointer<HTTPSamples>.allocate(capacity: 1)
        samples.initialize(to: HTTPSamples(shard: shard, tagging: HTTPTagging(), errorText: { _ in "" }))
        defer {
            samples.deinitialize(count: 1)
            samples.deallocate()
        }
        let plan = CallPlan(
            draft: .init(method: "GET", url: try .init(parsing: "http://h/"), userAgent: ""), name: "",
            isNamed: false)
        let contexts = TagContexts()
        let all = (0..<(2 * Limits.scriptContextsMax + 10)).map { number in
            contexts.find(scenario: "s", group: "", extra: ["n": String(number)])
        }
        let numbers = all.map { plan.number($0, samples) }
        #expect(Set(numbers).count == all.count)
        #expect(all.map { plan.number($0, samples) } == numbers)
        #expect(all.reversed().map { plan.number($0, samples) } == numbers.reversed())
    }

    private static let files = [
        "/test/missing.js": "import { zip } from 'k6'; import './nowhere.js'",
        "/test/broken.js": "let let = 1 +;",
        "/test/names.js": "import { zip, zap } from 'k6'; export const x = `${zip} ${zap}`",
        "/test/more.js":
            "import { zip, zop, check } from 'k6'; export const x = `${zip} ${zop} ${typeof check}`",
        "/test/unlinked.js":
            "import { nothing } from './names.js'; import { zup } from 'k6'; export const x = 1",
        "/test/last.js":
            "import { zup, zop } from 'k6'; import * as k6 from 'k6'; export const x = `${zup} ${zop} ${typeof k6.group}`",
    ]

    @Test("modules that cannot be required are caught, and those after them find what they import")
    func failures() throws {
        let source = """
            const out = []
            for (const name of ['missing', 'names', 'broken', 'more', 'unlinked', 'missing', 'last', 'unlinked']) {
                try { out.push(require(`./${name}.js`).x) } catch (e) { out.push(String(e).slice(0, 39)) }
            }
            for (const line of out) console.log(line)
            exports.default = function () {}
            """
        let world = try World(source, files: Self.files)
        let expected = [
            "GoError: The moduleSpecifier \"./nowhere", "null null",
            "GoError: file:///test/broken.js: Line 1",
            "null null function", "SyntaxError: Could not find export 'not",
            "GoError: The moduleSpecifier \"./nowhere",
            "null null function", "SyntaxError: Could not find export 'not",
        ]
        #expect(world.logged.withLock { $0 } == expected)
        try world.withVM { _ in }
        #expect(world.logged.withLock { $0 } == expected + expected)
    }
}
