// What sends raw samples or series somewhere, and the thread that feeds it: one thread for all outputs of a
// run, behind the stream the workers and the control thread write to. Made by the CLI; a failing output is
// reported once and the run goes on without it.

import Base
import Metrics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Why an output does not work, as one line.
public struct OutputError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// What an output has to be fed with.
public struct OutputNeeds: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Every sample as it happened.
    public static let samples = OutputNeeds(rawValue: 1)
    /// What each interval added to the series.
    public static let series = OutputNeeds(rawValue: 2)
    /// The same, and a series for each set of tags, except for those of `SampleOutput.unkeptTags`.
    public static let taggedSeries = OutputNeeds(rawValue: 6)
}

/// One output. `open` is called on the control thread before the run, the rest on the outputs' thread; a
/// remote one's `finish` on the control thread, when that thread has ended. After an error only a remote one
/// is called again, to be finished.
public protocol SampleOutput: AnyObject {
    /// What it is fed with: constant.
    var needs: OutputNeeds { get }
    /// Tags its series need not be told apart by; other outputs may still want them.
    var unkeptTags: Set<String> { get }
    /// The most raw samples of an interval it has a use for; nil: all of them.
    var samplesPerIntervalMax: Int? { get }
    /// Whether raw samples are still of use to it. Once not, never again.
    var wantsSamples: Bool { get }
    /// Whether it sends to a store, whose answers `finish` waits for.
    var isRemote: Bool { get }
    /// As the description block shows it: "json (out.json)".
    var label: String { get }
    /// How often what was added has to be on its way.
    var flushIntervalNs: Int64 { get }
    func open() throws(OutputError)
    /// Takes the chunk's samples; the chunk is somebody else's after the return.
    func add(_ chunk: SampleChunk) throws(OutputError)
    /// Takes an interval, after all chunks of its samples.
    func add(_ interval: SeriesInterval) throws(OutputError)
    func flush() throws(OutputError)
    /// Of a remote one the last call but one: hands over what is left and waits for nothing, so that several
    /// stores are waited for at once.
    func beginFinish() throws(OutputError)
    /// The last call: writes what is left and closes; a remote one waits for its store.
    func finish() throws(OutputError)
    /// The file it writes to, once it is open; nil when it is none or cannot be written twice (a pipe).
    var fileIdentity: FileIdentity? { get }
    /// What there is to say since the last call. On the control thread.
    func takeNotes() -> [OutputNote]
}

extension SampleOutput {
    public var needs: OutputNeeds { .samples }
    public var unkeptTags: Set<String> { [] }
    public var isRemote: Bool { false }
    public var samplesPerIntervalMax: Int? { nil }
    public var wantsSamples: Bool { needs.contains(.samples) }
    public func add(_ chunk: SampleChunk) throws(OutputError) {}
    public func add(_ interval: SeriesInterval) throws(OutputError) {}
    public func beginFinish() throws(OutputError) {}
    public var fileIdentity: FileIdentity? { nil }
    public func takeNotes() -> [OutputNote] { [] }
}

/// The outputs of a run and their thread.
public final class SampleOutputs: @unchecked Sendable {
    private let stream: SampleStream
    private let outputs: [any SampleOutput]
    private let problems = Locked<[OutputNote]>([])
    private var thread: BackgroundThread?

    // The thread's own.
    private var isBroken: [Bool]
    private var flushAt: [Instant]

    /// - Parameter writers: threads that will write samples.
    public init(_ outputs: [any SampleOutput], writers: Int) {
        self.outputs = outputs
        let bounds = outputs.filter { $0.needs.contains(.samples) }.map {
            $0.samplesPerIntervalMax ?? Int.max
        }
        stream = SampleStream(writers: writers, recordsPerPacketMax: bounds.max() ?? 0)
        isBroken = outputs.map { _ in false }
        flushAt = outputs.map { _ in .never }
    }

    public var labels: [String] { outputs.map(\.label) }

    /// Where workers write raw samples to; nil when no output wants any.
    public var samples: SampleStream? {
        outputs.contains { $0.needs.contains(.samples) } ? stream : nil
    }

    /// Has a run keep the series the outputs want. Before the run is set up.
    public func extend(_ demand: inout SeriesDemand) {
        let wanting = outputs.filter { $0.needs.contains(.taggedSeries) }
        guard let first = wanting.first else { return }
        demand.keepsAllTags = true
        demand.unkeptTags = wanting.reduce(first.unkeptTags) { $0.intersection($1.unkeptTags) }
    }

    /// Passes an interval on. At its edge, on the control thread.
    public func intervalClosed(_ snapshot: Snapshot) {
        if !outputs.contains(where: { $0.needs.contains(.series) }) { return }
        let offsetNs = Clock.wallNs() - Clock.now().ns
        stream.post(SeriesInterval(snapshot, wallOffsetNs: offsetNs))
    }

    /// Opens every output and starts the thread.
    /// - Throws: when one cannot be opened, or two write to one file; those before it are closed again.
    public func start() throws(OutputError) {
        for index in outputs.indices {
            do { try open(index) } catch {
                closeAll(outputs.indices.prefix(index))
                throw error
            }
        }
        do { thread = try BackgroundThread { [unowned self] in read() } } catch {
            closeAll(outputs.indices)
            throw OutputError("the outputs' thread could not be started: \(error)")
        }
    }

    private func open(_ index: Int) throws(OutputError) {
        let output = outputs[index]
        try output.open()
        guard let file = output.fileIdentity,
            let other = outputs[..<index].first(where: { $0.fileIdentity == file })
        else { return }
        end(index)
        throw OutputError(
            "\(output.label) and \(other.label) would write to the same file; give each its own")
    }

    private func closeAll(_ indices: Range<Int>) {
        for index in indices { beginEnd(index) }
        for index in indices { end(index) }
    }

    /// Writes what is left to files, and has stores sent what is left. After the last writer has handed over.
    /// Does not wait for a store.
    public func finishFiles() {
        stream.close()
        thread?.join()
        thread = nil
    }

    /// Ends everything: waits for stores, all at the same time, each within its bound.
    public func finish() {
        finishFiles()
        for index in outputs.indices where outputs[index].isRemote { end(index) }
    }

    private func beginEnd(_ index: Int) {
        if !outputs[index].isRemote { return }
        attempt(index, isLast: true) { output throws(OutputError) in try output.beginFinish() }
    }

    private func end(_ index: Int) {
        attempt(index, isLast: true) { output throws(OutputError) in try output.finish() }
    }

    /// What there is to say since the last call.
    public func takeNotes() -> [OutputNote] {
        let own = problems.withLock { problems in
            defer { problems = [] }
            return problems
        }
        return own + outputs.flatMap { $0.takeNotes() }
    }

    private func read() {
        BackgroundThread.blockSignals()
        var now = Clock.now()
        for index in outputs.indices { flushAt[index] = now + outputs[index].flushIntervalNs }
        while true {
            let batch = stream.take(until: flushAt.min() ?? now + Ns.perSecond)
            for chunk in batch.chunks {
                for index in outputs.indices where outputs[index].needs.contains(.samples) {
                    attempt(index) { output throws(OutputError) in try output.add(chunk) }
                }
            }
            stream.giveBack(batch.chunks)
            for interval in batch.intervals { pass(interval) }
            now = Clock.now()
            for index in outputs.indices where flushAt[index] <= now {
                flushAt[index] = now + outputs[index].flushIntervalNs
                attempt(index) { output throws(OutputError) in try output.flush() }
            }
            if batch.isLast {
                if batch.dropped > 0 { report("\(batch.dropped) samples are missing: \(slow)") }
                if batch.droppedIntervals > 0 {
                    report("\(batch.droppedIntervals) intervals are missing: \(slow)")
                }
                break
            }
        }
        for index in outputs.indices { beginEnd(index) }
        for index in outputs.indices where !outputs[index].isRemote { end(index) }
    }

    private func pass(_ interval: SeriesInterval) {
        for index in outputs.indices where outputs[index].needs.contains(.series) {
            attempt(index) { output throws(OutputError) in try output.add(interval) }
        }
        let wanting = outputs.filter { $0.needs.contains(.samples) }
        if !wanting.isEmpty, wanting.allSatisfy({ !$0.wantsSamples }) { stream.mute() }
    }

    private var slow: String { "\(labels.joined(separator: ", ")) could not be written fast enough" }

    /// - Parameter isLast: whether it is one of the last calls, which a remote one gets even if it has
    ///   failed: what it sent is under way, and its threads have to end.
    private func attempt(
        _ index: Int, isLast: Bool = false, _ action: (any SampleOutput) throws(OutputError) -> Void
    ) {
        let wasBroken = isBroken[index]
        if wasBroken, !(isLast && outputs[index].isRemote) { return }
        do { try action(outputs[index]) } catch {
            if wasBroken { return }
            isBroken[index] = true
            report(
                "the output \(outputs[index].label) has failed, its samples from here on are lost: \(error)")
        }
    }

    private func report(_ line: String) {
        problems.withLock { $0.append(OutputNote(.error, line)) }
    }
}
