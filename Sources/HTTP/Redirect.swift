// What a redirect makes of a request: Go's client's rules, which are k6's. Pure.

public enum Redirect {
    /// The request that follows `request` to `url` after a response with `status`.
    ///
    /// 301, 302 and 303 turn anything but GET and HEAD into a GET without a body; 307 and 308 repeat the
    /// request. A `Referer` is added (never from https to http), and headers that authenticate do not leave
    /// the host.
    public static func follow(_ request: RequestDraft, to url: RequestURL, status: UInt16) -> RequestDraft {
        var next = request
        let from = request.url
        next.url = url
        if status == 301 || status == 302 || status == 303, request.method != "GET", request.method != "HEAD"
        {
            next.method = "GET"
            next.body = []
            next.headers.removeAll {
                [
                    "content-type", "content-length", "content-encoding", "content-language",
                    "content-location",
                ]
                .contains(ASCII.lowercased($0.name))
            }
        }
        // The host header belonged to the first URL; a relative redirect on the same host keeps it.
        if url.host != from.host { next.headers.removeAll { ASCII.lowercased($0.name) == "host" } }
        if !staysOnSite(from.host, url.host) {
            next.headers.removeAll {
                ["authorization", "www-authenticate", "cookie", "cookie2"].contains(ASCII.lowercased($0.name))
            }
        }
        next.headers.removeAll { ASCII.lowercased($0.name) == "referer" }
        if !(from.isSecure && !url.isSecure) { next.headers.append((name: "Referer", value: from.text)) }
        return next
    }

    /// Whether `target` is `origin` or a subdomain of it.
    private static func staysOnSite(_ origin: String, _ target: String) -> Bool {
        target == origin || target.hasSuffix("." + origin)
    }
}
