// A real Prometheus that takes remote writes, on a port and in a folder of its own, and questions to it. Used
// by the tests of the Prometheus output.

import Foundation
import Glibc
import ProcessSupport

final class PrometheusServer {
    let port: UInt16
    private let folder: String
    private let child: Child
    /// Its own as long as it lives; nil where whoever gave it holds it.
    private let held: HeldPort?

    var url: String { "http://127.0.0.1:\(port)" }
    /// What every run that writes here needs, with a push each half second.
    var environment: [String: String] {
        [
            "K6_PROMETHEUS_RW_SERVER_URL": "\(url)/api/v1/write", "K6_PROMETHEUS_RW_PUSH_INTERVAL": "500ms",
        ]
    }

    /// - Parameter port: nil for a free one.
    init(port: UInt16? = nil) throws {
        held = port == nil ? try HeldPort() : nil
        self.port = port ?? held!.number
        folder = Scratch.path("prometheus")
        let settings = try Scratch.write("global:\n  scrape_interval: 1h\n", "prometheus.yml")
        child = try Child(
            "/usr/bin/prometheus",
            [
                "--config.file=\(settings)", "--storage.tsdb.path=\(folder)",
                "--web.listen-address=127.0.0.1:\(self.port)", "--web.enable-remote-write-receiver",
                "--enable-feature=native-histograms", "--log.level=warn",
            ])
    }

    deinit { child.kill() }

    /// - Throws: when it does not answer within 20 s.
    func waitUntilReady() throws {
        let limit = Date(timeIntervalSinceNow: 20)
        while Date() < limit {
            if let code = child.poll() {
                throw ChildError(description: "prometheus ended with \(code): \(child.err)")
            }
            let answer = try Child("/usr/bin/curl", ["-s", "-m", "2", "\(url)/-/ready"]).finish()
            if answer.code == 0, answer.out.contains("Ready") { return }
            usleep(50_000)
        }
        throw ChildError(description: "prometheus did not start: \(child.err)")
    }

    static func ready() throws -> PrometheusServer {
        let server = try PrometheusServer()
        try server.waitUntilReady()
        return server
    }

    private func ask(_ path: String, _ name: String, _ value: String) throws -> Any {
        let answer = try Child(
            "/usr/bin/curl", ["-s", "-m", "10", "-G", url + path, "--data-urlencode", "\(name)=\(value)"]
        ).finish()
        let object = try JSONSerialization.jsonObject(with: Data(answer.out.utf8)) as? [String: Any]
        guard let data = object?["data"] else { throw ChildError(description: "\(value): \(answer.out)") }
        return data
    }

    /// The results of a query now: labels and value; a native histogram's value is its count.
    func query(_ text: String) throws -> [(labels: [String: String], value: Double)] {
        let data = try ask("/api/v1/query", "query", text) as? [String: Any]
        let result = data?["result"] as? [[String: Any]] ?? []
        return try result.map { one in
            let labels = one["metric"] as? [String: String] ?? [:]
            let histogram = (one["histogram"] as? [Any])?.last as? [String: Any]
            let text = histogram?["count"] ?? (one["value"] as? [Any])?.last
            guard let text = text as? String, let value = Double(text) else {
                throw ChildError(description: "not a number: \(one)")
            }
            return (labels, value)
        }
    }

    /// The one value of a query; nil when there is none or more than one.
    func value(_ text: String) throws -> Double? {
        let result = try query(text)
        return result.count == 1 ? result[0].value : nil
    }

    /// Every series of a selector as `name{label=value,…}`, sorted.
    func series(_ selector: String) throws -> [String] {
        let all = try ask("/api/v1/series", "match[]", selector) as? [[String: String]] ?? []
        return all.map { labels in
            let rest = labels.filter { $0.key != "__name__" }.sorted { $0.key < $1.key }
            let text = rest.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
            return "\(labels["__name__"] ?? ""){\(text)}"
        }.sorted()
    }
}

/// A port that refuses connections, and that nobody is given but a server that is told its number.
final class HeldPort {
    let number: UInt16
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // Servers ask for the same; a socket that does not listen is then not in their way.
        var isShared: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isShared, socklen_t(MemoryLayout<Int32>.size))
        var address = Wire.address(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = Wire.withAddress(&address) { [descriptor] in bind(descriptor, $0, size) }
        _ = Wire.withAddress(&address) { [descriptor] in getsockname(descriptor, $0, &size) }
        number = UInt16(bigEndian: address.sin_port)
        if bound != 0 { throw ChildError(description: "no free port") }
    }

    deinit { close(descriptor) }
}
