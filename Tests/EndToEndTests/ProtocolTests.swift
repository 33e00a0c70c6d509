// A server that prefers HTTP/2, as nginx does, is named once per run: who hears of it, and what it costs the
// server in connections.

import Foundation
import ProcessSupport
import Testing

/// A key and a certificate of its own, in the files `key` and `cert`.
private func makeCertificate(in folder: String) throws {
    let made = try Child(
        "/usr/bin/openssl",
        [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=localhost", "-keyout", "\(folder)/key", "-out", "\(folder)/cert",
        ]
    ).finish()
    if made.code != 0 { throw ChildError(description: "no certificate: \(made.err)") }
}

/// nginx with TLS and HTTP/2, and a count of the connections it accepted.
final class NginxServer {
    let url: String
    private let statusHostPort: String
    private let child: Child

    init() throws {
        let (port, statusPort) = (try HeldPort(), try HeldPort())
        url = "https://127.0.0.1:\(port.number)/"
        statusHostPort = "127.0.0.1:\(statusPort.number)"
        let folder = Scratch.path("nginx")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try makeCertificate(in: folder)
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "\($0)_temp_path \(folder)/\($0);"
        }
        let settings = """
            daemon off; master_process off; pid \(folder)/pid; error_log stderr error;
            events { worker_connections 512; }
            http {
              access_log off; \(temporary.joined(separator: " "))
              server {
                listen \(url.dropFirst("https://".count).dropLast()) ssl http2;
                ssl_certificate \(folder)/cert; ssl_certificate_key \(folder)/key;
                location / { return 200 "ok"; }
              }
              server { listen \(statusHostPort); location / { stub_status; } }
            }

            """
        let path = try Scratch.write(settings, "nginx.conf")
        child = try Child("/usr/sbin/nginx", ["-e", "\(folder)/error.log", "-p", folder, "-c", path])
        let limit = Date(timeIntervalSinceNow: 20)
        while true {
            if let code = child.poll() {
                throw ChildError(description: "nginx ended with \(code): \(child.err)")
            }
            do {
                _ = try acceptedCount()
                return
            } catch {
                if Date() > limit { throw error }
                usleep(20_000)
            }
        }
    }

    deinit { child.kill() }

    /// Connections accepted so far, that of this question included.
    func acceptedCount() throws -> Int {
        let answer = try Wire.get(statusHostPort, "/")
        let words = answer.split(separator: "\n").drop { !$0.hasPrefix("server accepts") }.dropFirst().first?
            .split(separator: " ")
        guard let count = words?.first.flatMap({ Int($0) }) else {
            throw ChildError(description: "no count of connections: \(answer)")
        }
        return count
    }
}

@Suite struct ProtocolTests {
    private static let line =
        "would speak HTTP/2 (\\\"h2\\\"), which k6 would have used; Apus requests over HTTP/1.1"

    /// Two workers, 20 VUs that do not reuse their connections between iterations, and one question.
    @Test(arguments: [false, true], [true, false])
    func oneLine(isScript: Bool, isHeard: Bool) throws {
        let server = try NginxServer()
        let script = """
            import http from 'k6/http';
            export function setup() { http.get('\(server.url)'); }
            export default function () { http.get('\(server.url)'); }
            """
        let before = try server.acceptedCount()
        let end = try Apus.run(
            "--threads", "2", "-u", "20", "-d", "2s", "--rps", "200", "--insecure-skip-tls-verify",
            "--no-vu-connection-reuse", "--log-output", isHeard ? "stderr" : "none",
            isScript ? try Scratch.write(script, "script.js") : server.url)
        #expect(end.code == 0, "\(end.err)")
        #expect(end.metric("http_req_failed")?.hasPrefix("0.00% ") == true)
        let said = end.logLines("info").filter { $0.contains("HTTP/2") }
        let hostPort = server.url.dropFirst("https://".count).dropLast()
        #expect(said.count == (isHeard ? 1 : 0), "\(end.err)")
        #expect(said.allSatisfy { $0.contains("msg=\"\(hostPort) \(Self.line)\"") }, "\(said)")
        // Every request has its connection here.
        let asked = try server.acceptedCount() - before - 1 - (try #require(end.count("http_reqs")))
        #expect(asked == (isHeard ? 1 : 0))
    }

    /// Neither a server without HTTP/2 nor one without TLS is mentioned, whatever else is said.
    @Test(arguments: [true, false])
    func noLine(isSecure: Bool) throws {
        let target = try Target(tls: isSecure)
        let end = try Apus.run("-v", "-u", "4", "-d", "1500ms", "--insecure-skip-tls-verify", target.url)
        #expect(end.code == 0 && end.metric("http_req_failed")?.hasPrefix("0.00% ") == true)
        #expect(!end.err.contains("HTTP/2"), "\(end.err)")
    }

    /// Serves one connection and leaves those that follow in the kernel's queue.
    private static let oneConnection = """
        import socket, ssl, sys, time
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1] + "/cert", sys.argv[1] + "/key")
        print(listener.getsockname()[1], flush=True)
        peer = context.wrap_socket(listener.accept()[0], server_side=True)
        peer.recv(65536)
        peer.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")
        time.sleep(60)
        """

    /// A question that gets no answer does not hold up the end.
    @Test func theEndDoesNotWait() throws {
        let folder = Scratch.path("one")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try makeCertificate(in: folder)
        /// - Returns: how long the command took.
        func run(_ flags: [String]) throws -> Double {
            let server = try Child("/usr/bin/python3", ["-c", Self.oneConnection, folder])
            defer { server.kill() }
            try server.waitForOutput(within: 30) { $0.hasSuffix("\n") }
            let url = "https://127.0.0.1:\(server.out.dropLast())/"
            let end = try Apus.start(["run", "-q", "-i", "1", "--insecure-skip-tls-verify", url] + flags)
                .finish()
            #expect(end.code == 0 && end.metric("http_req_failed") == "0.00% 0 out of 1", "\(end.err)")
            #expect(!end.err.contains("HTTP/2"), "\(end.err)")
            return end.seconds
        }
        // Where nobody would hear the answer there is no question, which would have taken 3 s.
        let without = try run(["--log-output", "none"])
        #expect(try run([]) < without + 2)
    }
}
