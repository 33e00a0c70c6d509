// The ECS source: the metadata client against a small server on 127.0.0.1, the JSON reader by tables, and the
// sizing of a made-up Fargate task, whose cgroups say "unlimited" while the task has half a vCPU.

import Base
import Testing

@testable import Engine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Answers one connection on a thread of its own: reads a request head, sends `answer`, closes. Without an
/// answer it reads and stays silent until the peer goes away.
final class OneAnswerServer: @unchecked Sendable {
    let port: UInt16
    private let listener: Int32
    private let answer: [UInt8]?
    private var thread = pthread_t()
    private(set) var request = ""

    init(_ answer: String?) {
        self.answer = answer.map { Array($0.utf8) }
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 4) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        precondition(isListening, "a server on 127.0.0.1")
        port = UInt16(bigEndian: address.sin_port)
        let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { raw in
            Unmanaged<OneAnswerServer>.fromOpaque(raw!).takeRetainedValue().serve()
            return nil
        }
        precondition(
            pthread_create(&thread, nil, body, Unmanaged.passRetained(self).toOpaque()) == 0, "a thread")
    }

    var uri: String { "http://127.0.0.1:\(port)/v4/abc" }

    /// Waits for the thread; afterwards `request` is what the client sent.
    func finish() {
        shutdown(listener, Int32(SHUT_RDWR))
        pthread_join(thread, nil)
        close(listener)
    }

    private func serve() {
        let peer = accept(listener, nil, nil)
        if peer < 0 { return }
        defer { close(peer) }
        var chunk = [UInt8](repeating: 0, count: 4096)
        while !request.contains("\r\n\r\n") {
            let count = recv(peer, &chunk, chunk.count, 0)
            if count <= 0 { return }
            request += String(decoding: chunk[..<count], as: UTF8.self)
        }
        if let answer {
            _ = send(peer, answer, answer.count, Int32(MSG_NOSIGNAL))
        } else {
            while recv(peer, &chunk, chunk.count, 0) > 0 {}
        }
    }
}

@Suite struct ECSTests {
    static let body = """
        {"Cluster":"c","Limits":{"CPU":0.5,"Memory":1024},"AvailabilityZone":"us-east-1d",\
        "Containers":[{"Name":"x","Limits":{"CPU":2,"Memory":512}}]}
        """

    static func answer(_ body: String, status: String = "200 OK", head: String = "") -> String {
        "HTTP/1.0 \(status)\r\nContent-Type: application/json\r\n\(head)\r\n\(body)"
    }

    /// What a container on Fargate sees: no quota anywhere, more CPUs and memory than the task has.
    static let fargate = Fixture.v2(
        "/",
        [
            "/sys/fs/cgroup/cpu.max": "max 100000\n", "/sys/fs/cgroup/memory.max": "max\n",
            "/sys/fs/cgroup/cpu.stat": "usage_usec 1\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0\n",
            "/proc/self/status": "Cpus_allowed:\t3\n",
        ])

    @Test func taskLimitsComeFirst() {
        let server = OneAnswerServer(
            Self.answer(Self.body, head: "Content-Length: \(Self.body.utf8.count)\r\n"))
        let machine = FakeMachine(Self.fargate)
        let sizing = Sizing.detect(SizingTests.inputs(machine, ecs: server.uri))
        server.finish()
        #expect(server.request.hasPrefix("GET /v4/abc/task HTTP/1.0\r\nHost: 127.0.0.1:\(server.port)\r\n"))
        #expect(sizing.cpu.text == "ECS task metadata Limits.CPU → 0.5 vCPU")
        #expect(sizing.workers == 1)
        #expect(sizing.memory.text(\.text) == "ECS task metadata Limits.Memory: 1024 MiB → 1 GiB")
        #expect(sizing.task?.availabilityZone == "us-east-1d")
        #expect(sizing.notes == [])
        #expect(
            sizing.throttlingFile
                == .unknown("the task's CPU quota is enforced outside the container's cgroup"),
            "zeros of the container's own cgroup must not pass for an untouched quota")
    }

    @Test(arguments: [
        (answer("{}"), "the task has no Limits.CPU"),
        (answer(#"{"Limits":{"Memory":512}}"#), "the task has no Limits.CPU"),
        (answer("gone", status: "404 Not Found"), "answered with status 404"),
        (answer("not json"), "not JSON at byte 0: expected a value"),
        (answer("[]"), "not a JSON object"),
        (answer(#"{"Limits":{"CPU":-1}}"#), "Limits.CPU is not a positive number"),
        (answer("{}", head: "Content-Length: 10\r\n"), "2 bytes of body where 10 were announced"),
        (answer("{}", head: "Transfer-Encoding: chunked\r\n"), "a transfer coding in answer to HTTP/1.0"),
        ("HTTP/1.0 200 OK\r\n", "the answer has no complete head"),
        ("hello\r\n\r\n", "the answer is not HTTP"),
    ]) func whatCannotBeUsedIsNotedAndSkipped(answer: String, note: String) {
        let server = OneAnswerServer(answer)
        let machine = FakeMachine(Self.fargate)
        let sizing = Sizing.detect(SizingTests.inputs(machine, ecs: server.uri))
        server.finish()
        #expect(sizing.cpu.source == .affinity)
        #expect(sizing.notes.count == 1 && sizing.notes[0].contains(note), "\(sizing.notes)")
        #expect(!sizing.throttlingFile.isKnown, "still an ECS task")
    }

    @Test func aSilentEndpointCostsItsTimeOutOnly() {
        let server = OneAnswerServer(nil)
        let started = Clock.now()
        #expect(throws: MetadataClient.Problem(description: "timed out waiting for the answer")) {
            try MetadataClient.get(server.uri, timeoutMs: 150)
        }
        let tookNs = Clock.now() - started
        server.finish()
        #expect(tookNs >= 149 * Ns.perMillisecond && tookNs < 5 * Ns.perSecond)
    }

    @Test(arguments: [
        ("https://169.254.170.2/v4", "not an http:// address"),
        ("http://metadata.internal/v4", "numeric address"),
        ("http://127.0.0.1:x/v4", "no valid host and port"), ("http:///v4", "no valid host and port"),
        ("http://127.0.0.1:1/a b", "blank or control character"), ("http://127.0.0.1:1/v4", "cannot connect"),
    ]) func badAddresses(uri: String, message: String) {
        #expect {
            try MetadataClient.get(uri)
        } throws: { error in
            "\(error)".contains(message)
        }
    }

    @Test func addressesOfVersion6() throws {
        let target = try MetadataClient.Target("http://[fd00:ec2::254]:8080/v4/x")
        #expect(target.host == "fd00:ec2::254" && target.port == "8080" && target.path == "/v4/x")
    }

    @Test(arguments: [
        ("null", HealthJSON.null), (" true ", .bool(true)), ("-0.5e+2", .number(-50)), ("0", .number(0)),
        (#""a\u00e9\ud83d\ude00\n""#, .string("aé😀\n")), ("[]", .array([])),
        ("[1, 2]", .array([.number(1), .number(2)])),
        (#"{"a":{"b":[false]}}"#, .object(["a": .object(["b": .array([.bool(false)])])])),
        (#"{"a":1,"a":2}"#, .object(["a": .number(2)])),
    ]) func readsJSON(text: String, value: HealthJSON) throws {
        #expect(try HealthJSON.parse(Array(text.utf8)) == value)
    }

    @Test(arguments: [
        "", "tru", "01", "1.", "-", "1e", "[1,]", "[1", "{a:1}", #"{"a"}"#, #"{"a":1,}"#, #""a"#, #""\x""#,
        #""\ud800""#,
        #""\ud800A""#, "\"\u{01}\"", "1 2", String(repeating: "[", count: 100), #""\u12""#, "+1",
    ]) func refusesWhatIsNotJSON(text: String) {
        #expect(throws: HealthJSON.Problem.self) { try HealthJSON.parse(Array(text.utf8)) }
    }
}
