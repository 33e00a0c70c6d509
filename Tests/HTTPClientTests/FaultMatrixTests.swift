// Every fault route of the target, plain and TLS, against what k6 1.1.0 says of the same server: its error
// code always, its text where Apus gives the same one. After each the pool works on, and a time-out is kept.

import Base
import HTTP
import HTTPClient
import TestSupport
import Testing

@Suite struct FaultMatrixTests {
    /// A fault, and what k6 printed for it (`error_code`, `error`) with the same time-out.
    struct Fault: Sendable, CustomTestStringConvertible {
        let path: String
        let code: UInt16
        let k6Text: String
        /// Where it differs: Go's parser words what it met; Apus keeps the number of texts bounded.
        var text: String?
        var bodyCount: Int64?
        var status = 0

        var testDescription: String { path }
        var isTimeOut: Bool { code == 1050 }
    }

    static let timeoutMs: Int64 = 250

    static let faults: [Fault] = [
        Fault(path: "/fault/close", code: 1000, k6Text: "EOF"),
        Fault(path: "/fault/reset", code: 1220, k6Text: "read: connection reset by peer"),
        Fault(
            path: "/fault/reset-mid-body", code: 1220, k6Text: "read: connection reset by peer",
            bodyCount: 500),
        Fault(
            path: "/fault/close-mid-head", code: 1000,
            k6Text: "malformed MIME header: missing colon: \"Content-Le\""),
        Fault(path: "/fault/close-mid-body", code: 1000, k6Text: "unexpected EOF", bodyCount: 500),
        Fault(path: "/fault/truncated-chunk", code: 1000, k6Text: "unexpected EOF", bodyCount: 500),
        Fault(path: "/fault/stall-head", code: 1050, k6Text: "request timeout"),
        Fault(path: "/fault/stall-mid-head", code: 1050, k6Text: "request timeout"),
        Fault(path: "/fault/stall-body", code: 1050, k6Text: "request timeout", bodyCount: 500),
        Fault(path: "/fault/garbage", code: 1000, k6Text: "malformed HTTP status code \"these\""),
        Fault(path: "/fault/bad-chunk", code: 1000, k6Text: "invalid byte in chunk length"),
        Fault(path: "/fault/bad-length", code: 1000, k6Text: "bad Content-Length \"many\""),
        Fault(
            path: "/fault/oversized-header?bytes=12000000", code: 1000,
            k6Text: "net/http: server response headers exceeded 10485760 bytes; aborted",
            text: "response headers exceed 1048576 bytes"),
        Fault(path: "/fault/drip?bytes=100&ms=100", code: 1050, k6Text: "request timeout"),
        Fault(path: "/fault/endless?ms=20", code: 1050, k6Text: "request timeout"),
        Fault(path: "/fault/endless?ms=0", code: 1050, k6Text: "request timeout"),
    ]

    @Test(arguments: faults, [false, true])
    func faultIsAnError(fault: Fault, isSecure: Bool) throws {
        try withTarget { target, harness in
            let base = target.base(isSecure: isSecure)
            // Once on a new channel, once on a kept-alive one.
            for isWarm in [false, true] {
                if isWarm { #expect(harness.fetch(base + "/").status == 200) }
                var ask = Ask(base + fault.path)
                // The fault itself must end the others: at a time-out they had another code.
                if fault.isTimeOut { ask.timeoutMs = Self.timeoutMs }
                ask.sink = .discard
                let answer = harness.fetch(ask)
                #expect(answer.code.rawValue == fault.code)
                #expect(answer.errorText == fault.text ?? fault.k6Text)
                if let count = fault.bodyCount { #expect(answer.bodyByteCount == count) }
                if fault.isTimeOut { expectTimeOut(answer, ofMs: Self.timeoutMs) }
            }
            let next = harness.fetch(base + "/")
            #expect(next.status == 200 && next.code == .none && !next.isReused)
            #expect(harness.client.pointee.counters.failed == 2)
        }
    }

    /// What k6 takes in its stride is no error here either.
    @Test(
        arguments: [
            "/fault/extra-bytes", "/fault/idle-close", "/fault/idle-close?ms=20", "/fault/drip?bytes=4&ms=20",
        ], [false, true])
    func noFaultIsNoError(path: String, isSecure: Bool) throws {
        try withTarget { target, harness in
            let base = target.base(isSecure: isSecure)
            for pauseMs in [0, 40] as [Int64] {
                #expect(harness.fetch(base + path).code == .none)
                if pauseMs > 0 { harness.wait(pauseMs) }
                let next = harness.fetch(base + "/")
                #expect(next.status == 200 && next.code == .none, "\(next.errorText)")
            }
            #expect(harness.client.pointee.counters.failed == 0)
        }
    }

    /// The same over a pool's several channels at once, faults and good answers mixed.
    @Test(arguments: [false, true])
    func faultsLeaveOthersAlone(isSecure: Bool) throws {
        try withTarget { target, harness in
            let base = target.base(isSecure: isSecure)
            var asks: [Ask] = []
            for fault in Self.faults {
                var ask = Ask(base + fault.path)
                if fault.isTimeOut { ask.timeoutMs = 1500 }
                ask.sink = .discard
                asks.append(ask)
                asks.append(Ask(base + "/bytes/50000"))
            }
            let answers = harness.fetchAll(asks)
            for (index, answer) in answers.enumerated() {
                if index % 2 == 0 {
                    #expect(answer.code.rawValue == Self.faults[index / 2].code)
                } else {
                    #expect(answer.status == 200 && answer.bodyByteCount == 50_000, "\(answer.errorText)")
                }
            }
        }
    }

    @Test func aSilentServerRecovers() throws {
        try withTarget { target, harness in
            let kept = isKept(inOneOf: 30) {
                let start = Clock.now()
                #expect(harness.fetch(target.plain + "/fault/stop?seconds=0.4").status == 200)
                var short = Ask(target.plain + "/")
                short.timeoutMs = 100
                let early = harness.fetch(short)
                let late = harness.fetch(target.plain + "/")
                #expect(late.status == 200)
                // Nothing is answered before the silence is over, which cannot have begun before the start.
                #expect(milliseconds(start, late.times.done) >= 400)
                if early.code == .requestTimeout {
                    return (150...600).contains(milliseconds(late.times.opened, late.times.done))
                }
                #expect(early.status == 200 && milliseconds(start, early.times.done) >= 400)
                return false
            }
            #expect(kept, "not once in 30 tries")
        }
    }

    @Test func aRestartedServerIsFoundAgain() throws {
        var target: Target? = try Target()
        let port = target!.server.port
        let url = target!.plain + "/"
        try withHarness { harness in
            #expect(harness.fetch(url).status == 200)
            target = nil
            let refused = harness.fetch(url)
            #expect(refused.code == .dialRefused && refused.errorText == "dial: connection refused")
            target = try Target(port: port)
            #expect(harness.fetch(url).status == 200)
            #expect(harness.fetch(url).isReused)
            #expect(harness.client.pointee.counters.failed == 1)
        }
        withExtendedLifetime(target) {}
    }

    /// Three hundred requests of a fixed shuffle over every fault and good answers: what was opened has
    /// ended.
    @Test(arguments: [1, 2, 3] as [UInt64], [false, true])
    func swarm(seed: UInt64, isSecure: Bool) throws {
        try withTarget { target, harness in
            let base = target.base(isSecure: isSecure)
            var random = SeededRandom(seed: seed)
            let good = [
                "/", "/chunked/20", "/bytes/30000", "/until-close/500", "/delay/5", "/fault/idle-close",
            ]
            let stop = Clock.now() + 700 * Ns.perMillisecond
            var wrong: [String] = []
            func next(_ vu: Int64) {
                guard Clock.now() < stop else { return }
                let isGood = random.below(3) > 0
                let fault = Self.faults[random.below(Self.faults.count)]
                // The large head would be most of the work of a run.
                let isLarge = fault.path.contains("oversized")
                let path = isGood || isLarge ? good[random.below(good.count)] : fault.path
                var ask = Ask(base + path)
                ask.vu = vu
                ask.sink = .discard
                ask.timeoutMs = isGood || isLarge ? 5000 : 50
                harness.open(ask) { call in
                    let code = call.answer.code.rawValue
                    // On two loaded cores an answer may be later than its time-out.
                    let isRight = isGood || isLarge ? code == 0 : code == fault.code || code == 1050
                    if !isRight { wrong.append("\(path): \(code) \(call.answer.errorText)") }
                    next(vu)
                }
            }
            for vu in 1...200 { next(Int64(vu)) }
            #expect(harness.run { harness.opened == harness.ended && Clock.now() >= stop })
            #expect(wrong.isEmpty, "\(wrong.prefix(5))")
            // Enough to mean something, however slow the machine.
            #expect(harness.opened >= 50)
        }
    }
}
