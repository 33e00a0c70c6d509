// Signature version 4 of Amazon's services, by which its managed Prometheus (`aps`) knows who writes. Pure;
// made by `RemoteWriteConfiguration`, called for each attempt to send a request, because a signature is good
// for minutes only.

import Base
import Codec

public struct AWSSignature: Hashable, Sendable {
    public var region: String
    public var accessKey: String
    public var secretKey: String
    static let service = "aps"

    public init(region: String, accessKey: String, secretKey: String) {
        self.region = region
        self.accessKey = accessKey
        self.secretKey = secretKey
    }

    /// The headers to add to a POST request.
    /// - Parameters:
    ///   - host: as the Host header has it.
    ///   - target: path with query.
    ///   - headers: those that are signed beside the host and the two about time and body.
    public func headers(
        host: String, target: String, headers: [RemoteWriteConfiguration.Header], body: [UInt8], wallNs: Int64
    ) -> [RemoteWriteConfiguration.Header] {
        self.headers(
            host: host, target: target, headers: headers, bodyHash: Self.sha256(body), wallNs: wallNs)
    }

    func headers(
        host: String, target: String, headers: [RemoteWriteConfiguration.Header], bodyHash: String,
        wallNs: Int64
    ) -> [RemoteWriteConfiguration.Header] {
        let time = Self.time(wallNs)
        let date = String(time.prefix(8))
        let own = [
            RemoteWriteConfiguration.Header("X-Amz-Content-Sha256", bodyHash),
            RemoteWriteConfiguration.Header("X-Amz-Date", time),
        ]
        let unsigned: Set = ["authorization", "user-agent", "host"]
        let signed =
            ([RemoteWriteConfiguration.Header("host", host)] + own
            + headers.filter { !unsigned.contains($0.name.lowercased()) })
            .map { ($0.name.lowercased(), $0.value) }.sorted { $0.0 < $1.0 }
        let names = signed.map(\.0).joined(separator: ";")
        let (path, query) = Self.canonical(target: target)
        let lines =
            ["POST", path, query] + signed.map { "\($0.0):\($0.1)" } + ["", names, bodyHash]
        let request = lines.joined(separator: "\n")
        let scope = "\(date)/\(region)/\(Self.service)/aws4_request"
        let statement = [
            "AWS4-HMAC-SHA256", time, scope,
            Self.sha256(Array(request.utf8)),
        ].joined(separator: "\n")
        var key = Array("AWS4\(secretKey)".utf8)
        for part in [date, region, Self.service, "aws4_request", statement] {
            key = Self.hmac(key, part)
        }
        let credential = "Credential=\(accessKey)/\(scope)"
        return own + [
            RemoteWriteConfiguration.Header(
                "Authorization",
                "AWS4-HMAC-SHA256 \(credential), SignedHeaders=\(names), Signature=\(Hex.encode(key))")
        ]
    }

    private static func sha256(_ bytes: [UInt8]) -> String {
        guard let digest = Digest.sha256.hash(bytes) else { preconditionFailure(noDigest) }
        return Hex.encode(digest)
    }

    private static func hmac(_ key: [UInt8], _ text: String) -> [UInt8] {
        let digest = key.withUnsafeBytes { key in
            Array(text.utf8).withUnsafeBytes { Digest.sha256.hmac(key: key, $0) }
        }
        guard let digest else { preconditionFailure(noDigest) }
        return digest
    }

    /// Every provider of OpenSSL's has it, that for FIPS included.
    private static let noDigest = "OpenSSL has no SHA-256"

    /// The path encoded once more, the query's parts sorted.
    private static func canonical(target: String) -> (path: String, query: String) {
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var path = ""
        for byte in halves[0].utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 47, 95, 126: path.unicodeScalars.append(.init(byte))
            default: path += "%" + Hex.encode([byte]).uppercased()
            }
        }
        if halves.count == 1 { return (path.isEmpty ? "/" : path, "") }
        let parts = halves[1].split(separator: "&").map { $0.contains("=") ? String($0) : "\($0)=" }
        return (path.isEmpty ? "/" : path, parts.sorted().joined(separator: "&"))
    }

    /// "20261126T005848Z".
    static func time(_ wallNs: Int64) -> String {
        let seconds = Int(wallNs / Ns.perSecond)
        let (year, month, day) = date(ofDay: seconds / 86_400)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let inDay = seconds % 86_400
        let clock = [inDay / 3600, inDay / 60 % 60, inDay % 60].map(two).joined()
        return "\(year)\(two(month))\(two(day))T\(clock)Z"
    }

    /// - Parameter ofDay: days since 1970, not before.
    private static func date(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
        // Years begin in March here, so that the leap day is the last; 146,097 days are 400 years.
        let shifted = day + 719_468
        let inEra = shifted % 146_097
        let year = (inEra - inEra / 1460 + inEra / 36_524 - inEra / 146_096) / 365
        let inYear = inEra - (365 * year + year / 4 - year / 100)
        let month = (5 * inYear + 2) / 153
        let isNext = month >= 10
        return (
            shifted / 146_097 * 400 + year + (isNext ? 1 : 0), isNext ? month - 9 : month + 3,
            inYear - (153 * month + 2) / 5 + 1
        )
    }
}
