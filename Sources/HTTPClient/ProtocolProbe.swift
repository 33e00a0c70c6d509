// Whether servers would have spoken HTTP/2. Connections that carry requests offer http/1.1 only, so their
// servers never tell; each is therefore asked once per process, on a connection and a short-lived thread of
// its own, which offers both, notes what the server picks and leaves without a request. Made and read by the
// CLI, shared by all workers' clients, who ask when their first channel to a destination is ready.

import Base
import EventLoop
import TLS

public final class ProtocolProbe: Sendable {
    public enum Answer: Equatable, Sendable {
        case http2
        /// HTTP/1.1, or no protocol by name.
        case another
        /// The question could not be asked, or got no answer.
        case unknown(String)
    }

    public struct Finding: Equatable, Sendable {
        /// `host:port`.
        public let destination: String
        public let answer: Answer
    }

    struct Question: Sendable {
        let host: String
        let hostPort: String
        /// The one a channel was dialled to, past look-ups and rules over names.
        let address: SocketAddress
        /// The channel's own, when it was chosen; port 0.
        let source: SocketAddress?
    }

    private struct State {
        var asked: Set<String> = []
        var threads: [BackgroundThread] = []
        var interruption: Interruption?
        var isClosed = false
    }

    private let options: TLSClientOptions
    private let timeoutNs: Int64
    private let state = Locked(State())
    /// Apart from the state: the threads hold it, but not the probe, which waits for them at its end.
    private let findings = Locked<[Finding]>([])

    /// - Parameters:
    ///   - security: the run's options, whose versions and suites are offered. Nothing is verified, and no
    ///     certificate is shown: no secret goes over these connections.
    ///   - timeoutNs: for one question, from connecting to the end of the handshake.
    public init(_ security: TLSClientOptions, timeoutNs: Int64 = Limits.protocolProbeNsMax) {
        var options = security
        options.insecureSkipVerify = true
        options.identities = []
        options.protocols = ["h2", "http/1.1"]
        self.options = options
        self.timeoutNs = timeoutNs
    }

    deinit { close() }

    /// Asks unless that destination was asked before, too many were, or `close` was called. From any thread,
    /// never waits for the answer.
    func ask(_ question: Question) {
        state.withLock { state in
            if state.isClosed || state.asked.count >= Limits.protocolProbesMax { return }
            guard state.asked.insert(question.hostPort).inserted else { return }
            do {
                let interruption = try state.interruption ?? Interruption()
                state.interruption = interruption
                let (options, findings, until) = (options, findings, Clock.now() + timeoutNs)
                state.threads.append(
                    try BackgroundThread {
                        BackgroundThread.blockSignals()
                        let answer = Self.answer(to: question, options, until, interruption)
                        let finding = Finding(destination: question.hostPort, answer: answer)
                        findings.withLock { $0.append(finding) }
                    })
            } catch {
                let finding = Finding(destination: question.hostPort, answer: .unknown("\(error)"))
                findings.withLock { $0.append(finding) }
            }
        }
    }

    /// What was found since the last call. From any thread.
    public func takeFindings() -> [Finding] {
        findings.withLock { found in
            defer { found = [] }
            return found
        }
    }

    /// Calls off what is under way and asks nothing any more. Takes no longer than the threads need to stop:
    /// nothing of OpenSSL runs after it.
    public func close() {
        let threads = state.withLock { state in
            state.isClosed = true
            state.interruption?.interrupt()
            defer { state.threads = [] }
            return state.threads
        }
        for thread in threads { thread.join() }
    }

    // MARK: - on a question's own thread

    private static func answer(
        to question: Question, _ options: TLSClientOptions, _ until: Instant, _ interruption: Interruption
    ) -> Answer {
        do {
            let context = try TLSClientContext(options)
            let socket = try BlockingSocket.connect(
                to: question.address, from: question.source, until: until, interruption)
            return try shakeHands(TLSSession(client: context, host: question.host), socket)
        } catch { return .unknown("\(error)") }
    }

    private static func shakeHands(
        _ started: consuming TLSSession, _ socket: borrowing BlockingSocket
    ) throws(LoopError) -> Answer {
        var session = started
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 * 1024, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let result = session.handshake()
            let output = session.output
            try socket.send(output)
            session.sent(output.count)
            if result == .failed { return .unknown(session.failure?.text ?? "tls: failed") }
            if result == .done { break }
            let count = try socket.receive(into: buffer)
            if count == 0 { return .unknown("EOF") }
            session.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            session.keepRest()
        }
        // The answer is there; whether the peer hears the goodbye is its own affair.
        session.close()
        socket.trySend(session.output)
        return session.selectedProtocol == "h2" ? .http2 : .another
    }
}
