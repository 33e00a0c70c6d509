// What takes the place of the world's own pace in the client's tests: a table of names instead of DNS, and
// gates that the test opens.

import Base
import EventLoop

@testable import HTTPClient

/// A table of names in the place of DNS, that counts who asks.
final class FakeNames: Sendable {
    private let table: [String: [String]]
    private let counts = Locked<[String: Int]>([:])
    private let delayMs: Int
    private let gate: Gate?
    private let answers = Locked(0)

    /// - Parameter gate: where look-ups wait.
    init(_ table: [String: [String]], delayMs: Int = 0, gate: Gate? = nil) {
        self.table = table
        self.delayMs = delayMs
        self.gate = gate
    }

    /// Look-ups that are over.
    var answered: Int { answers.withLock { $0 } }

    func count(_ host: String) -> Int { counts.withLock { $0[host] ?? 0 } }

    var lookup: Resolver.Lookup {
        { [self] host in
            counts.withLock { $0[host, default: 0] += 1 }
            if delayMs > 0 { pause(delayMs) }
            gate?.wait()
            defer { answers.withLock { $0 += 1 } }
            if host == "broken.test" { return .failure(.temporary) }
            guard let addresses = table[host] else { return .failure(.noSuchHost) }
            return .success(addresses.map { SocketAddress(numeric: $0, port: 0)! })
        }
    }
}

/// What threads wait at until somebody opens it.
final class Gate: Sendable {
    private let isOpen = Locked(false)

    func open() { isOpen.withLock { $0 = true } }
    func wait() { while !isOpen.withLock({ $0 }) { pause(1) } }
}
