// Names to addresses for the whole process: one cache with k6's TTL, selection and policy rules. Look-ups run
// on threads of their own; workers ask under a short lock and are woken when an answer is there.

import Base
import EventLoop
import Glibc
import HTTP

public final class Resolver: @unchecked Sendable {
    enum Answer {
        case address(SocketAddress)
        case pending
        case failed(ExchangeError)
    }

    private enum State {
        case running
        case resolved([SocketAddress], expires: Instant)
        case failed(ExchangeError, expires: Instant)
    }

    private struct Entry {
        var state: State
        var turn = 0
        var waiters: [Wakeup] = []
    }

    /// How a name is looked up: the system's resolver, or a table in tests. Called on a thread of its own.
    public typealias Lookup = @Sendable (_ host: String) -> Result<[SocketAddress], LookupFailure>
    public enum LookupFailure: Error { case noSuchHost, temporary }

    private let settings: DNSSettings
    private let lookup: Lookup
    private var lock = pthread_mutex_t()
    private var cache: [String: Entry] = [:]
    private var random: SeededRandom

    /// How long a failed look-up is remembered, so that thousands of VUs ask once.
    private static let failureNs = Ns.perSecond
    /// An answer serves so long at least: each look-up is a thread.
    static let answerNsMin = 5 * Ns.perMillisecond

    public init(settings: DNSSettings, seed: UInt64, lookup: @escaping Lookup = Resolver.systemLookup) {
        self.settings = settings
        self.lookup = lookup
        random = SeededRandom(seed: seed)
        pthread_mutex_init(&lock, nil)
    }

    deinit { pthread_mutex_destroy(&lock) }

    /// An address for `host`, from the cache if it is fresh; otherwise `wakeup` is sent once the answer is
    /// known, and the caller asks again.
    /// - Parameter isWaiting: the caller was told `pending` before. It takes whatever answer has come since,
    ///   however long ago: one that comes late, or a TTL of zero, must not have it ask for ever.
    func address(of host: String, port: UInt16, now: Instant, wakeup: Wakeup, isWaiting: Bool = false)
        -> Answer
    {
        pthread_mutex_lock(&lock)
        defer { pthread_mutex_unlock(&lock) }
        if var entry = cache[host] {
            switch entry.state {
            case .running:
                if !entry.waiters.contains(where: { $0 === wakeup }) {
                    entry.waiters.append(wakeup)
                    cache[host] = entry
                }
                return .pending
            case .resolved(let addresses, let expires) where isWaiting || now < expires:
                let chosen = choose(addresses, &entry.turn)
                cache[host] = entry
                return .address(chosen.withPort(port))
            case .failed(let error, let expires) where isWaiting || now < expires:
                return .failed(error)
            default: break
            }
        }
        let turn = cache[host]?.turn ?? 0
        cache[host] = Entry(state: .running, turn: turn, waiters: [wakeup])
        startLookup(host)
        return .pending
    }

    private func choose(_ addresses: [SocketAddress], _ turn: inout Int) -> SocketAddress {
        switch settings.select {
        case .first: return addresses[0]
        case .random: return addresses[random.below(addresses.count)]
        case .roundRobin:
            turn += 1
            return addresses[(turn - 1) % addresses.count]
        }
    }

    private func startLookup(_ host: String) {
        final class Job {
            let resolver: Resolver
            let host: String
            init(_ resolver: Resolver, _ host: String) { (self.resolver, self.host) = (resolver, host) }
        }
        let job = Unmanaged.passRetained(Job(self, host))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                let job = Unmanaged<Job>.fromOpaque(context!).takeRetainedValue()
                job.resolver.finish(job.host, job.resolver.lookup(job.host))
                return nil
            }, job.toOpaque())
        if status == 0 {
            pthread_detach(thread)
        } else {
            job.release()
            cache[host]?.state = .failed(
                ExchangeError(.dnsGeneric, .lookupFailed), expires: Clock.now() + Self.failureNs)
        }
    }

    private func finish(_ host: String, _ result: Result<[SocketAddress], LookupFailure>) {
        let now = Clock.now()
        let state: State
        switch result {
        case .success(let all):
            let usable = Self.filter(all, settings.policy)
            if usable.isEmpty {
                state = .failed(ExchangeError(.generic, .noSuchHost), expires: now + Self.failureNs)
            } else {
                let ttlNs = max(settings.ttlNs, Self.answerNsMin)
                let expires = ttlNs == Int64.max ? .distantFuture : now + ttlNs
                state = .resolved(usable, expires: expires)
            }
        case .failure(.noSuchHost):
            state = .failed(ExchangeError(.noSuchHost, .noSuchHost), expires: now + Self.failureNs)
        case .failure(.temporary):
            state = .failed(ExchangeError(.dnsGeneric, .lookupFailed), expires: now + Self.failureNs)
        }
        pthread_mutex_lock(&lock)
        let waiters = cache[host]?.waiters ?? []
        cache[host]?.waiters = []
        cache[host]?.state = state
        for waiter in waiters { waiter.send() }
        pthread_mutex_unlock(&lock)
    }

    /// Forgets a waiter whose handle is about to close.
    func forget(_ wakeup: Wakeup) {
        pthread_mutex_lock(&lock)
        for host in cache.keys { cache[host]!.waiters.removeAll { $0 === wakeup } }
        pthread_mutex_unlock(&lock)
    }

    static func filter(_ addresses: [SocketAddress], _ policy: DNSSettings.Policy) -> [SocketAddress] {
        let v4 = addresses.filter { !$0.isIPv6 }
        let v6 = addresses.filter(\.isIPv6)
        switch policy {
        case .any: return addresses
        case .onlyIPv4: return v4
        case .onlyIPv6: return v6
        case .preferIPv4: return v4.isEmpty ? v6 : v4
        case .preferIPv6: return v6.isEmpty ? v4 : v6
        }
    }

    /// The system's resolver (hosts file, DNS), both address families.
    public static let systemLookup: Lookup = { host in
        switch SocketAddress.resolve(host) {
        case .success(let addresses): .success(addresses)
        case .failure(let failure): .failure(failure.isTemporary ? .temporary : .noSuchHost)
        }
    }
}
