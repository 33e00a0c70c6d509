// How the outputs of a run end: in which order, what happens to those that have failed, that stores are
// waited for at the same time; and that two outputs do not share a file.

import Base
import Testing

@testable import Metrics
@testable import Outputs

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite struct EndOfRunTests {
    /// Notes what is asked of it.
    private final class Scribe: SampleOutput {
        let label: String
        let isRemote: Bool
        let failing: String?
        let said: Locked<[String]>
        let needs = OutputNeeds.series
        let flushIntervalNs = Ns.perSecond

        init(_ label: String, isRemote: Bool, failing: String? = nil, said: Locked<[String]>) {
            self.label = label
            self.isRemote = isRemote
            self.failing = failing
            self.said = said
        }

        private func note(_ what: String) throws(OutputError) {
            said.withLock { $0.append("\(what) \(label)") }
            if failing == what { throw OutputError("\(what) failed") }
        }

        func open() throws(OutputError) { try note("open") }
        func add(_ interval: SeriesInterval) throws(OutputError) { try note("add") }
        func flush() throws(OutputError) {}
        func beginFinish() throws(OutputError) { try note("begin") }
        func finish() throws(OutputError) { try note("finish") }
    }

    private func snapshot() -> Snapshot {
        let registry = MetricRegistry()
        var demand = SeriesDemand()
        demand.keepsAllTags = true
        let shard = Shard(index: 0, registry: registry, demand: demand, start: Instant(ns: 1))
        shard.record(
            Builtin.httpReqs, shard.tagSet([MetricTag("status", "200")]), 1, at: Instant(ns: 5))
        let aggregate = Aggregate(registry: registry, demand: demand)
        aggregate.absorb(shard.takeInterval(to: Instant(ns: Ns.perSecond)))
        return aggregate.closeInterval(at: Instant(ns: Ns.perSecond))
    }

    @Test("all stores begin to end before a file ends, and none is waited for before that")
    func order() throws {
        let said = Locked<[String]>([])
        let outputs = SampleOutputs(
            [
                Scribe("a", isRemote: true, said: said), Scribe("file", isRemote: false, said: said),
                Scribe("b", isRemote: true, said: said),
            ], writers: 1)
        try outputs.start()
        outputs.finishFiles()
        let first = ["open a", "open file", "open b", "begin a", "begin b", "finish file"]
        #expect(said.withLock { $0 } == first)
        outputs.finish()
        #expect(said.withLock { $0 } == first + ["finish a", "finish b"])
    }

    @Test("a store that has failed is ended as well, and said to have failed once", arguments: [true, false])
    func broken(isRemote: Bool) throws {
        let said = Locked<[String]>([])
        let outputs = SampleOutputs(
            [Scribe("a", isRemote: isRemote, failing: "add", said: said)], writers: 1)
        try outputs.start()
        outputs.intervalClosed(snapshot())
        outputs.finish()
        #expect(said.withLock { $0 } == ["open a", "add a"] + (isRemote ? ["begin a", "finish a"] : []))
        let notes = outputs.takeNotes()
        #expect(notes.count == 1 && notes[0].text.hasSuffix("are lost: add failed"), "\(notes)")
    }

    @Test("an output that cannot be opened ends those before it")
    func notOpened() throws {
        let said = Locked<[String]>([])
        let outputs = SampleOutputs(
            [
                Scribe("a", isRemote: true, said: said), Scribe("b", isRemote: false, said: said),
                Scribe("c", isRemote: true, failing: "open", said: said),
            ], writers: 1)
        #expect(throws: OutputError("open failed")) { try outputs.start() }
        #expect(said.withLock { $0 } == ["open a", "open b", "open c", "begin a", "finish a", "finish b"])
    }

    @Test("four dead stores cost the time of one")
    func deadStores() throws {
        // Port 1 of this machine: nothing listens there. Five failures in a row, 1.5 s, and it is given up.
        let context = SampleContext(
            registry: MetricRegistry(), submetrics: [], thresholds: [], systemTags: ["status"])
        var all: [any SampleOutput] = []
        for _ in 0..<2 {
            all.append(
                try InfluxLines(
                    configuration: InfluxConfiguration(
                        argument: "http://127.0.0.1:1/db",
                        environment: ["APUS_INFLUXDB_POINTS_PER_SECOND": "0"]), context: context))
            all.append(
                try RemoteWriteOutput(
                    RemoteWriteConfiguration(
                        environment: ["K6_PROMETHEUS_RW_SERVER_URL": "http://127.0.0.1:1/w"])))
        }
        let outputs = SampleOutputs(all, writers: 1)
        try outputs.start()
        outputs.intervalClosed(snapshot())
        let start = Clock.now()
        outputs.finish()
        let elapsedNs = Clock.now() - start
        // One after another they would take 6 s.
        #expect(elapsedNs > Ns.perSecond && elapsedNs < 4 * Ns.perSecond, "\(elapsedNs)")
        let lost = outputs.takeNotes().filter { $0.text.contains(" samples did not reach ") }
        #expect(lost.count == 4)
    }

    @Test("two outputs do not write to one file, whatever they call it")
    func oneFile() throws {
        let path = "/tmp/apus-outputs-\(getpid())-both.json"
        defer { unlink(path) }
        let context = SampleContext(
            registry: MetricRegistry(), submetrics: [], thresholds: [], systemTags: [])
        let other = path.replacing("/tmp/", with: "/tmp/./")
        let outputs = SampleOutputs(
            [
                JSONLines(name: path, context: context),
                CSVLines(
                    configuration: try CSVConfiguration(argument: other, environment: [:]), context: context),
            ], writers: 1)
        let error = #expect(throws: OutputError.self) { try outputs.start() }
        let text = error?.description ?? ""
        #expect(text.contains("csv (\(other)) and json (\(path)) would write to the same file"), "\(text)")
        // A device is no file.
        let devices = SampleOutputs(
            [JSONLines(name: "/dev/null", context: context), JSONLines(name: "/dev/null", context: context)],
            writers: 1)
        try devices.start()
        devices.finish()
        #expect(devices.takeNotes().isEmpty)
    }
}
