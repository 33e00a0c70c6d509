// Many connections asked for at once: they are made in turns, so that the first are used without waiting for
// the last, in order, and one that is given up before its turn leaves no trace.

import Base
import HTTP
import Testing

@testable import HTTPClient

@Suite struct ConnectTurnTests {
    private static let count = 10 * Limits.connectsPerPassMax

    private func open(_ url: String, in harness: Harness) -> [Call] {
        (0..<Self.count).map {
            var ask = Ask(url)
            ask.vu = Int64($0) + 1
            return harness.open(ask)
        }
    }

    @Test(arguments: [false, true])
    func theFirstDoNotWaitForTheLast(isNamed: Bool) throws {
        let names = FakeNames(["many.test": ["127.0.0.1"]])
        let target = try Target()
        try withHarness(lookup: names.lookup) { harness in
            let calls = open(
                isNamed ? "http://many.test:\(target.server.port)/" : target.plain + "/", in: harness)
            #expect(harness.run { calls.allSatisfy { $0.answer.hasEnded } })
            let answers = calls.map(\.answer)
            #expect(answers.allSatisfy { $0.status == 200 && $0.isOrdered })
            let lastConnect = answers.map(\.times.connectStart).max()!
            let firstSent = answers.map(\.times.sent).min()!
            #expect(firstSent < lastConnect, "nothing was sent before the last connect")
            #expect(harness.client.pointee.counters.established == Int64(Self.count))
        }
    }

    @Test func inOrder() throws {
        let target = try Target()
        try withHarness { harness in
            let calls = open(target.plain + "/", in: harness)
            #expect(harness.run { calls.allSatisfy { $0.answer.hasEnded } })
            let starts = calls.map(\.answer.times.connectStart)
            #expect(starts == starts.sorted())
        }
    }

    /// The first, the last and some between them, before their turn; then the queue takes new ones.
    @Test func givenUpBeforeTheirTurn() throws {
        let target = try Target()
        try withHarness { harness in
            let calls = open(target.plain + "/", in: harness)
            let isCancelled = { (index: Int) in index % 3 == 0 || index == Self.count - 1 }
            for (index, call) in calls.enumerated() where isCancelled(index) { harness.cancel(call) }
            let more = harness.open(Ask(target.plain + "/"))
            let left = calls.enumerated().filter { !isCancelled($0.offset) }.map(\.element) + [more]
            #expect(harness.run { left.allSatisfy { $0.answer.hasEnded } })
            #expect(left.allSatisfy { $0.answer.status == 200 })
            #expect(harness.client.pointee.queuedFirst == nil && harness.client.pointee.queuedLast == nil)
        }
    }

    /// Those that wait are timed as well.
    @Test func timeOutBeforeTheirTurn() throws {
        let target = try Target()
        try withHarness { harness in
            var ask = Ask(target.plain + "/")
            ask.timeoutMs = 1
            let calls = (0..<Self.count).map { _ in harness.open(ask) }
            pause(5)
            #expect(harness.run { calls.allSatisfy { $0.answer.hasEnded } })
            #expect(calls[Self.count - 1].answer.code == .requestTimeout)
        }
    }
}
