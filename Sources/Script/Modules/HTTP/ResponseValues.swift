// The values of a response's properties, made when a script first looks. Called by HTTPResponse.

import Base
import CQuickJS
import Codec
import Engine
import EventLoop
import HTTP

enum ResponseValues {
    static func make(_ ctx: JSContextRef, _ data: ResponseData, _ field: ResponseField) -> JSValue {
        switch field {
        case .remoteIP: JS.string(ctx, data.remote?.host ?? "")
        case .remotePort: JS.int(Int32(data.remote?.port ?? 0))
        case .url: JS.string(ctx, url(data))
        case .status, .errorCode, .clickLink, .html, .json, .submitForm: JS.undefined
        case .statusText: JS.string(ctx, data.status == 0 ? "" : StatusText.line(data.status))
        case .proto: JS.string(ctx, proto(data))
        case .headers: headers(ctx, data)
        case .cookies: cookies(ctx, data)
        case .body: body(ctx, data)
        case .timings: timings(ctx, data)
        case .tlsVersion: JS.string(ctx, tlsVersion(data))
        case .tlsCipherSuite:
            JS.string(ctx, data.cipherSuite.map { VM.of(ctx).host.cipherSuiteName($0) } ?? "")
        case .ocsp: ocsp(ctx, isSecure: !tlsVersion(data).isEmpty)
        case .error: JS.string(ctx, data.errorText)
        case .request: request(ctx, data)
        }
    }

    /// Where the response came from; the script's own words when none came.
    private static func url(_ data: ResponseData) -> String {
        if data.isUnbuilt { return "" }
        return data.error.isNone ? data.plan.draft.url.shown : data.firstPlan.draft.url.source
    }

    private static func proto(_ data: ResponseData) -> String {
        if data.status == 0 { return "" }
        return data.flags.contains(.http10) ? "HTTP/1.0" : "HTTP/1.1"
    }

    private static func tlsVersion(_ data: ResponseData) -> String {
        data.flags.contains(.tls13) ? "tls1.3" : data.flags.contains(.tls12) ? "tls1.2" : ""
    }

    private static func ocsp(_ ctx: JSContextRef, isSecure: Bool) -> JSValue {
        let object = JS_NewObject(ctx)
        for name in ["produced_at", "this_update", "next_update", "revoked_at"] {
            JS.define(ctx, object, name, JS.int(0))
        }
        JS.define(ctx, object, "revocation_reason", JS.string(ctx, ""))
        JS.define(ctx, object, "status", JS.string(ctx, isSecure ? "unknown" : ""))
        return object
    }

    /// Names as Go writes them, several values of one name joined.
    private static func headers(_ ctx: JSContextRef, _ data: ResponseData) -> JSValue {
        let object = JS_NewObject(ctx)
        guard let head = data.head else { return object }
        var values: [(name: String, value: String)] = []
        for (name, value) in head.pairs() {
            let canonical = RequestDraft.canonical(name)
            if let index = values.firstIndex(where: { $0.name == canonical }) {
                values[index].value += ", " + value
            } else {
                values.append((canonical, value))
            }
        }
        for (name, value) in values { JS.define(ctx, object, name, JS.string(ctx, value)) }
        return object
    }

    /// The cookies the last response set.
    private static func cookies(_ ctx: JSContextRef, _ data: ResponseData) -> JSValue {
        let object = JS_NewObject(ctx)
        guard let head = data.head else { return object }
        var lists: [(name: String, values: [JSValue])] = []
        for (name, value) in head.pairs() where ASCII.lowercased(name) == "set-cookie" {
            guard let cookie = SetCookie(value) else { continue }
            let entry = JS_NewObject(ctx)
            JS.define(ctx, entry, "name", JS.string(ctx, cookie.name))
            JS.define(ctx, entry, "value", JS.string(ctx, cookie.value))
            JS.define(ctx, entry, "domain", JS.string(ctx, cookie.domain))
            JS.define(ctx, entry, "path", JS.string(ctx, cookie.path))
            JS.define(ctx, entry, "http_only", JS.bool(cookie.isHTTPOnly))
            JS.define(ctx, entry, "secure", JS.bool(cookie.isSecure))
            JS.define(ctx, entry, "max_age", JS.number(ctx, cookie.maxAge))
            JS.define(ctx, entry, "expires", JS.number(ctx, cookie.expiresMs))
            if let index = lists.firstIndex(where: { $0.name == cookie.name }) {
                lists[index].values.append(entry)
            } else {
                lists.append((cookie.name, [entry]))
            }
        }
        for (name, values) in lists { JS.define(ctx, object, name, JS.array(ctx, values)) }
        return object
    }

    private static func body(_ ctx: JSContextRef, _ data: ResponseData) -> JSValue {
        // k6 shows an empty list of bytes where a request could not even be built.
        if data.isUnbuilt { return JS_NewArray(ctx) }
        guard data.hasBody else { return JS.null }
        return data.plan.responseType == .binary
            ? JS.arrayBuffer(ctx, data.bytes) : JS.string(ctx, data.bytes)
    }

    private static func timings(_ ctx: JSContextRef, _ data: ResponseData) -> JSValue {
        let object = JS_NewObject(ctx)
        func add(_ name: String, _ ns: Int64) {
            JS.define(ctx, object, name, JS.number(ctx, Double(ns) * 1e-6))
        }
        add("duration", data.phases.durationNs)
        add("blocked", data.phases.blockedNs)
        add("looking_up", 0)
        add("connecting", data.phases.connectingNs)
        add("tls_handshaking", data.phases.securingNs)
        add("sending", data.phases.sendingNs)
        add("waiting", data.phases.waitingNs)
        add("receiving", data.phases.receivingNs)
        return object
    }

    /// The first request of the chain.
    private static func request(_ ctx: JSContextRef, _ data: ResponseData) -> JSValue {
        if data.isUnbuilt { return JS.null }
        let draft = data.firstPlan.draft
        let object = JS_NewObject(ctx)
        JS.define(ctx, object, "method", JS.string(ctx, draft.method))
        JS.define(ctx, object, "url", JS.string(ctx, data.firstPlan.digest?.shownURL ?? draft.url.shown))
        JS.define(ctx, object, "headers", requestHeaders(ctx, draft))
        let body = data.firstPlan.bodyAsGiven ?? draft.body
        JS.define(
            ctx, object, "body", GoUTF8.repaired(body).withUnsafeBufferPointer { JS.string(ctx, $0) })
        JS.define(ctx, object, "cookies", requestCookies(ctx, draft))
        return object
    }

    /// What the `Cookie` header says, whoever wrote it. k6 forgets which of them replaced others.
    private static func requestCookies(_ ctx: JSContextRef, _ draft: RequestDraft) -> JSValue {
        var lists: [(name: String, values: [JSValue])] = []
        for cookie in SentCookie.read(draft.header("cookie") ?? "") {
            let entry = JS_NewObject(ctx)
            JS.define(ctx, entry, "name", JS.string(ctx, cookie.name))
            JS.define(ctx, entry, "value", JS.string(ctx, cookie.value))
            JS.define(ctx, entry, "replace", JS.bool(false))
            if let index = lists.firstIndex(where: { $0.name == cookie.name }) {
                lists[index].values.append(entry)
            } else {
                lists.append((cookie.name, [entry]))
            }
        }
        let object = JS_NewObject(ctx)
        for list in lists { JS.define(ctx, object, list.name, JS.array(ctx, list.values)) }
        return object
    }

    private static func requestHeaders(_ ctx: JSContextRef, _ draft: RequestDraft) -> JSValue {
        var headers: [(name: String, values: [String])] = []
        func add(_ name: String, _ value: String) {
            if let index = headers.firstIndex(where: { $0.name == name }) {
                headers[index].values.append(value)
            } else {
                headers.append((name, [value]))
            }
        }
        if draft.header("user-agent") == nil, !draft.userAgent.isEmpty { add("User-Agent", draft.userAgent) }
        for header in draft.headers {
            let name = RequestDraft.canonical(header.name)
            // To Go it is no header.
            if name != "Content-Length" { add(name, header.value) }
        }
        let object = JS_NewObject(ctx)
        for header in headers.sorted(by: { $0.name < $1.name }) {
            JS.define(ctx, object, header.name, JS.strings(ctx, header.values))
        }
        return object
    }
}

/// A cookie of a `Cookie` header as Go reads it: what is malformed is none.
struct SentCookie {
    var name: String
    var value: String

    static func read(_ header: String) -> [SentCookie] {
        header.utf8.split(separator: UInt8(ascii: ";")).compactMap { SentCookie(part: $0) }
    }

    private init?(part: Substring.UTF8View) {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        var part = part.drop(while: isSpace)
        while let last = part.last, isSpace(last) { part.removeLast() }
        let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
        var bytes = Array(part[equals...].dropFirst())
        let quote = UInt8(ascii: "\"")
        if bytes.count > 1, bytes.first == quote, bytes.last == quote {
            bytes = Array(bytes.dropFirst().dropLast())
        }
        name = String(decoding: part[..<equals], as: UTF8.self)
        value = String(decoding: bytes, as: UTF8.self)
        guard RequestDraft.isToken(name),
            bytes.allSatisfy({ 0x20 <= $0 && $0 < 0x7F && $0 != quote && $0 != UInt8(ascii: "\\") })
        else { return nil }
    }
}

/// A `Set-Cookie` line as k6 shows it: what the line says, nothing filled in.
struct SetCookie {
    var name = ""
    var value = ""
    var domain = ""
    var path = ""
    var isHTTPOnly = false
    var isSecure = false
    var maxAge: Int64 = 0
    /// Milliseconds since 1970; k6 shows this number where there is no date.
    var expiresMs = SetCookie.noDateMs

    /// What k6 makes of Go's zero time.
    static let noDateMs: Int64 = -6_795_364_578_871

    init?(_ line: String) {
        let parts = line.split(separator: ";", omittingEmptySubsequences: false).map { Text.trim($0) }
        guard let equals = parts[0].firstIndex(of: "="), equals > parts[0].startIndex else { return nil }
        name = String(parts[0][..<equals])
        value = String(parts[0][parts[0].index(after: equals)...])
        if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") {
            value = String(value.dropFirst().dropLast())
        }
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1).map { Text.trim($0) }
            let argument = pair.count > 1 ? pair[1] : ""
            switch ASCII.lowercased(pair.first ?? "") {
            case "domain": domain = argument
            case "path": path = argument
            case "httponly": isHTTPOnly = true
            case "secure": isSecure = true
            // Go's way of saying "delete now".
            case "max-age": maxAge = Int64(argument).map { $0 <= 0 ? -1 : $0 } ?? 0
            case "expires": if let seconds = HTTPDate.seconds(argument) { expiresMs = seconds * 1000 }
            default: break
            }
        }
    }
}

enum Text {
    static func trim(_ text: some StringProtocol) -> String {
        var rest = Substring(text)
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return String(rest)
    }
}

/// Status lines as Go words them.
enum StatusText {
    static func line(_ status: UInt16) -> String {
        texts[status].map { "\(status) \($0)" } ?? "\(status) "
    }

    private static let texts: [UInt16: String] = [
        100: "Continue", 101: "Switching Protocols", 102: "Processing", 103: "Early Hints", 200: "OK",
        201: "Created", 202: "Accepted", 203: "Non-Authoritative Information", 204: "No Content",
        205: "Reset Content", 206: "Partial Content", 207: "Multi-Status", 208: "Already Reported",
        226: "IM Used", 300: "Multiple Choices", 301: "Moved Permanently", 302: "Found", 303: "See Other",
        304: "Not Modified", 305: "Use Proxy", 307: "Temporary Redirect", 308: "Permanent Redirect",
        400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required",
        408: "Request Timeout", 409: "Conflict", 410: "Gone", 411: "Length Required",
        412: "Precondition Failed", 413: "Request Entity Too Large", 414: "Request URI Too Long",
        415: "Unsupported Media Type", 416: "Requested Range Not Satisfiable", 417: "Expectation Failed",
        418: "I'm a teapot", 421: "Misdirected Request", 422: "Unprocessable Entity", 423: "Locked",
        424: "Failed Dependency", 425: "Too Early", 426: "Upgrade Required", 428: "Precondition Required",
        429: "Too Many Requests", 431: "Request Header Fields Too Large",
        451: "Unavailable For Legal Reasons", 500: "Internal Server Error", 501: "Not Implemented",
        502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
        505: "HTTP Version Not Supported", 506: "Variant Also Negotiates", 507: "Insufficient Storage",
        508: "Loop Detected", 510: "Not Extended", 511: "Network Authentication Required",
    ]
}
