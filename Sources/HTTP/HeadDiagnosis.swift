// Why a response head is none, as Go's client words it. Called by the parser of responses, once one was
// refused; what Go would have taken is nobody's fault here. Pure.

import Base

enum HeadDiagnosis {
    /// Longer lines are not worth being the value of a tag.
    private static let lineBytesMax = 256

    static func text(of head: UnsafeBufferPointer<UInt8>) -> String? {
        let lines = head.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0
        }
        guard lines.allSatisfy({ $0.count <= lineBytesMax }), let status = lines.first else { return nil }
        if let problem = statusProblem(String(decoding: status, as: UTF8.self)) { return problem }
        for line in lines.dropFirst() {
            if line.isEmpty { break }
            if let problem = headerProblem(String(decoding: line, as: UTF8.self)) { return problem }
        }
        return nil
    }

    private static func statusProblem(_ line: String) -> String? {
        let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return "malformed HTTP response \(GoText.quoted(line))" }
        let code = parts[1].drop { $0 == " " }.prefix { $0 != " " }
        if code.utf8.count != 3 || !code.utf8.allSatisfy({ (48...57).contains($0) }) {
            return "malformed HTTP status code \(GoText.quoted(String(code)))"
        }
        let version = Array(parts[0].utf8)
        let isVersion =
            version.count == 8 && version.starts(with: "HTTP/".utf8) && version[6] == UInt8(ascii: ".")
            && (48...57).contains(version[5]) && (48...57).contains(version[7])
        return isVersion ? nil : "malformed HTTP version \(GoText.quoted(String(parts[0])))"
    }

    private static func headerProblem(_ line: String) -> String? {
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            return "malformed MIME header: missing colon: \(GoText.quoted(line))"
        }
        let name = String(line[..<colon])
        if !RequestDraft.isToken(name) { return "malformed MIME header line: \(line)" }
        if ASCII.lowercased(name) != "content-length" { return nil }
        let value = line[line.utf8.index(after: colon)...].filter { $0 != " " && $0 != "\t" }
        let isNumber = !value.isEmpty && value.utf8.allSatisfy { (48...57).contains($0) }
        return isNumber ? nil : "bad Content-Length \(GoText.quoted(String(value)))"
    }
}
