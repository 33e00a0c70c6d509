// The left side of a threshold in the options, "http_req_duration{scenario:a,status:200}": a metric's name
// and the tags that narrow it. Parsed at set-up with k6's rules, its lenient quoting included. Pure.

import Base

public struct ThresholdKey: Hashable, Sendable {
    public let metric: String
    /// What stands between the braces, trimmed; nil without braces.
    public let suffix: String?
    /// In the order written.
    public let tags: [MetricTag]

    public init(_ key: String) throws(ThresholdError) {
        let bytes = Array(key.utf8)
        let opening = bytes.firstIndex(of: UInt8(ascii: "{"))
        let closing = bytes.lastIndex(of: UInt8(ascii: "}"))
        if opening == nil, closing == nil {
            metric = key
            suffix = nil
            tags = []
            return
        }
        guard let opening, let closing else { throw .unmatchedBrace(key: key) }
        if closing < opening { throw .bracesReversed(key: key) }
        if closing != bytes.count - 1 { throw .braceNotLast(key: key) }
        metric = String(decoding: bytes[..<opening], as: UTF8.self)
        let content = String(decoding: bytes[(opening + 1)..<closing], as: UTF8.self)
        tags = try Self.tags(content)
        suffix = GoText.trimmed(content)
    }

    private static func tags(_ content: String) throws(ThresholdError) -> [MetricTag] {
        var tags: [MetricTag] = []
        for part in content.split(separator: ",", omittingEmptySubsequences: false) {
            guard let colon = part.firstIndex(of: ":") else { throw .malformedTag(String(part)) }
            let value = part[part.index(after: colon)...]
            if value.isEmpty { throw .malformedTag(String(part)) }
            let tag = MetricTag(bare(part[..<colon]), bare(value))
            // k6 overflows its stack on this one.
            if tag.key.isEmpty { throw .malformedTag(String(part)) }
            tags.append(tag)
        }
        return tags
    }

    /// Without outer spaces, then without any quotes at the ends, matching or not.
    private static func bare(_ text: Substring) -> String {
        var text = GoText.trimmed(text)
        while let first = text.first, first == "\"" || first == "'" { text.removeFirst() }
        while let last = text.last, last == "\"" || last == "'" { text.removeLast() }
        return String(text)
    }
}
