// The embedded server over TLS: its own certificate, files, both ports at once, bodies of all sizes and
// faults.

import Base
import Control
import TLS
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct TargetSecureTests {
    @Test(arguments: [1, 2])
    func answersOverTLSWithACertificateForThisMachine(threads: Int) throws {
        let server = try startTarget {
            $0.isSecure = true
            $0.threadCount = threads
        }
        defer { server.stop() }
        let pem = try #require(server.certificatePEM)
        for host in ["127.0.0.1", "localhost", "::1"] {
            let wire = try TLSWireClient(port: server.port, certificatePEM: pem, host: host)
            #expect(wire.failure == nil)
            let client = RawClient(wire)
            #expect(client.get("/")?.status == 200)
            #expect(client.get("/echo")?.text.contains("\"secure\":true") == true)
        }
        let stranger = try TLSWireClient(port: server.port, certificatePEM: pem, host: "other.example")
        #expect(stranger.failure != nil)
    }

    @Test func bothPortsServeAtOnce() throws {
        let server = try startTarget { $0.securePort = 0 }
        defer { server.stop() }
        let port = try #require(server.securePort)
        let wire = try TLSWireClient(port: port, certificatePEM: try #require(server.certificatePEM))
        #expect(RawClient(wire).get("/status/202")?.status == 202)
        #expect(RawClient(server).get("/status/203")?.status == 203)
        #expect(server.counters.requests == 2)
    }

    @Test func bodiesOfAllSizesArriveWhole() throws {
        let (server, client, _) = try secureClient()
        defer { server.stop() }
        for count in [0, 1, 16_384, 16_385, 100_000, 5_000_000] {
            #expect(client.get("/bytes/\(count)")?.body.count == count)
        }
        #expect(client.get("/chunked/5000")?.body.count ?? 0 > 5000)
        client.send(
            "POST /echo HTTP/1.1\r\nContent-Length: 400000\r\n\r\n" + String(repeating: "q", count: 400_000))
        #expect(client.answer()?.text.contains("\"bodyBytes\":400000") == true)
    }

    @Test func pipelinedRequestsAndDelaysWork() throws {
        let (server, client, _) = try secureClient()
        defer { server.stop() }
        client.send(
            "GET /status/201 HTTP/1.1\r\n\r\nGET /delay/20 HTTP/1.1\r\n\r\nGET /status/202 HTTP/1.1\r\n\r\n")
        #expect(client.answer()?.status == 201)
        #expect(client.answer()?.text == "waited 20 ms\n")
        #expect(client.answer()?.status == 202)
    }

    @Test(arguments: [
        ("/until-close/100000", true), ("/http10", true), ("/fault/idle-close", true),
        ("/fault/close", false),
        ("/fault/close-mid-body", false), ("/fault/truncated-chunk", false), ("/fault/reset-mid-body", false),
    ])
    func onlyAnOrderlyEndSaysGoodbye(path: String, isOrderly: Bool) throws {
        let (server, client, wire) = try secureClient()
        defer { server.stop() }
        client.send("GET \(path) HTTP/1.1\r\n\r\n")
        _ = client.rest()
        #expect(client.end == (path == "/fault/reset-mid-body" ? .reset : .closed))
        #expect(wire.saidGoodbye == isOrderly)
    }

    @Test func plainHTTPOnTheSecurePortIsAFailedHandshake() throws {
        let server = try startTarget { $0.isSecure = true }
        defer { server.stop() }
        let client = RawClient(server)
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(!client.restText().contains("HTTP/1.1 200"))
        #expect(client.end != .silent)
        waitUntil { server.counters.open == 0 }
        #expect(server.counters.handshakesFailed == 1)
        #expect(server.counters.open == 0)
    }

    @Test func certificateFilesAreUsed() throws {
        let identity = try CertificateAuthority.selfSigned(CertificateSpec(hosts: ["files.example"]))
        let folder = "/tmp/apus-target-\(getpid())"
        mkdir(folder, 0o700)
        defer { rmdir(folder) }
        let (certificate, key) = (folder + "/certificate.pem", folder + "/key.pem")
        write(identity.certificatePEM, certificate)
        write(identity.keyPEM, key)
        defer {
            unlink(certificate)
            unlink(key)
        }
        let server = try startTarget {
            $0.isSecure = true
            $0.certificateFile = certificate
            $0.keyFile = key
        }
        defer { server.stop() }
        #expect(server.certificatePEM == identity.certificatePEM)
        let wire = try TLSWireClient(
            port: server.port, certificatePEM: identity.certificatePEM, host: "files.example")
        #expect(wire.failure == nil)
        #expect(throws: TargetStartError.self) {
            try startTarget {
                $0.isSecure = true
                $0.certificateFile = certificate
            }
        }
        #expect(throws: TargetStartError.self) {
            try startTarget {
                $0.isSecure = true
                $0.certificateFile = key
                $0.keyFile = certificate
            }
        }
    }

    private func secureClient() throws -> (TargetServer, RawClient, TLSWireClient) {
        let server = try startTarget { $0.isSecure = true }
        let wire = try TLSWireClient(port: server.port, certificatePEM: try #require(server.certificatePEM))
        return (server, RawClient(wire), wire)
    }

    private func write(_ text: String, _ path: String) {
        let file = fopen(path, "w")
        fputs(text, file)
        fclose(file)
    }
}
