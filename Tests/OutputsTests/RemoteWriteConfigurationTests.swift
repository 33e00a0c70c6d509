// The environment of the Prometheus output against what k6 1.1.0 makes of it, and signatures against one that
// k6 sent.

import Base
import Testing

@testable import Outputs

@Suite struct RemoteWriteConfigurationTests {
    private func read(_ variables: [String: String]) throws -> RemoteWriteConfiguration {
        var environment: [String: String] = [:]
        for (name, value) in variables { environment["K6_PROMETHEUS_RW_\(name)"] = value }
        return try RemoteWriteConfiguration(environment: environment)
    }

    @Test("defaults")
    func defaults() throws {
        let read = try read([:])
        #expect(read.url == "http://localhost:9090/api/v1/write")
        #expect(read.pushIntervalNs == 5 * Ns.perSecond)
        #expect(read.statistics.map(\.suffix) == ["p99"])
        #expect(!read.isNative && !read.sendsStaleMarkers && !read.skipsTLSVerify)
        #expect(read.certificateFiles == nil && read.signature == nil)
        #expect(
            read.headers == [
                .init("User-Agent", "k6-prometheus-rw-output"), .init("Content-Encoding", "snappy"),
                .init("Content-Type", "application/x-protobuf"),
                .init("X-Prometheus-Remote-Write-Version", "0.1.0"),
            ])
    }

    @Test("every variable")
    func variables() throws {
        let read = try read([
            "SERVER_URL": "https://h/w", "PUSH_INTERVAL": "250", "TREND_STATS": "avg,p(95),avg,p(99.9)",
            "TREND_AS_NATIVE_HISTOGRAM": "True", "STALE_MARKERS": "1", "INSECURE_SKIP_TLS_VERIFY": "t",
            "CLIENT_CERTIFICATE": "c.pem", "CLIENT_CERTIFICATE_KEY": "k.pem", "SIGV4_REGION": "r",
            "SIGV4_ACCESS_KEY": "a", "SIGV4_SECRET_KEY": "s",
        ])
        #expect(read.url == "https://h/w")
        // A number without a unit is milliseconds.
        #expect(read.pushIntervalNs == 250 * Ns.perMillisecond)
        #expect(read.statistics.map(\.suffix) == ["avg", "p95", "p999"])
        #expect(read.isNative && read.sendsStaleMarkers && read.skipsTLSVerify)
        #expect(read.certificateFiles == .init(certificate: "c.pem", key: "k.pem"))
        #expect(read.signature == AWSSignature(region: "r", accessKey: "a", secretKey: "s"))
    }

    @Test(
        "a certificate without its key is none, as in k6",
        arguments: ["CLIENT_CERTIFICATE", "CLIENT_CERTIFICATE_KEY"])
    func half(name: String) throws {
        #expect(try read([name: "x.pem"]).certificateFiles == nil)
    }

    @Test(
        "what is wrong is refused",
        arguments: [
            ("PUSH_INTERVAL", "zz", "PUSH_INTERVAL"), ("PUSH_INTERVAL", "0", "PUSH_INTERVAL"),
            ("PUSH_INTERVAL", "-1s", "PUSH_INTERVAL"), ("TREND_STATS", "foo", "'foo'"),
            ("TREND_STATS", "", "''"), ("STALE_MARKERS", "maybe", "STALE_MARKERS is true or false"),
            ("TREND_AS_NATIVE_HISTOGRAM", "yes", "\"yes\""), ("INSECURE_SKIP_TLS_VERIFY", "", "\"\""),
            ("HTTP_HEADERS", "x:y,nonsense", "HTTP_HEADERS: header 2 does"),
            ("HTTP_HEADERS", "a:b:c", "header 1 (a) does not"), ("HTTP_HEADERS", "", "header 1 does not"),
            ("SIGV4_REGION", "eu", "partially configured"),
        ])
    func refused(name: String, value: String, part: String) {
        #expect { try read([name: value]) } throws: { "\($0)".contains(part) }
    }

    @Test(
        "who writes, as in k6: a token, then a header by name, then a user",
        arguments: [
            (["USERNAME": "u", "PASSWORD": "p"], "Basic dTpw"), (["USERNAME": "u"], "Basic dTo="),
            (["PASSWORD": "p"], nil), (["BEARER_TOKEN": "tok"], "Bearer tok"),
            (["BEARER_TOKEN": "tok", "USERNAME": "u", "PASSWORD": "p"], "Bearer tok"),
            (["USERNAME": "u", "HTTP_HEADERS": "Authorization:zz"], "zz"),
            (["BEARER_TOKEN": "t", "HEADERS_authorization": "yy"], "Bearer t"),
            (["BEARER_TOKEN": "t", "HTTP_HEADERS": "Authorization:zz"], "Bearer t"),
        ] as [([String: String], String?)])
    func authorization(variables: [String: String], expected: String?) throws {
        let headers = try read(variables).headers.filter { $0.name.lowercased() == "authorization" }
        #expect(headers.map(\.value) == (expected.map { [$0] } ?? []))
    }

    @Test("headers of one's own, those of the list before those by name; those of the protocol stay")
    func headers() throws {
        let headers = try read([
            "HTTP_HEADERS": "X-A:1, X-B : two ,User-Agent:me,Content-Type:xx", "HEADERS_X-D": "4",
            "HEADERS_X-A": "5",
        ]).headers
        #expect(
            headers.dropFirst(4).map { "\($0.name)=\($0.value)" } == ["X-D=4", "X-A=1", "X-B=two"])
        #expect(headers.first == .init("User-Agent", "k6-prometheus-rw-output"))
        #expect(headers.filter { $0.name == "Content-Type" }.map(\.value) == ["application/x-protobuf"])
    }

    @Test(
        "an output that cannot be made says why",
        arguments: [
            (["SERVER_URL": "nonsense"], "K6_PROMETHEUS_RW_SERVER_URL"),
            (["SERVER_URL": "ftp://h/"], "K6_PROMETHEUS_RW_SERVER_URL"),
            (
                ["CLIENT_CERTIFICATE": "/nope", "CLIENT_CERTIFICATE_KEY": "/nope"],
                "failed to load the TLS certificate"
            ),
        ])
    func output(variables: [String: String], part: String) {
        #expect { try RemoteWriteOutput(try read(variables)) } throws: { "\($0)".contains(part) }
    }

    @Test(
        "signatures are k6's, of requests it sent",
        arguments: [
            (
                1_795_654_728, "0c0fbef80de447bab558affeb7ddcba9cb25fb2ba123701414f8675b486dc28d", "1021",
                [], "bdcabd1fad53e953f85c05761d769d46db4b4051f7711dd12a3fa05b3b78c5d8"
            ),
            (
                1_795_654_759, "ab3b93dcc17c7d38b7b61b8c6c0e95696523fdb538d3f460b950f6b15a480f7b", "982",
                [.init("X-Scope-OrgID", "t1")],
                "142f4332034fd31e101aeff2208a7f99e3eb446e79ce5a8985e793cc0b24535a"
            ),
        ] as [(Int64, String, String, [RemoteWriteConfiguration.Header], String)])
    func signature(
        seconds: Int64, bodyHash: String, length: String, more: [RemoteWriteConfiguration.Header],
        expected: String
    ) throws {
        let signature = AWSSignature(region: "eu", accessKey: "AK", secretKey: "SK")
        let headers = signature.headers(
            host: "127.0.0.1:19392", target: "/api/v1/write",
            headers: try read([:]).headers + [.init("Content-Length", length)] + more, bodyHash: bodyHash,
            wallNs: seconds * Ns.perSecond)
        #expect(headers.map(\.name) == ["X-Amz-Content-Sha256", "X-Amz-Date", "Authorization"])
        #expect(headers[0].value == bodyHash)
        #expect(headers[2].value.hasSuffix(", Signature=\(expected)"), "\(headers)")
        #expect(headers[2].value.contains("Credential=AK/20261126/eu/aps/aws4_request, "))
    }

    @Test(
        "times as Amazon writes them",
        arguments: [
            (0, "19700101T000000Z"), (951_782_400, "20000229T000000Z"), (951_868_799, "20000229T235959Z"),
            (1_795_654_728, "20261126T005848Z"), (4_107_542_400, "21000301T000000Z"),
        ] as [(Int64, String)])
    func time(seconds: Int64, text: String) {
        #expect(AWSSignature.time(seconds * Ns.perSecond) == text)
    }
}
