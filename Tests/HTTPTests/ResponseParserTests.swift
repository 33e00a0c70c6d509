// The wire corpus through the response parser: whole, split at every byte, byte by byte, and again over a
// warm memo.

import Base
import HTTP
import Testing
import WireCorpus

@Suite struct ResponseParserTests {
    private func expect(_ read: ReadResponse, _ wanted: ResponseCase, _ how: Comment) {
        #expect(read.ending.rawValue == wanted.ending.rawValue, how)
        #expect(read.status == wanted.status, how)
        #expect(String(decoding: read.body, as: UTF8.self) == wanted.body, how)
        if read.ending == .complete || read.ending == .atEnd {
            #expect(read.keepsAlive == wanted.keepsAlive, how)
            #expect(read.extra == wanted.extra, how)
        }
    }

    @Test(arguments: ResponseCorpus.cases)
    func whole(wanted: ResponseCase) {
        expect(ResponseReader().read([wanted.bytes], isHead: wanted.isHead), wanted, "whole")
    }

    @Test(arguments: ResponseCorpus.cases)
    func splitAtEveryByte(wanted: ResponseCase) {
        let whole = ResponseReader().read([wanted.bytes], isHead: wanted.isHead)
        for place in 1..<max(wanted.bytes.count, 2) {
            let pieces = [Array(wanted.bytes[..<place]), Array(wanted.bytes[place...])]
            let read = ResponseReader().read(pieces, isHead: wanted.isHead)
            expect(read, wanted, "split at \(place)")
            if wanted.ending != .malformed { #expect(read.headers == whole.headers, "split at \(place)") }
        }
    }

    @Test(arguments: ResponseCorpus.cases)
    func byteByByte(wanted: ResponseCase) {
        expect(
            ResponseReader().read(wanted.bytes.map { [$0] }, isHead: wanted.isHead), wanted, "byte by byte")
    }

    /// A remembered head must not change anything: the whole corpus three times over one memo, then split
    /// after it.
    @Test func overAWarmMemo() {
        let reader = ResponseReader()
        let cold = ResponseCorpus.cases.map { ResponseReader().read([$0.bytes], isHead: $0.isHead) }
        for _ in 0..<3 {
            for (wanted, first) in zip(ResponseCorpus.cases, cold) {
                for _ in 0..<3 {
                    #expect(reader.read([wanted.bytes], isHead: wanted.isHead) == first, "\(wanted.name)")
                }
                let middle = wanted.bytes.count / 2
                let pieces = [Array(wanted.bytes[..<middle]), Array(wanted.bytes[middle...])]
                expect(reader.read(pieces, isHead: wanted.isHead), wanted, "split over a warm memo")
            }
        }
    }

    /// The same head means no body to a HEAD and one to a GET.
    @Test func memoTellsHeadFromGet() {
        let reader = ResponseReader()
        let head = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n".utf8)
        for _ in 0..<2 {
            #expect(reader.read([head + Array("ok".utf8)], isHead: false).body == Array("ok".utf8))
            let read = reader.read([head], isHead: true)
            #expect(read.ending == .complete)
            #expect(read.body.isEmpty)
        }
    }

    @Test func refusesAnEndlessHead() {
        let line = Array("X-Filler: \(String(repeating: "x", count: 1000))\r\n".utf8)
        let pieces = [Array("HTTP/1.1 200 OK\r\n".utf8)] + .init(repeating: line, count: 1100)
        #expect(ResponseReader().read(pieces, isHead: false).ending == .headTooLarge)
    }

    @Test func keepsHeadersInOrder() {
        let text =
            "HTTP/1.1 200 OK\r\nB: 2\r\nA: 1\r\nSet-Cookie: x=1\r\nSet-Cookie: y=2\r\nContent-Length: 0\r\n\r\n"
        let read = ResponseReader().read([Array(text.utf8)], isHead: false)
        #expect(read.headers == ["B: 2", "A: 1", "Set-Cookie: x=1", "Set-Cookie: y=2", "Content-Length: 0"])
    }
}
