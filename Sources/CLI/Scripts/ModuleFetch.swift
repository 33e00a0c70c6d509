// Remote modules: one https request at a time over the client of runs, followed through redirects, before
// anything else of a run exists. Called by the script loader.

import Base
import EventLoop
import HTTP
import HTTPClient
import Script
import TLS

enum ModuleFetch {
    /// The body of `url`. k6 first asks with `_k6=1` in the query, which some servers answer specially.
    static func fetch(_ url: String) throws(ScriptError) -> [UInt8] {
        let marked = url + (url.utf8.contains(UInt8(ascii: "?")) ? "&" : "?") + "_k6=1"
        do throws(ScriptError) { return try get(marked) } catch { return try get(url) }
    }

    private static func get(_ url: String) throws(ScriptError) -> [UInt8] {
        var target: RequestURL
        do { target = try RequestURL(parsing: url) } catch { throw problem(url, error.description) }
        for _ in 0...Limits.redirectsMax {
            let answer = try exchange(target, url)
            if let location = answer.location, (300...399).contains(answer.status) {
                do { target = try target.resolving(location) } catch { throw problem(url, error.description) }
                continue
            }
            guard answer.status == 200 else { throw problem(url, "the server answered \(answer.status)") }
            return answer.body
        }
        throw problem(url, "more than \(Limits.redirectsMax) redirects")
    }

    private static func problem(_ url: String, _ reason: String) -> ScriptError {
        ScriptError(.script, "the module \(url) could not be fetched: \(reason)")
    }

    private struct Answer {
        var status: Int
        var location: String?
        var body: [UInt8]
    }

    /// What a request's events leave behind.
    private final class Waiting {
        var location: String?
        var isOver = false
    }

    private static func exchange(_ target: RequestURL, _ url: String) throws(ScriptError) -> Answer {
        do {
            let loop = try Loop()
            let settings = ClientSettings()
            let client = try Client.make(
                loop: loop, settings: settings,
                resolver: Resolver(settings: settings.dns, seed: UInt64(bitPattern: Clock.wallNs())),
                security: ClientSecurity(TLSClientOptions(), keyLog: nil))
            defer {
                Client.shutDown(client)
                loop.destroy()
                Client.free(client)
            }
            return try perform(target, client, loop)
        } catch let error as ScriptError {
            throw problem(url, error.description)
        } catch {
            throw problem(url, "\(error)")
        }
    }

    private static func perform(
        _ target: RequestURL, _ client: UnsafeMutablePointer<Client>, _ loop: Loop
    ) throws -> Answer {
        let port = Client.port(client)
        var draft = RequestDraft(method: "GET", url: target, userAgent: RunPlanner.userAgentDefault)
        let request = withUnsafePointer(to: &draft) {
            port.prepare(port.context, $0).assumingMemoryBound(to: PreparedRequest.self)
        }
        let pool = port.makePool(port.context, 1)
        let waiting = Waiting()
        let events = UnsafeMutablePointer<ExchangeEvents>.allocate(capacity: 1)
        events.initialize(to: Self.events)
        let body = UnsafeMutablePointer<ByteBuffer>.allocate(capacity: 1)
        body.initialize(to: ByteBuffer())
        let exchange = UnsafeMutablePointer<Exchange>.allocate(capacity: 1)
        exchange.initialize(
            to: Exchange(
                request: UnsafePointer(request), events: UnsafePointer(events),
                owner: Unmanaged.passUnretained(waiting).toOpaque(), pool: pool))
        exchange.pointee.sink = .collect
        exchange.pointee.body = body
        defer {
            port.freePool(port.context, pool)
            body.deinitialize(count: 1)
            body.deallocate()
            exchange.deallocate()
            events.deallocate()
            PreparedRequest.free(request)
        }
        let now = Clock.now()
        exchange.pointee.rearm(opened: now, intended: now)
        exchange.pointee.deadline = now + Limits.remoteModuleTimeoutNs
        loop.onPass(context: UnsafeMutableRawPointer(client)) { context, nowNs in
            let port = Client.port(context.assumingMemoryBound(to: Client.self))
            return port.pass(port.context, nowNs)
        }
        port.open(port.context, UnsafeMutableRawPointer(exchange))
        loop.wake(at: now)
        while !waiting.isOver { loop.runOnce() }
        if !exchange.pointee.error.isNone {
            throw ScriptError(.script, client.pointee.texts[exchange.pointee.error.text])
        }
        return Answer(
            status: Int(exchange.pointee.status), location: waiting.location, body: Array(body.pointee.bytes))
    }

    private static var events: ExchangeEvents {
        ExchangeEvents(
            head: { exchange, head in
                ModuleFetch.waiting(exchange).location =
                    head.assumingMemoryBound(to: HeaderBlock.self).pointee.first("location")
            },
            end: { ModuleFetch.waiting($0).isOver = true })
    }

    private static func waiting(_ exchange: UnsafeMutableRawPointer) -> Waiting {
        Unmanaged.fromOpaque(exchange.assumingMemoryBound(to: Exchange.self).pointee.owner)
            ._withUnsafeGuaranteedRef { $0 }
    }
}
