// Cookies of a VU or a redirect chain: RFC 6265's storage and selection, without a public-suffix list (as
// k6). Pure; time is an argument.

public struct CookieJar: Sendable {
    public struct Cookie: Equatable, Sendable {
        public var name: String
        public var value: String
        public var domain: String
        public var path: String
        /// Seconds since 1970; nil for the session's length.
        public var expiresSeconds: Int64?
        public var isSecure = false
        public var isHTTPOnly = false
        /// Without a Domain attribute the cookie goes to exactly this host.
        public var isHostOnly = true
        var order: Int = 0
    }

    /// What may stand behind a cookie's value; nil and false where it does not.
    public struct Attributes: Equatable, Sendable {
        public var domain: String?
        public var path: String?
        /// Seconds since 1970.
        public var expiresSeconds: Int64?
        /// From now; 0 or less ends the cookie. Counts more than the date.
        public var maxAgeSeconds: Int64?
        public var isSecure = false
        public var isHTTPOnly = false

        public init() {}
    }

    public private(set) var cookies: [Cookie] = []
    private var nextOrder = 0

    public init() {}

    public var isEmpty: Bool { cookies.isEmpty }
    /// What the cookies take in memory, roughly.
    public var approximateBytes: Int {
        cookies.reduce(0) { $0 + $1.value.utf8.count + MemoryLayout<Cookie>.stride }
    }

    /// Stores the cookie of one `Set-Cookie` line. - Returns: false when the line sets nothing (no name, a
    /// domain that is not the host's).
    @discardableResult
    public mutating func store(_ line: String, from url: RequestURL, nowSeconds: Int64) -> Bool {
        guard let parsed = Self.parse(line) else { return false }
        return store(parsed.name, parsed.value, parsed.attributes, from: url, nowSeconds: nowSeconds)
    }

    /// Stores a cookie as if `url` had set it; the value is kept as it is, whatever it holds. - Returns:
    /// false when the domain is not the host's.
    @discardableResult
    public mutating func store(
        _ name: String, _ value: String, _ attributes: Attributes, from url: RequestURL, nowSeconds: Int64
    ) -> Bool {
        guard var cookie = Self.cookie(name, value, attributes, url, nowSeconds) else { return false }
        cookie.order = nextOrder
        nextOrder += 1
        if let known = cookies.firstIndex(where: {
            $0.name == cookie.name && $0.domain == cookie.domain && $0.path == cookie.path
        }) {
            cookie.order = cookies[known].order
            cookies.remove(at: known)
        }
        if let expires = cookie.expiresSeconds, expires <= nowSeconds { return true }
        cookies.append(cookie)
        return true
    }

    /// Forgets a cookie.
    public mutating func remove(_ cookie: Cookie) {
        cookies.removeAll {
            $0.name == cookie.name && $0.domain == cookie.domain && $0.path == cookie.path
        }
    }

    /// The cookies a request to `url` carries: longest path first, then oldest.
    public func matching(_ url: RequestURL, nowSeconds: Int64) -> [Cookie] {
        let path = String(Substring(url.target.utf8.prefix { $0 != UInt8(ascii: "?") }))
        return cookies.filter { cookie in
            (cookie.expiresSeconds ?? Int64.max) > nowSeconds && (!cookie.isSecure || url.isSecure)
                && (cookie.isHostOnly
                    ? url.host == cookie.domain
                    : url.host == cookie.domain || url.host.hasSuffix("." + cookie.domain))
                && Self.path(path, isUnder: cookie.path)
        }.sorted {
            $0.path.utf8.count != $1.path.utf8.count
                ? $0.path.utf8.count > $1.path.utf8.count : $0.order < $1.order
        }
    }

    /// The `Cookie` header's value for `url`, or nil when none goes there.
    public func header(for url: RequestURL, nowSeconds: Int64) -> String? {
        let sent = matching(url, nowSeconds: nowSeconds)
        return sent.isEmpty ? nil : sent.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")
    }

    private static func path(_ path: String, isUnder folder: String) -> Bool {
        let bytes = path.utf8
        let isClosed = folder.utf8.last == UInt8(ascii: "/")
        return path == folder || bytes.starts(with: (isClosed ? folder : folder + "/").utf8)
    }

    static func parse(_ line: String) -> (name: String, value: String, attributes: Attributes)? {
        // Bytes, not characters: a combining mark after a semicolon would hide it.
        let parts = line.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
            .map { trim(Substring($0)) }
        guard let equals = parts[0].utf8.firstIndex(of: UInt8(ascii: "=")), equals > parts[0].startIndex
        else {
            return nil
        }
        var value = trim(parts[0][parts[0].utf8.index(after: equals)...])
        let quote = UInt8(ascii: "\"")
        if value.utf8.count >= 2, value.utf8.first == quote, value.utf8.last == quote {
            value = Substring(value.utf8.dropFirst().dropLast())
        }
        var attributes = Attributes()
        for part in parts.dropFirst() {
            let pair = part.utf8.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false
            ).map { trim(Substring($0)) }
            let argument = pair.count > 1 ? String(pair[1]) : ""
            switch ASCII.lowercased(String(pair[0])) {
            case "secure": attributes.isSecure = true
            case "httponly": attributes.isHTTPOnly = true
            case "path": if argument.utf8.first == UInt8(ascii: "/") { attributes.path = argument }
            case "max-age": attributes.maxAgeSeconds = Int64(argument)
            case "expires":
                attributes.expiresSeconds = HTTPDate.seconds(argument) ?? attributes.expiresSeconds
            case "domain": attributes.domain = argument
            default: break
            }
        }
        return (String(trim(parts[0][..<equals])), String(value), attributes)
    }

    private static func cookie(
        _ name: String, _ value: String, _ attributes: Attributes, _ url: RequestURL, _ nowSeconds: Int64
    ) -> Cookie? {
        var cookie = Cookie(name: name, value: value, domain: url.host, path: defaultPath(url.target))
        cookie.isSecure = attributes.isSecure
        cookie.isHTTPOnly = attributes.isHTTPOnly
        if let path = attributes.path, path.utf8.first == UInt8(ascii: "/") { cookie.path = path }
        if let argument = attributes.domain, !argument.isEmpty {
            if isAddress(url.host) {
                if argument != url.host { return nil }
            } else {
                let domain = ASCII.lowercased(
                    argument.hasPrefix(".") ? String(argument.dropFirst()) : argument)
                let dot = UInt8(ascii: ".")
                if domain.isEmpty || domain.utf8.first == dot || domain.utf8.last == dot { return nil }
                guard url.host == domain || url.host.hasSuffix("." + domain) else { return nil }
                cookie.domain = domain
                cookie.isHostOnly = false
            }
        }
        cookie.expiresSeconds = attributes.expiresSeconds
        if let maxAge = attributes.maxAgeSeconds {
            let (expires, overflow) = nowSeconds.addingReportingOverflow(maxAge)
            cookie.expiresSeconds = maxAge <= 0 ? 0 : overflow ? Int64.max : expires
        }
        return cookie
    }

    /// An address has no domains above it.
    private static func isAddress(_ host: String) -> Bool {
        host.utf8.contains(UInt8(ascii: ":"))
            || host.utf8.allSatisfy {
                $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
    }

    private static func defaultPath(_ target: String) -> String {
        // A path is ASCII; a query goes out as it was given.
        let path = Substring(target.utf8.prefix { $0 != UInt8(ascii: "?") })
        guard let last = path.lastIndex(of: "/"), last > path.startIndex else { return "/" }
        return String(path[..<last])
    }

    private static func trim(_ text: Substring) -> Substring {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        let start = text.utf8.firstIndex { !isSpace($0) } ?? text.endIndex
        let end = text.utf8.lastIndex { !isSpace($0) }.map { text.utf8.index(after: $0) } ?? start
        return text[start..<end]
    }
}

/// Dates as HTTP writes them.
public enum HTTPDate {
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    private static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// Seconds since 1970 of a date in any of the forms RFC 6265 accepts, or nil.
    public static func seconds(_ text: String) -> Int64? {
        var (day, month, year): (Int?, Int?, Int?) = (nil, nil, nil)
        var time: (Int, Int, Int)?
        for token in text.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != ":" }) {
            let clock = token.split(separator: ":").map { Int($0) }
            if time == nil, clock.count == 3, let h = clock[0], let m = clock[1], let s = clock[2] {
                time = (h, m, s)
            } else if day == nil, token.count <= 2, let number = Int(token) {
                day = number
            } else if month == nil,
                let index = months.firstIndex(of: ASCII.lowercased(String(token.prefix(3))))
            {
                month = index + 1
            } else if year == nil, let number = Int(token), token.count == 4 || token.count == 2 {
                year = token.count == 4 ? number : number + (number < 70 ? 2000 : 1900)
            }
        }
        guard let day, let month, let year, let time, (1...31).contains(day), year >= 1601, time.0 < 24,
            time.1 < 60, time.2 < 60
        else { return nil }
        return daysSince1970(year, month, day) * 86_400 + Int64(time.0 * 3600 + time.1 * 60 + time.2)
    }

    /// The same of the one form that has no variants, `Thu, 01 Jan 1970 00:00:00 GMT`, whatever the zone is
    /// called; nil for every other.
    public static func secondsOfFixedForm(_ text: String) -> Int64? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count).prefix(5) == [4, 2, 3, 4, 8], parts.count == 6,
            weekdays.contains(ASCII.lowercased(String(parts[0].dropLast()))), parts[0].last == ",",
            (3...4).contains(parts[5].utf8.count), parts[5].allSatisfy({ ("A"..."Z").contains($0) })
        else { return nil }
        return seconds(parts[1...4].joined(separator: " "))
    }

    /// Days from 1970-01-01 in the Gregorian calendar.
    static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468)
    }
}
