// How the output `influxdb` is set up: defaults, then the environment, then the argument, with k6's names.
// Pure; called by the CLI.

import Base
import HTTP
import HTTPClient

public struct InfluxConfiguration: Sendable {
    enum Precision: String, CaseIterable {
        case ns, u, ms, s, m, h

        var lengthNs: Int64 {
            switch self {
            case .ns: 1
            case .u: 1000
            case .ms: Ns.perMillisecond
            case .s: Ns.perSecond
            case .m: Ns.perMinute
            case .h: 60 * Ns.perMinute
            }
        }
    }

    enum FieldKind: String { case string, bool, float, int }

    enum Scheme: String { case http, https, udp }

    var scheme = Scheme.http
    /// `host:port`.
    var authority = "localhost:8086"
    var database = "k6"
    var username = ""
    var password = ""
    var isInsecure = false
    /// Bytes of a datagram; only for `udp://`.
    var payloadSize = 512
    var pushIntervalNs = Ns.perSecond
    var concurrentWrites = 4
    var precision = Precision.ns
    var retention = ""
    var consistency = ""
    var proxy: RequestURL?
    var fields: [String: FieldKind] = ["vu": .string, "iter": .string, "url": .string]
    /// Points a second beyond which samples are summed up.
    var pointsPerSecondMax = Limits.influxPointsPerSecondMax

    /// - Parameter argument: what follows `influxdb=`: `http://[user:pass@]host:port/db?key=value…`, or
    ///   nothing.
    public init(argument: String, environment: [String: String]) throws(OutputError) {
        func text(_ name: String) -> String? {
            environment["K6_INFLUXDB_\(name)"].flatMap { $0.isEmpty ? nil : $0 }
        }
        if let address = text("ADDR") { try setAddress(address, "K6_INFLUXDB_ADDR") }
        database = text("DB") ?? database
        username = text("USERNAME") ?? username
        password = text("PASSWORD") ?? password
        for key in [
            "INSECURE", "PAYLOAD_SIZE", "PUSH_INTERVAL", "CONCURRENT_WRITES", "PRECISION", "RETENTION",
            "CONSISTENCY", "TAGS_AS_FIELDS",
        ] {
            if let value = text(key) { try set(key, value, "K6_INFLUXDB_\(key)") }
        }
        if let address = text("PROXY") {
            do { proxy = try RequestURL(parsing: address) } catch {
                let text = "\(error)".replacing(address, with: Self.masked(address))
                throw OutputError("K6_INFLUXDB_PROXY: \(text)")
            }
        }
        if let value = environment["APUS_INFLUXDB_POINTS_PER_SECOND"], !value.isEmpty {
            pointsPerSecondMax = try Self.number(value, "APUS_INFLUXDB_POINTS_PER_SECOND", least: 0)
        }
        if !argument.isEmpty { try setURL(argument) }
    }

    private mutating func setAddress(_ text: String, _ source: String) throws(OutputError) {
        let parts = text.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0].last == ":", parts[1].isEmpty, !parts[2].isEmpty,
            let scheme = Scheme(rawValue: parts[0].dropLast().lowercased())
        else {
            throw OutputError(
                "\(source): \"\(Self.masked(text))\" is no address; expected http://, https:// or udp:// and "
                    + "a host")
        }
        self.scheme = scheme
        authority = String(parts[2])
        guard let at = authority.lastIndex(of: "@") else { return }
        let user = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        username = Self.unescaped(user[0])
        password = user.count == 2 ? Self.unescaped(user[1]) : ""
        authority = String(authority[authority.index(after: at)...])
        if authority.isEmpty { throw OutputError("\(source): \"\(Self.masked(text))\" names no host") }
    }

    /// Without what stands before the last `@`, which may be a user and a password.
    private static func masked(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text }
        let scheme = text[..<at].firstRange(of: "://").map { text[..<$0.upperBound] } ?? ""
        return scheme + "****" + text[at...]
    }

    private mutating func setURL(_ text: String) throws(OutputError) {
        let pieces = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        try setAddress(String(pieces[0]), "influxdb")
        let path = pieces[0].split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        if path.count == 4, !path[3].isEmpty { database = Self.unescaped(path[3]) }
        if pieces.count == 1 { return }
        let names = [
            "insecure": "INSECURE", "payload_size": "PAYLOAD_SIZE", "precision": "PRECISION",
            "retention": "RETENTION", "consistency": "CONSISTENCY", "pushInterval": "PUSH_INTERVAL",
            "concurrentWrites": "CONCURRENT_WRITES", "tagsAsFields": "TAGS_AS_FIELDS",
        ]
        for pair in pieces[1].split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = names[String(parts[0])] else {
                let all = names.keys.sorted().joined(separator: ", ")
                throw OutputError("unknown query parameter \"\(parts[0])\"; there are \(all)")
            }
            let value = parts.count == 2 ? Self.unescaped(parts[1]) : ""
            if key == "TAGS_AS_FIELDS", !isTagsSetByQuery {
                fields = [:]
                isTagsSetByQuery = true
            }
            try set(key, value, String(parts[0]))
        }
    }

    /// The parameter may come more than once and then adds.
    private var isTagsSetByQuery = false

    private mutating func set(_ key: String, _ value: String, _ source: String) throws(OutputError) {
        switch key {
        case "INSECURE":
            switch value {
            case "", "1", "t", "T", "true", "TRUE", "True": isInsecure = true
            case "0", "f", "F", "false", "FALSE", "False": isInsecure = false
            default: throw OutputError("\(source) must be true or false, not \"\(value)\"")
            }
        case "PAYLOAD_SIZE": payloadSize = try Self.number(value, source, least: 1)
        case "CONCURRENT_WRITES": concurrentWrites = try Self.number(value, source, least: 1)
        case "PUSH_INTERVAL":
            do { pushIntervalNs = try GoDuration.parseExtended(value) } catch {
                throw OutputError("\(source): \(error)")
            }
            if pushIntervalNs <= 0 {
                throw OutputError("\(source) must be longer than nothing, not \(value)")
            }
        case "PRECISION":
            let names = ["n": "ns", "us": "u", "µs": "u"]
            guard let precision = Precision(rawValue: names[value] ?? value) else {
                let all = Precision.allCases.map(\.rawValue).joined(separator: ", ")
                throw OutputError("unknown \(source) \"\(value)\"; there are \(all)")
            }
            self.precision = precision
        case "RETENTION": retention = value
        case "CONSISTENCY": consistency = value
        default:
            if !isTagsSetByQuery { fields = [:] }
            for entry in value.split(separator: ",") {
                let parts = entry.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                if parts[0].isEmpty {
                    throw OutputError("\(source): \"\(entry)\" has no name before its type")
                }
                guard let kind = FieldKind(rawValue: parts.count == 2 ? String(parts[1]) : "string") else {
                    throw OutputError(
                        "\(source): unknown type \"\(parts[1])\" of the field \"\(parts[0])\"; there are "
                            + "string, bool, float and int")
                }
                fields[String(parts[0])] = kind
            }
        }
    }

    private static func number(_ text: String, _ source: String, least: Int) throws(OutputError) -> Int {
        guard let number = Int(text), number >= least else {
            throw OutputError("\(source) must be a whole number from \(least) on, not \"\(text)\"")
        }
        return number
    }

    // MARK: - addresses

    /// Without user, password and database, as the description shows it.
    var address: String { "\(scheme.rawValue)://\(authority)" }

    func url(_ path: String, _ query: [(key: String, value: String)]) throws(OutputError) -> RequestURL {
        let pairs = query.map { "\($0.key)=\(Self.escaped($0.value))" }
        do {
            var url = try RequestURL(parsing: "\(address)/\(path)?\(pairs.joined(separator: "&"))")
            if !username.isEmpty {
                url.user = username
                url.password = password
            }
            return url
        } catch { throw OutputError("\(address): \(error)") }
    }

    /// As Go writes query values.
    static func escaped(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126: out.unicodeScalars.append(.init(byte))
            case 32: out += "+"
            default: out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return out
    }

    static func unescaped(_ text: Substring) -> String {
        var out: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                out.append(code)
                rest = rest.dropFirst(2)
            } else {
                out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
