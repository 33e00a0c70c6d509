// The redirects of a fixed iteration: where the next hop goes, what it carries (Go's rules, which are k6's)
// and the cookies the hops set on the way. Exists only while a chain is under way.

import Base
import HTTP

struct RedirectChain {
    var draft: RequestDraft
    var hops = 0
    var jar = CookieJar()
    /// The request in flight, when it is not the shared first one, and what it was made of.
    var request: UnsafeMutablePointer<PreparedRequest>?
    var sent: RequestDraft?
    /// Of the response being read.
    var location: String?
    var number: Int32
}

extension FixedIteration {
    /// Notes what a redirect's head says before it is gone.
    @inline(never)
    static func noteHead(
        _ iteration: UnsafeMutablePointer<FixedIteration>, _ head: UnsafePointer<HeaderBlock>
    ) {
        let factory = iteration.pointee.factory.takeUnretainedValue()
        if iteration.pointee.chain == nil {
            // Only a redirect with somewhere to go begins a chain.
            guard isRedirect(iteration.pointee.exchange.status), head.pointee.noted.contains(.location) else {
                return
            }
            let chain = UnsafeMutablePointer<RedirectChain>.allocate(capacity: 1)
            let number = factory.requestNumbers[Int(iteration.pointee.vu.pointee.scenario)]
            chain.initialize(to: RedirectChain(draft: factory.request.draft, number: number))
            iteration.pointee.chain = chain
        }
        let chain = iteration.pointee.chain!
        chain.pointee.location =
            isRedirect(iteration.pointee.exchange.status) ? head.pointee.first("location") : nil
        if head.pointee.noted.contains(.setCookie) {
            for line in head.pointee.all("set-cookie") {
                chain.pointee.jar.store(
                    line, from: chain.pointee.draft.url, nowSeconds: Clock.wallNs() / Ns.perSecond)
            }
        }
    }

    static func isRedirect(_ status: UInt16) -> Bool { [301, 302, 303, 307, 308].contains(status) }

    /// A hop of a chain has ended: the next one, or the end of the iteration.
    @inline(never)
    static func redirectEnded(_ iteration: UnsafeMutablePointer<FixedIteration>) {
        let factory = iteration.pointee.factory.takeUnretainedValue()
        let chain = iteration.pointee.chain!
        finishExchange(iteration, chain.pointee.number)
        let done = iteration.pointee.exchange.times.done
        guard iteration.pointee.exchange.error.isNone, let location = chain.pointee.location else {
            end(iteration, done)
            return
        }
        if chain.pointee.hops >= factory.request.redirectsMax {
            if factory.request.redirectsMaxIsDefault { factory.redirectLimitReached += 1 }
            end(iteration, done)
            return
        }
        do {
            let from = chain.pointee.draft.url
            let next = try from.resolving(location)
            chain.pointee.draft = Redirect.follow(
                chain.pointee.draft, to: next, status: iteration.pointee.exchange.status)
        } catch {
            // k6 reports a redirect it cannot follow as a failed request of its own; the hop itself counted
            // already.
            end(iteration, done)
            return
        }
        chain.pointee.hops += 1
        chain.pointee.location = nil
        sendHop(iteration, factory, chain, done)
    }

    private static func sendHop(
        _ iteration: UnsafeMutablePointer<FixedIteration>, _ factory: FixedIterations,
        _ chain: UnsafeMutablePointer<RedirectChain>, _ now: Instant
    ) {
        var draft = chain.pointee.draft
        if let cookies = chain.pointee.jar.header(for: draft.url, nowSeconds: Clock.wallNs() / Ns.perSecond) {
            draft.headers.removeAll { ASCII.lowercased($0.name) == "cookie" }
            draft.headers.append((name: "Cookie", value: cookies))
        }
        if let old = chain.pointee.request { PreparedRequest.free(old) }
        let port = factory.transport
        let request = withUnsafePointer(to: draft) {
            port.prepare(port.context, $0).assumingMemoryBound(to: PreparedRequest.self)
        }
        chain.pointee.request = request
        chain.pointee.sent = draft
        let scenario = factory.scenarios[Int(iteration.pointee.vu.pointee.scenario)]
        let name = scenario.tags["name"] ?? factory.samples.pointee.tagging.givenName
        let url = name ?? draft.url.maskedText
        chain.pointee.number = factory.samples.pointee.number(
            of: RequestTags(
                method: draft.method, url: url, name: url, scenario: scenario.name, extra: scenario.tags))
        let deadline = iteration.pointee.exchange.deadline
        let intended = iteration.pointee.exchange.times.intended
        iteration.pointee.exchange.rearm(opened: now, intended: intended)
        // One time-out covers the whole chain.
        iteration.pointee.exchange.deadline = deadline
        iteration.pointee.exchange.request = UnsafePointer(request)
        iteration.pointee.isOpen = true
        port.open(port.context, UnsafeMutableRawPointer(iteration))
    }

    private static func end(_ iteration: UnsafeMutablePointer<FixedIteration>, _ done: Instant) {
        dropChain(iteration)
        if iteration.pointee.endsConnections { endConnections(iteration) }
        Worker.iterationEnded(iteration.pointee.vu, done)
    }

    static func dropChain(_ iteration: UnsafeMutablePointer<FixedIteration>) {
        guard let chain = iteration.pointee.chain else { return }
        if let request = chain.pointee.request { PreparedRequest.free(request) }
        iteration.pointee.exchange.request = UnsafePointer(iteration.pointee.firstRequest)
        chain.deinitialize(count: 1)
        chain.deallocate()
        iteration.pointee.chain = nil
    }
}
