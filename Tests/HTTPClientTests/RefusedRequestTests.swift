// Requests that cannot be sent, which scripts may make by the million, each for a reason of its own: told as
// they are, without a trace in the client.

import HTTP
import Testing

@testable import HTTPClient

@Suite struct RefusedRequestTests {
    private func ask(_ number: Int) -> Ask {
        var ask = Ask("http://127.0.0.1:1/")
        let text = "dial tcp: address \(100_000 + number): invalid port"
        ask.refusal = RequestRefusal(number % 2 == 0 ? .dialGeneric : .generic, text)
        return ask
    }

    @Test func eachForAReasonOfItsOwn() throws {
        let count = 3000
        try withHarness { harness in
            for number in 0..<count {
                let answer = harness.fetch(ask(number))
                #expect(answer.code == (number % 2 == 0 ? .dialGeneric : .generic) && answer.status == 0)
                #expect(answer.failureText == ask(number).refusal?.text)
                // The tag of the samples: as many different ones as a client keeps texts.
                #expect(answer.errorText == (number < 400 ? answer.failureText : answer.errorText))
                #expect(number < 1000 || answer.errorText == "other error")
            }
            #expect(harness.client.pointee.destinations.isEmpty)
            #expect(harness.client.pointee.texts.texts.count < 1000)
            #expect(harness.client.pointee.failedPlaces.isEmpty)
            #expect(harness.client.pointee.counters.requested == Int64(count))
            #expect(harness.client.pointee.counters.failed == Int64(count))
        }
    }

    /// What is refused does not use a connection that is there, nor the other way round.
    @Test func besideAConnection() throws {
        try withTarget { target, harness in
            #expect(harness.fetch(target.plain + "/").status == 200)
            var refused = Ask(target.plain + "/")
            refused.refusal = RequestRefusal(.generic, "net/http: invalid method \"A B\"")
            #expect(harness.fetch(refused).failureText == refused.refusal?.text)
            let again = harness.fetch(target.plain + "/")
            #expect(again.status == 200 && again.isReused)
            #expect(harness.client.pointee.destinations.count == 1)
        }
    }
}
