// A request as a script asked for it: what goes on the wire, under which tags it is counted, what becomes of
// the body. Plans without parameters are kept per worker and shared by all VUs; the others live as long as
// their call.

import Base
import Engine
import HTTP

enum ResponseType: UInt8 { case text, binary, none }

/// A jar scripts can hold on to.
final class JarBox {
    var jar = CookieJar()
    private var held: HeldMemory?

    /// Has the engine know what it holds beside the engine's memory.
    func countMemory(_ vm: VM) {
        let bytes = jar.approximateBytes
        if let held { return held.change(to: bytes) }
        if bytes > Limits.scriptHeldBytesMin { held = HeldMemory(vm, bytes) }
    }
}

/// What a request with digest authentication leaves out of its URL. k6 expects the first response to ask for
/// the credentials, so that only the next one is judged as the script says.
struct DigestPlan {
    var user: String
    var password: String
    /// The URL as the script gave it.
    var shownURL: String
    var expectation: Int32
}

final class CallPlan {
    var draft: RequestDraft
    /// The URL as it is shown in tags; a name given by the script replaces it.
    var name: String
    /// Whether `name` was given: then redirects keep it, and it stands in the `url` tag as well.
    var isNamed: Bool
    var tags: [(key: String, value: String)] = []
    var timeoutNs = Limits.requestTimeoutNs
    var redirectsMax = 0
    var redirectsMaxIsDefault = false
    var responseType = ResponseType.text
    var expectation: Int32 = 0
    /// Set by the script's own jar; nil: the VU's.
    var jar: JarBox?
    /// Cookies of `params.cookies`.
    var cookies: [(name: String, value: String, replaces: Bool)] = []
    /// The body before it was compressed, for `res.request.body`; nil where it was not.
    var bodyAsGiven: [UInt8]?
    var throwsErrors = false
    var digest: DigestPlan?
    /// The encoding, once it was needed.
    private(set) var prepared: UnsafeMutablePointer<PreparedRequest>?
    /// Numbers of the request's tags, by context: the first few, then all others.
    private var numbers: [(context: Int32, number: Int32)] = []
    private var furtherNumbers: [Int32: Int32] = [:]

    init(draft: RequestDraft, name: String, isNamed: Bool) {
        self.draft = draft
        self.name = name
        self.isNamed = isNamed
    }

    deinit { if let prepared { PreparedRequest.free(prepared) } }

    func prepare(_ port: TransportPort) -> UnsafeMutablePointer<PreparedRequest> {
        if let prepared { return prepared }
        let made = withUnsafePointer(to: draft) {
            port.prepare(port.context, $0).assumingMemoryBound(to: PreparedRequest.self)
        }
        prepared = made
        return made
    }

    /// The number under which the worker's recorder knows this request's tags in a context.
    @inline(__always)
    func number(_ context: TagContext, _ samples: UnsafeMutablePointer<HTTPSamples>) -> Int32 {
        for known in numbers where known.context == context.number { return known.number }
        return findNumber(context, samples)
    }

    @inline(never)
    private func findNumber(_ context: TagContext, _ samples: UnsafeMutablePointer<HTTPSamples>) -> Int32 {
        if let known = furtherNumbers[context.number] { return known }
        let number = askNumber(context, samples)
        if numbers.count < Limits.scriptContextsListed {
            numbers.append((context.number, number))
        } else {
            // Scripts that tag each iteration anew never come back to a context.
            if furtherNumbers.count == Limits.scriptContextsMax { furtherNumbers.removeAll() }
            furtherNumbers[context.number] = number
        }
        return number
    }

    private func askNumber(_ context: TagContext, _ samples: UnsafeMutablePointer<HTTPSamples>) -> Int32 {
        var extra = context.extra
        for tag in tags { extra[tag.key] = tag.value }
        let given = isNamed ? name : extra["name"] ?? samples.pointee.tagging.givenName
        let url = given ?? draft.url.taggedText
        return samples.pointee.number(
            of: RequestTags(
                method: draft.method, url: url, name: url, scenario: context.scenario,
                group: context.group, extra: extra, metadata: context.metadata,
                expectation: expectation))
    }

    /// The plan of the request that a redirect leads to.
    func following(to url: RequestURL, status: UInt16) -> CallPlan {
        let next = CallPlan(
            draft: Redirect.follow(draft, to: url, status: status), name: name, isNamed: isNamed)
        copySettings(to: next)
        next.redirectsMax = redirectsMax - 1
        return next
    }

    func copySettings(to next: CallPlan) {
        next.tags = tags
        next.timeoutNs = timeoutNs
        next.redirectsMax = redirectsMax
        next.redirectsMaxIsDefault = redirectsMaxIsDefault
        next.responseType = responseType
        next.expectation = digest?.expectation ?? expectation
        next.jar = jar
        next.cookies = cookies
        next.throwsErrors = throwsErrors
        next.digest = digest
    }
}

/// One worker's plans of requests without parameters, by method and URL.
final class RequestCache {
    private struct Key: Hashable {
        var method: String
        var url: String
        var expectation: Int32
    }

    private var plans: [Key: CallPlan] = [:]
    private var urls: [String: RequestURL] = [:]

    /// The URL a text stands for: requests with parameters repeat theirs, too.
    func url(_ text: String) throws(URLError) -> RequestURL {
        if let known = urls[text] { return known }
        let url = try RequestURL(reading: text)
        if urls.count < Limits.scriptURLsMax { urls[text] = url }
        return url
    }

    func find(_ method: String, _ url: String, _ expectation: Int32) -> CallPlan? {
        plans[Key(method: method, url: url, expectation: expectation)]
    }

    /// Keeps a plan; past the bound scripts that make up URLs do without.
    func keep(_ plan: CallPlan, _ method: String, _ url: String) {
        if plans.count < Limits.scriptRequestsMax {
            plans[Key(method: method, url: url, expectation: plan.expectation)] = plan
        }
    }
}
