// What writes raw samples somewhere, and the thread that feeds it: one thread for all such outputs of a run,
// behind the stream the workers write to. Made by the CLI; a failing output is reported once and the run goes
// on without it.

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

/// One output. `open` is called on the control thread before the run, the rest on the outputs' thread.
public protocol SampleOutput: AnyObject {
    /// As the description block shows it: "json (out.json)".
    var label: String { get }
    /// How often what was added has to be on its way.
    var flushIntervalNs: Int64 { get }
    func open() throws(OutputError)
    /// Takes the chunk's samples; the chunk is somebody else's after the return.
    func add(_ chunk: SampleChunk) throws(OutputError)
    func flush() throws(OutputError)
    /// The last call: writes what is left and closes.
    func finish() throws(OutputError)
}

/// The outputs of a run and their thread.
public final class SampleOutputs: @unchecked Sendable {
    public let stream: SampleStream
    private let outputs: [any SampleOutput]
    private let problems = Locked<[String]>([])
    private var thread: BackgroundThread?

    // The thread's own.
    private var isBroken: [Bool]
    private var flushAt: [Instant]

    public init(_ outputs: [any SampleOutput], stream: SampleStream) {
        self.outputs = outputs
        self.stream = stream
        isBroken = outputs.map { _ in false }
        flushAt = outputs.map { _ in .never }
    }

    public var labels: [String] { outputs.map(\.label) }

    /// Opens every output and starts the thread. - Throws: when one cannot be opened.
    public func start() throws(OutputError) {
        for output in outputs { try output.open() }
        do { thread = try BackgroundThread { [unowned self] in read() } } catch {
            throw OutputError("the outputs' thread could not be started: \(error)")
        }
    }

    /// Writes what is left and ends. After the last writer has handed over.
    public func finish() {
        stream.close()
        thread?.join()
        thread = nil
    }

    /// What went wrong since the last call, one line per problem; each output has at most one.
    public func takeProblems() -> [String] {
        problems.withLock { problems in
            defer { problems = [] }
            return problems
        }
    }

    private func read() {
        // Signals belong to the control thread.
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        var now = Clock.now()
        for index in outputs.indices { flushAt[index] = now + outputs[index].flushIntervalNs }
        while true {
            let batch = stream.take(until: flushAt.min() ?? now + Ns.perSecond)
            for chunk in batch.chunks {
                for index in outputs.indices {
                    attempt(index) { output throws(OutputError) in try output.add(chunk) }
                }
            }
            stream.giveBack(batch.chunks)
            now = Clock.now()
            for index in outputs.indices where flushAt[index] <= now {
                flushAt[index] = now + outputs[index].flushIntervalNs
                attempt(index) { output throws(OutputError) in try output.flush() }
            }
            if batch.isLast {
                if batch.dropped > 0 { report("\(batch.dropped) samples are missing: \(slow)") }
                break
            }
        }
        for index in outputs.indices { attempt(index) { output throws(OutputError) in try output.finish() } }
    }

    private var slow: String { "\(labels.joined(separator: ", ")) could not be written fast enough" }

    private func attempt(_ index: Int, _ action: (any SampleOutput) throws(OutputError) -> Void) {
        if isBroken[index] { return }
        do { try action(outputs[index]) } catch {
            isBroken[index] = true
            report(
                "the output \(outputs[index].label) has failed, its samples from here on are lost: \(error)")
        }
    }

    private func report(_ line: String) { problems.withLock { $0.append(line) } }
}
