// The table of what the embedded server answers, and how a path finds its entry. The functions are in
// TargetRoutes+Answers.swift and TargetFaults.swift. Called by TargetReply once per request that is not a
// plain GET of `/`, which never comes here.

import Base
import HTTP

/// One entry: a path, or with a slash at its end the beginning of one, and who answers it.
struct TargetRoute: Sendable {
    typealias Answer = @Sendable (TargetReply, TargetPath, UnsafeMutablePointer<RequestHead>) -> Void

    let path: StaticString
    let usage: String
    let says: String
    let answer: Answer

    init(_ path: StaticString, _ arguments: String, _ says: String, _ answer: @escaping Answer) {
        self.path = path
        usage = "\(path)\(arguments)"
        self.says = says
        self.answer = answer
    }
}

enum TargetRoutes {
    /// Searched in order: what load tests ask for most comes first.
    static let table: [TargetRoute] =
        [
            TargetRoute("/", "a text of about 600 bytes", root),
            TargetRoute("/bytes/", "N", "a body of N bytes", bytes),
            TargetRoute("/delay/", "MS", "answers after MS milliseconds", delay),
            TargetRoute("/status/", "N", "status N; an interim one is followed by 200", status),
            TargetRoute("/json", "a small JSON document", json),
            TargetRoute("/echo", "", "the request as JSON: method, target, headers, body", echo),
            TargetRoute("/headers", "", "the request's headers as JSON", headers),
            TargetRoute("/redirect/", "N?status=302&to=/", "N redirects in a row, then `to`", redirect),
            TargetRoute("/cookies", "", "the cookies that were sent, as JSON", cookies),
            TargetRoute("/cookies/set", "?NAME=VALUE", "sets cookies and redirects to /cookies", setCookies),
            TargetRoute("/chunked/", "N", "N lines, each in a chunk of its own", chunked),
            TargetRoute("/gzip", "the text of / in gzip", { $0.coded("gzip", TargetBodies.gzip) }),
            TargetRoute(
                "/deflate", "the text of / in deflate", { $0.coded("deflate", TargetBodies.deflate) }),
            TargetRoute("/br", "the text of / in brotli", { $0.coded("br", TargetBodies.brotli) }),
            TargetRoute("/zstd", "the text of / in zstd", { $0.coded("zstd", TargetBodies.zstd) }),
            TargetRoute("/bad-gzip", "says gzip, is not", { $0.coded("gzip", TargetBodies.badGzip) }),
            TargetRoute("/basic-auth/", "USER/PASSWORD", "401 without these credentials", basicAuth),
            TargetRoute("/until-close/", "N", "N bytes of no stated length, then the end", untilClose),
            TargetRoute("/http10", "an answer in HTTP/1.0", http10),
            TargetRoute("/early-hints", "103 Early Hints, then 200", earlyHints),
            TargetRoute("/stats", "what this server counted, as JSON", stats),
        ] + TargetPages.table + TargetFaults.table

    static func answer(_ reply: TargetReply, _ head: UnsafeMutablePointer<RequestHead>) {
        var path = TargetPath(head)
        for route in table where path.matches(route.path) { return route.answer(reply, path, head) }
        notFound(reply)
    }

    /// Whether the request's body is kept until the answer.
    static func wantsBody(_ path: TargetPath) -> Bool {
        var path = path
        return path.matches("/echo") || path.matches("/shop/login")
    }

    private static func notFound(_ reply: TargetReply) {
        let width = table.map(\.usage.utf8.count).max() ?? 0
        let lines = table.map { route in
            let gap = String(repeating: " ", count: width - route.usage.utf8.count + 2)
            return "  \(route.usage)\(gap)\(route.says)\n"
        }
        reply.text(404, "There is nothing at this path. apus target answers:\n" + lines.joined())
    }
}

extension TargetRoute {
    /// For answers that look at nothing but the path.
    init(_ path: StaticString, _ says: String, _ answer: @escaping @Sendable (TargetReply) -> Void) {
        self.init(path, "", says) { reply, _, _ in answer(reply) }
    }
}
