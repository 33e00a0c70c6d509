// What is said of a head that is none, in the words of k6 1.1.0's Go.

import Testing

@testable import HTTP

@Suite struct HeadDiagnosisTests {
    @Test(arguments: [
        ("garbage\r\n\r\n", "malformed HTTP response \"garbage\""),
        ("HTTP/1.1 these are\r\n\r\n", "malformed HTTP status code \"these\""),
        ("HTTP/1.1 99 x\r\n\r\n", "malformed HTTP status code \"99\""),
        ("HTTP/11 200 OK\r\n\r\n", "malformed HTTP version \"HTTP/11\""),
        ("HTTP/1.1 200 OK\r\nA: b\r\nno colon\r\n\r\n", "malformed MIME header: missing colon: \"no colon\""),
        ("HTTP/1.1 200 OK\r\nA b: c\r\n\r\n", "malformed MIME header line: A b: c"),
        ("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", "bad Content-Length \"many\""),
        ("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", "bad Content-Length \"\""),
        ("HTTP/1.1 200 OK\nContent-Length: 5\n\nbody without a colon", nil),
    ])
    func says(head: String, wanted: String?) {
        let text = Array(head.utf8).withUnsafeBufferPointer { HeadDiagnosis.text(of: $0) }
        #expect(text == wanted)
    }

    @Test func longLinesAreNoTagValues() {
        let head = Array((String(repeating: "x", count: 300) + "\r\n\r\n").utf8)
        #expect(head.withUnsafeBufferPointer { HeadDiagnosis.text(of: $0) } == nil)
    }
}
