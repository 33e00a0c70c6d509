// The way to a connection: names and their cache, k6's rules over hosts, source addresses, and everything a
// dial can fail of.

import Base
import EventLoop
import HTTP
import Testing

@testable import HTTPClient

#if canImport(Glibc)
    import Glibc
#endif

/// Gives this thread a table of descriptors of its own with nothing in it but the standard three. glibc's
/// header hides the call from Swift.
private func leaveDescriptorTable() -> Bool {
    typealias Unshare = @convention(c) (Int32) -> Int32
    let cloneFiles: Int32 = 0x400
    guard let symbol = dlsym(nil, "unshare") else { return false }
    guard unsafeBitCast(symbol, to: Unshare.self)(cloneFiles) == 0 else { return false }
    // The copies would keep the connections of other tests open.
    for descriptor in 3..<Int32(sysconf(Int32(_SC_OPEN_MAX))) { close(descriptor) }
    return true
}

@Suite(.serialized) struct DialTests {
    @Test func refusedPort() throws {
        let (descriptor, port) = ScriptServer.listen(backlog: 1)
        close(descriptor)
        try withHarness(security: .init()) { harness in
            for scheme in ["http", "https"] {
                let answer = harness.fetch("\(scheme)://127.0.0.1:\(port)/")
                #expect(answer.code == .dialRefused && answer.errorText == "dial: connection refused")
                #expect(answer.status == 0 && !answer.times.acquired.isSet && answer.times.done.isSet)
            }
        }
    }

    struct NameCase: Sendable {
        let addresses: [String]
        let policy: DNSSettings.Policy
        /// Where it must end up, or nil for no address at all.
        let dialled: String?
    }

    static let names = [
        NameCase(addresses: ["127.0.0.2"], policy: .preferIPv4, dialled: "127.0.0.2"),
        NameCase(addresses: ["::1", "127.0.0.2"], policy: .preferIPv4, dialled: "127.0.0.2"),
        NameCase(addresses: ["127.0.0.2"], policy: .preferIPv6, dialled: "127.0.0.2"),
        NameCase(addresses: ["127.0.0.2", "127.0.0.3"], policy: .onlyIPv4, dialled: "127.0.0.2"),
        NameCase(addresses: ["::1"], policy: .onlyIPv4, dialled: nil),
        NameCase(addresses: ["127.0.0.2"], policy: .onlyIPv6, dialled: nil),
        NameCase(addresses: ["127.0.0.3", "::1"], policy: .any, dialled: "127.0.0.3"),
    ]

    @Test(arguments: names)
    func policyPicksTheFamily(entry: NameCase) throws {
        let names = FakeNames(["named.test": entry.addresses])
        var settings = ClientSettings()
        settings.dns.policy = entry.policy
        settings.dns.select = .first
        let server = try ScriptServer(anyAddress: true)
        try withHarness(settings, lookup: names.lookup) { harness in
            let answer = harness.fetch("http://named.test:\(server.port)/")
            if let dialled = entry.dialled {
                #expect(answer.text == dialled)
            } else {
                #expect(answer.code == .generic && answer.errorText == "lookup named.test: no such host")
            }
            #expect(names.count("named.test") == 1)
        }
    }

    @Test(arguments: [
        ("nowhere.test", ErrorCode.noSuchHost, "lookup: no such host"),
        ("broken.test", .dnsGeneric, "lookup: temporary failure in name resolution"),
    ])
    func namesThatFail(host: String, code: ErrorCode, text: String) throws {
        let names = FakeNames([:], delayMs: 20)
        try withHarness(lookup: names.lookup) { harness in
            // Many ask at once, and again at once after: one look-up answers them all.
            for _ in 0..<2 {
                for answer in harness.fetchAll(Array(repeating: Ask("http://\(host)/"), count: 50)) {
                    #expect(answer.code == code && answer.errorText == text)
                }
            }
            #expect(names.count(host) == 1)
        }
    }

    @Test func selectionRules() throws {
        let addresses = ["127.0.0.2", "127.0.0.3", "127.0.0.4"]
        let server = try ScriptServer(anyAddress: true)
        for select in DNSSettings.Select.allCases {
            var settings = ClientSettings()
            settings.dns.select = select
            settings.noConnectionReuse = true
            try withHarness(settings, lookup: FakeNames(["named.test": addresses]).lookup) { harness in
                let dialled = (0..<12).map { _ in harness.fetch("http://named.test:\(server.port)/").text }
                switch select {
                case .first: #expect(Set(dialled) == ["127.0.0.2"])
                case .roundRobin: #expect(dialled == (0..<12).map { addresses[$0 % 3] })
                case .random:
                    #expect(Set(dialled) == Set(addresses) && dialled != (0..<12).map { addresses[$0 % 3] })
                }
            }
        }
    }

    @Test(arguments: [(Int64(0), 4), (5 * Ns.perMinute, 1), (Int64.max, 1)])
    func answersAreKeptForTheirTime(ttlNs: Int64, lookups: Int) throws {
        let names = FakeNames(["named.test": ["127.0.0.2"]])
        var settings = ClientSettings()
        settings.dns.ttlNs = ttlNs
        settings.noConnectionReuse = true
        let server = try ScriptServer(anyAddress: true)
        try withHarness(settings, lookup: names.lookup) { harness in
            for _ in 0..<4 {
                #expect(harness.fetch("http://named.test:\(server.port)/").status == 200)
                harness.wait(15)
            }
            #expect(names.count("named.test") == lookups)
        }
    }

    /// To the nanosecond, at times the test makes up around those of the look-up. Whoever waits takes the
    /// answer, however late it finds out.
    @Test(arguments: [0, 400 * Ns.perMillisecond])
    func anAnswerServesForItsTimeAndThoseWhoWaited(ttlNs: Int64) throws {
        let names = FakeNames(["named.test": ["127.0.0.2"]])
        var settings = DNSSettings()
        settings.ttlNs = ttlNs
        let resolver = Resolver(settings: settings, seed: 1, lookup: names.lookup)
        try withHarness(resolver: resolver) { harness in
            func isKnown(_ now: Instant, isWaiting: Bool = false) -> Bool {
                let answer = resolver.address(
                    of: "named.test", port: 1, now: now, wakeup: harness.client.pointee.wakeup,
                    isWaiting: isWaiting)
                guard case .address(let address) = answer else { return false }
                #expect(address == SocketAddress(numeric: "127.0.0.2", port: 1))
                return true
            }
            let before = Clock.now()
            #expect(!isKnown(before))
            #expect(harness.run { isKnown(.distantFuture, isWaiting: true) })
            let after = Clock.now()
            let servesNs = max(ttlNs, Resolver.answerNsMin)
            #expect(isKnown(before + (servesNs - 1)))
            #expect(names.count("named.test") == 1)
            // Nobody asks again but for an answer whose time is over.
            #expect(!isKnown(after + servesNs))
            #expect(harness.run { isKnown(.distantFuture, isWaiting: true) })
            #expect(names.count("named.test") == 2)
        }
    }

    @Test func aSlowNameIsATimeout() throws {
        let gate = Gate()
        let names = FakeNames(["slow.test": ["127.0.0.1"]], gate: gate)
        try withHarness(lookup: names.lookup) { harness in
            defer { gate.open() }
            var ask = Ask("http://slow.test:1/")
            ask.timeoutMs = 50
            let answer = harness.fetch(ask)
            #expect(answer.code == .requestTimeout)
            expectTimeOut(answer, ofMs: 50)
            // The answer of the look-up finds nobody waiting.
            harness.cancel(harness.open(Ask("http://slow.test:1/")))
            gate.open()
            #expect(harness.run { names.answered == 1 })
            harness.wait(50)
        }
    }

    @Test func aWorkerThatLeavesIsForgotten() throws {
        let names = FakeNames(["slow.test": ["127.0.0.1"]], delayMs: 100)
        let resolver = Resolver(settings: DNSSettings(), seed: 1, lookup: names.lookup)
        try withHarness(resolver: resolver) { harness in
            harness.cancel(harness.open(Ask("http://slow.test:1/")))
        }
        pause(150)
        try withHarness(resolver: resolver) { harness in
            #expect(harness.fetch("http://slow.test:1/").code == .dialRefused)
        }
        #expect(names.count("slow.test") == 1)
    }

    @Test func hostsDecideWhereToDial() throws {
        let server = try ScriptServer(anyAddress: true)
        var settings = ClientSettings()
        settings.hosts = [
            "exact.test": "127.0.0.2", "ported.test:\(server.port)": "127.0.0.3",
            "*.wild.test": "127.0.0.4:\(server.port)", "*.deep.wild.test": "127.0.0.5",
            "both.test": "127.0.0.6", "both.test:\(server.port)": "127.0.0.7", "six.test": "[::1]:1",
        ]
        let names = FakeNames([:])
        try withHarness(settings, lookup: names.lookup) { harness in
            let table = [
                ("exact.test:\(server.port)", "127.0.0.2"), ("EXACT.test:\(server.port)", "127.0.0.2"),
                ("ported.test:\(server.port)", "127.0.0.3"), ("a.wild.test", "127.0.0.4"),
                ("a.b.wild.test:99", "127.0.0.4"), ("x.deep.wild.test:\(server.port)", "127.0.0.5"),
                ("both.test:\(server.port)", "127.0.0.7"),
            ]
            for (authority, dialled) in table {
                let answer = harness.fetch("http://\(authority)/")
                #expect(answer.text == dialled, "\(authority): \(answer.errorText)")
                // The name stays what it was to the server.
                #expect(answer["X-Host"] == authority)
            }
            #expect(harness.fetch("http://six.test/").code != .none)
            #expect(harness.fetch("http://ported.test/").code == .noSuchHost)
            #expect(harness.fetch("http://wild.test/").code == .noSuchHost)
        }
    }

    /// The words of k6 1.1.0's warnings.
    @Test func failuresNameWhatWasAsked() throws {
        let (descriptor, port) = ScriptServer.listen(backlog: 1)
        close(descriptor)
        var settings = ClientSettings()
        settings.blacklist = [try #require(AddressBlock("10.1.2.3/8"))]
        settings.blockedHostnames = ["blocked.test", "*.blocked.test"]
        try withHarness(settings, lookup: FakeNames(["far.test": ["10.9.8.7"]]).lookup) { harness in
            let table = [
                ("127.0.0.1:\(port)", "dial tcp 127.0.0.1:\(port): connect: connection refused"),
                ("none.test", "lookup none.test: no such host"),
                ("far.test", "IP (10.9.8.7) is in a blacklisted range (10.0.0.0/8)"),
                ("BLOCKED.test", "hostname (BLOCKED.test) is in a blocked pattern (blocked.test)"),
                ("a.Blocked.test", "hostname (a.Blocked.test) is in a blocked pattern (*.blocked.test)"),
                ("blocked.test", "hostname (blocked.test) is in a blocked pattern (blocked.test)"),
            ]
            for (host, text) in table { #expect(harness.fetch("http://\(host)/").failureText == text) }
        }
    }

    @Test func blacklistAndBlockedNames() throws {
        var settings = ClientSettings()
        settings.blacklist = [
            AddressBlock("127.0.0.0/30")!, AddressBlock("127.0.0.9")!, AddressBlock("::1")!,
        ]
        settings.blockedHostnames = ["blocked.test", "*.blocked.test"]
        let names = FakeNames([
            "bad.test": ["127.0.0.1"], "good.test": ["127.0.0.4"], "blocked.test.org": ["127.0.0.4"],
        ])
        let server = try ScriptServer(anyAddress: true)
        try withHarness(settings, security: .init(), lookup: names.lookup) { harness in
            let table: [(String, ErrorCode, String)] = [
                ("http://127.0.0.1", .blacklistedIP, "ip is blacklisted"),
                ("https://127.0.0.3", .blacklistedIP, "ip is blacklisted"),
                ("http://127.0.0.9", .blacklistedIP, "ip is blacklisted"),
                ("http://[::1]", .blacklistedIP, "ip is blacklisted"),
                ("http://bad.test", .blacklistedIP, "ip is blacklisted"),
                ("http://blocked.test", .blockedHostname, "hostname is blocked"),
                ("https://www.blocked.test", .blockedHostname, "hostname is blocked"),
                ("http://127.0.0.4", .none, ""), ("http://127.0.0.8", .none, ""),
                ("http://good.test", .none, ""),
                ("http://blocked.test.org", .none, ""),
            ]
            for (url, code, text) in table {
                let answer = harness.fetch("\(url):\(server.port)/")
                #expect(answer.code == code && answer.errorText == text, "\(url)")
            }
            #expect(names.count("blocked.test") == 0)
        }
    }

    /// A listener whose queue is full drops what comes: connecting takes as long as the dial time-out allows.
    @Test func dialTimeout() throws {
        let (descriptor, port) = ScriptServer.listen(backlog: 0)
        defer { close(descriptor) }
        var settings = ClientSettings()
        settings.dialTimeoutNs = 150 * Ns.perMillisecond
        try withHarness(settings) { harness in
            var asks = Array(repeating: Ask("http://127.0.0.1:\(port)/"), count: 4)
            for index in asks.indices { asks[index].timeoutMs = 1500 }
            let answers = harness.fetchAll(asks)
            let dials = answers.filter { $0.code == .dialTimeout }
            #expect(dials.count >= 2)
            for answer in dials {
                #expect(answer.errorText == "dial: i/o timeout")
                expectTimeOut(answer, ofMs: 150)
            }
            // Those the queue took wait for an answer that does not come.
            #expect(answers.allSatisfy { $0.code == .dialTimeout || $0.code == .requestTimeout })
            asks[0].timeoutMs = 80
            #expect(harness.fetch(asks[0]).code == .requestTimeout)
        }
    }

    @Test func sourceAddressesByVU() throws {
        var settings = ClientSettings()
        settings.localAddresses = (2...4).map { SocketAddress(numeric: "127.0.0.\($0)", port: 0)! }
        try withTarget(settings) { target, harness in
            for vu in 1...7 as ClosedRange<Int64> {
                var ask = Ask(target.plain + "/echo")
                ask.vu = vu
                let answer = harness.fetch(ask)
                #expect(answer.text.contains("\"peer\":\"127.0.0.\(2 + (vu - 1) % 3):"), "\(answer.text)")
            }
            // Many at once from one address: the ports are the kernel's to pick at connect.
            let many = harness.fetchAll(Array(repeating: Ask(target.plain + "/delay/20"), count: 200))
            #expect(many.allSatisfy { $0.status == 200 })
            #expect(harness.client.pointee.counters.portsExhausted == 0)
        }
    }

    /// An address that is not this machine's: what k6 says of it, and counted as a limit of the client.
    @Test func aSourceAddressThatIsNotOurs() throws {
        var settings = ClientSettings()
        settings.localAddresses = [SocketAddress(numeric: "203.0.113.7", port: 0)!]
        try withTarget(settings) { target, harness in
            let answer = harness.fetch(target.plain + "/")
            #expect(answer.code == .dialUnknownErrno)
            #expect(
                answer.errorText == "dial: unknown errno 99 error with msg `cannot assign requested address`")
            #expect(harness.client.pointee.counters.portsExhausted == 1)
        }
    }

    /// No descriptor left but three: the client says so, counts it, and goes on when some are free again. The
    /// thread has a table of descriptors of its own, so that nobody else feels it.
    @Test func descriptorsExhausted() throws {
        let target = try Target()
        let url = target.plain + "/delay/30"
        let notes = Notes()
        let thread = try BackgroundThread {
            guard leaveDescriptorTable() else { return notes.add("no table of its own: errno \(errno)") }
            do {
                try withHarness { harness in
                    // The loop opens what it needs for itself at its first turn.
                    _ = harness.fetch(target.plain + "/until-close/1")
                    var filling: [Int32] = []
                    while true {
                        let copy = dup(0)
                        if copy < 0 { break }
                        filling.append(copy)
                    }
                    for _ in 0..<3 { close(filling.removeLast()) }
                    let answers = harness.fetchAll(Array(repeating: Ask(url), count: 10))
                    let failed = answers.filter { $0.code == .dialUnknownErrno }
                    notes.add("\(answers.filter { $0.status == 200 }.count) good, \(failed.count) failed")
                    notes.add(Set(failed.map(\.errorText)).sorted().joined())
                    notes.add("counted \(harness.client.pointee.counters.descriptorsExhausted)")
                    for descriptor in filling { close(descriptor) }
                    let after = harness.fetchAll(Array(repeating: Ask(url), count: 10))
                    notes.add("then \(after.filter { $0.status == 200 }.count) good")
                }
            } catch { notes.add("\(error)") }
        }
        thread.join()
        #expect(
            notes.all == [
                "3 good, 7 failed", "dial: unknown errno 24 error with msg `too many open files`",
                "counted 7",
                "then 10 good",
            ])
    }

    @Test func addressBlocks() {
        let table: [(String, String, Bool)] = [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("1.2.3.4", "1.2.3.4", true), ("1.2.3.4", "1.2.3.5", false), ("1.2.3.4/31", "1.2.3.5", true),
            ("fd00::/8", "fd12::1", true), ("fd00::/8", "fe00::1", false), ("0.0.0.0/0", "::1", false),
            ("192.168.1.64/26", "192.168.1.127", true), ("192.168.1.64/26", "192.168.1.128", false),
        ]
        for (block, address, isInside) in table {
            #expect(
                AddressBlock(block)!.contains(SocketAddress(numeric: address, port: 1)!) == isInside,
                "\(block) \(address)")
        }
        for text in ["", "10.0.0.0/33", "10.0.0/8", "a.b", "::1/129", "1.2.3.4/-1", "1.2.3.4/"] {
            #expect(AddressBlock(text) == nil, "\(text)")
        }
    }
}
