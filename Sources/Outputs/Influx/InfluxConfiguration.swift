// How the output `influxdb` is set up: defaults, then the config file, the environment and the argument, with
// k6's names. Pure; called by the CLI.

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
    /// In front of the paths of requests; only what is no argument can say it.
    var pathPrefix = ""
    var database = "k6"
    /// Those of the address count where no others were given.
    var username: String { ownUsername.isEmpty ? addressUsername : ownUsername }
    var password: String { ownUsername.isEmpty ? addressPassword : ownPassword }
    private var ownUsername = ""
    private var ownPassword = ""
    private var addressUsername = ""
    private var addressPassword = ""
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
    public init(
        argument: String, environment: [String: String], collector: CollectorSettings = CollectorSettings()
    ) throws(OutputError) {
        try read(collector)
        try read(environment)
        if !argument.isEmpty { try setURL(argument) }
    }

    private mutating func read(_ collector: CollectorSettings) throws(OutputError) {
        func text(_ key: String) throws(OutputError) -> String? {
            try collector.text(key).flatMap { $0.isEmpty ? nil : $0 }
        }
        if let address = try text("addr") { try setAddress(address, collector.path("addr")) }
        database = try text("db") ?? database
        ownUsername = try text("username") ?? ""
        ownPassword = try text("password") ?? ""
        isInsecure = try collector.flag("insecure") ?? isInsecure
        // As in k6 a size that is none sets nothing.
        if let size = try collector.whole("payloadSize"), size > 0 { payloadSize = size }
        pushIntervalNs = try collector.intervalNs("pushInterval") ?? pushIntervalNs
        if let number = try collector.whole("concurrentWrites") {
            try set("CONCURRENT_WRITES", String(number), collector.path("concurrentWrites"))
        }
        if let name = try text("precision") { try set("PRECISION", name, collector.path("precision")) }
        retention = try text("retention") ?? retention
        consistency = try text("consistency") ?? consistency
        if let address = try text("proxy") { try setProxy(address, collector.path("proxy")) }
        if let entries = try collector.texts("tagsAsFields") {
            fields = [:]
            try addFields(entries, collector.path("tagsAsFields"))
        }
    }

    private mutating func read(_ environment: [String: String]) throws(OutputError) {
        func text(_ name: String) -> String? {
            environment["K6_INFLUXDB_\(name)"].flatMap { $0.isEmpty ? nil : $0 }
        }
        if let address = text("ADDR") { try setAddress(address, "K6_INFLUXDB_ADDR") }
        database = text("DB") ?? database
        ownUsername = text("USERNAME") ?? ownUsername
        ownPassword = text("PASSWORD") ?? ownPassword
        for key in [
            "INSECURE", "PAYLOAD_SIZE", "PUSH_INTERVAL", "CONCURRENT_WRITES", "PRECISION", "RETENTION",
            "CONSISTENCY", "TAGS_AS_FIELDS",
        ] {
            if let value = text(key) { try set(key, value, "K6_INFLUXDB_\(key)") }
        }
        if let address = text("PROXY") { try setProxy(address, "K6_INFLUXDB_PROXY") }
        if let value = environment["APUS_INFLUXDB_POINTS_PER_SECOND"], !value.isEmpty {
            pointsPerSecondMax = try Self.number(value, "APUS_INFLUXDB_POINTS_PER_SECOND", least: 0)
        }
    }

    // MARK: - addresses as given

    private mutating func setProxy(_ address: String, _ source: String) throws(OutputError) {
        do { proxy = try RequestURL(parsing: address) } catch { throw OutputError("\(source): \(error)") }
    }

    /// - Parameter whole: what it is part of, for messages.
    private mutating func setAddress(
        _ text: String, _ source: String, of whole: String? = nil
    ) throws(OutputError) {
        let shown = HiddenCredentials.hidden(in: whole ?? text)
        let parts = text.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0].last == ":", parts[1].isEmpty, !parts[2].isEmpty,
            let scheme = Scheme(rawValue: parts[0].dropLast().lowercased())
        else {
            throw OutputError(
                "\(source): \"\(shown)\" is no address; expected http://, https:// or udp:// and a host")
        }
        self.scheme = scheme
        let path = parts.count == 4 ? parts[3].prefix { $0 != "?" && $0 != "#" } : ""
        // More likely the end of a password with a slash than a name.
        if let at = path.lastIndex(of: "@") {
            throw OutputError(
                "\(source): \"****\(path[at...])\" has an @ behind its host; a / in a password is written %2F, "
                    + "an @ in a name %40")
        }
        pathPrefix = path.split(separator: "/").map { "/\($0)" }.joined()
        (addressUsername, addressPassword) = ("", "")
        authority = String(parts[2])
        if let at = authority.lastIndex(of: "@") {
            let user = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            addressUsername = Self.unescaped(user[0])
            addressPassword = user.count == 2 ? Self.unescaped(user[1]) : ""
            authority = String(authority[authority.index(after: at)...])
            if authority.isEmpty { throw OutputError("\(source): \"\(shown)\" names no host") }
        }
        // As Go dials a port without a host.
        if authority.hasPrefix(":") { authority = "localhost\(authority)" }
        do { _ = try RequestURL(parsing: "http://\(authority)/") } catch {
            throw OutputError(
                "\(source): \"\(shown)\" is no address; expected a host and a port, and signs such as "
                    + "/ ? # @ % in a user or password as %2F %3F %23 %40 %25")
        }
    }

    private mutating func setURL(_ text: String) throws(OutputError) {
        let pieces = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        try setAddress(String(pieces[0]), "influxdb", of: text)
        pathPrefix = ""
        if !addressUsername.isEmpty { (ownUsername, ownPassword) = (addressUsername, addressPassword) }
        let path = pieces[0].split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        if path.count == 4, !path[3].isEmpty { database = Self.unescaped(path[3]) }
        if pieces.count == 2 { try setParameters(pieces[1]) }
    }

    private mutating func setParameters(_ query: Substring) throws(OutputError) {
        let names = [
            "insecure": "INSECURE", "payload_size": "PAYLOAD_SIZE", "precision": "PRECISION",
            "retention": "RETENTION", "consistency": "CONSISTENCY", "pushInterval": "PUSH_INTERVAL",
            "concurrentWrites": "CONCURRENT_WRITES", "tagsAsFields": "TAGS_AS_FIELDS",
        ]
        for pair in query.split(separator: "&") {
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
            // A parameter without a value says nothing, as in k6.
            case "": break
            case "1", "t", "T", "true", "TRUE", "True": isInsecure = true
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
            try addFields(value.split(separator: ",").map(String.init), source)
        }
    }

    private mutating func addFields(_ entries: [String], _ source: String) throws(OutputError) {
        for entry in entries {
            let parts = entry.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            if parts[0].isEmpty {
                throw OutputError("\(source): \"\(entry)\" has no name before its type")
            }
            let type = parts.count == 2 && !parts[1].isEmpty ? String(parts[1]) : "string"
            guard let kind = FieldKind(rawValue: type) else {
                throw OutputError(
                    "\(source): unknown type \"\(type)\" of the field \"\(parts[0])\"; there are "
                        + "string, bool, float and int")
            }
            // As in k6.
            if fields.updateValue(kind, forKey: String(parts[0])) != nil {
                throw OutputError("\(source): the tag \"\(parts[0])\" is there twice")
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
            var url = try RequestURL(
                parsing: "\(address)\(pathPrefix)/\(path)?\(pairs.joined(separator: "&"))")
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
