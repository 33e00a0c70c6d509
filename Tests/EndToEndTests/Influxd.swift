// A real InfluxDB 1.x for tests: its own folder and ports, asked over its HTTP interface with curl. Ends with
// the object, at the latest after its time limit.

import Foundation
import Glibc
import ProcessSupport
import Testing

final class Influxd {
    let url: String
    private let child: Child
    /// Its own as long as it lives.
    private let ports: [HeldPort]

    init(isAuthenticated: Bool = false) throws {
        let path = "/usr/bin/influxd"
        try #require(access(path, X_OK) == 0, "influxd is missing: tools/setup tests installs it")
        let folder = Scratch.path("influxdb")
        ports = [try HeldPort(), try HeldPort()]
        let (port, other) = (ports[0].number, ports[1].number)
        let text = """
            reporting-disabled = true
            bind-address = "127.0.0.1:\(other)"
            [meta]
              dir = "\(folder)/meta"
            [data]
              dir = "\(folder)/data"
              wal-dir = "\(folder)/wal"
            [http]
              bind-address = "127.0.0.1:\(port)"
              auth-enabled = \(isAuthenticated)
              log-enabled = false
            """
        let file = try Scratch.write(text, "influxdb.conf")
        url = "http://127.0.0.1:\(port)"
        child = try Child("/usr/bin/timeout", ["-s", "KILL", "300", path, "-config", file])
        for _ in 0..<400 {
            let ping = try Child("/usr/bin/curl", ["-s", "-m", "2", "-o", "/dev/null", "\(url)/ping"])
                .finish()
            if ping.code == 0 { return }
            usleep(25_000)
        }
        throw ChildError(description: "influxd does not answer: \(child.err)")
    }

    // `timeout` passes the signal on; a killed one could not.
    deinit {
        child.signal(SIGTERM)
        for _ in 0..<200 where child.poll() == nil { usleep(10_000) }
        child.kill()
    }

    /// The series an InfluxQL query leads to: name and rows, without the time.
    struct Series {
        var name: String
        var columns: [String]
        var rows: [[Any]]
    }

    func ask(_ query: String, in database: String, user: String? = nil) throws -> [Series] {
        var arguments = [
            "-s", "-m", "20", "-X", "POST", "\(url)/query", "--data-urlencode", "db=\(database)",
            "--data-urlencode", "q=\(query)",
        ]
        if let user { arguments += ["-u", user] }
        let end = try Child("/usr/bin/curl", arguments).finish()
        let answer = try #require(
            try JSONSerialization.jsonObject(with: Data(end.out.utf8)) as? [String: Any], "\(end.out)")
        let results = try #require(answer["results"] as? [[String: Any]], "\(end.out)")
        if let error = results[0]["error"] { throw ChildError(description: "\(query): \(error)") }
        return (results[0]["series"] as? [[String: Any]] ?? []).map { one in
            Series(
                name: one["name"] as? String ?? "", columns: one["columns"] as? [String] ?? [],
                rows: one["values"] as? [[Any]] ?? [])
        }
    }

    /// The first number behind the time of the first row; nil when there is nothing.
    func number(_ query: String, in database: String) throws -> Double? {
        try ask(query, in: database).first?.rows.first?.dropFirst().first as? Double
    }

    /// Everything that tells series apart: measurement and tags.
    func seriesKeys(in database: String) throws -> [String] {
        try ask("SHOW SERIES", in: database).flatMap { $0.rows.compactMap { $0.first as? String } }.sorted()
    }
}
