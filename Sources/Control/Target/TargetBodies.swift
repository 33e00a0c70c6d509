// Bodies the embedded server gives again and again, made once per process: the small text of `/`, the filling
// of large bodies, the text in every content coding. Read by the routes.

import Base
import Codec

enum TargetBodies {
    /// About 600 bytes, the size of a small API answer.
    static let text: StaticString = """
        This is apus target, a server to try load tests against.

        It answers every request at once and in the same way, so that what a test measures is the client, the network
        and the kernel between them. Other paths wait, send much, send little, or break in the middle: ask for a path
        that does not exist to see the list.

        The common swift (Apus apus) spends most of its life in the air: it eats, drinks and sleeps on the wing and
        comes down only to nest. Young birds may stay aloft for two or three years before they touch anything solid,
        and nothing that flies level by its own strength has been measured to fly faster.

        """

    nonisolated(unsafe) static let textBytes = UnsafeRawBufferPointer(
        start: text.utf8Start, count: text.utf8CodeUnitCount)

    static let json = """
        {"name":"apus","kind":"bird","order":"Apodiformes","wingspan_mm":[380,400],"weight_g":{"min":36,"max":50},\
        "sleeps_on_the_wing":true,"nests":["eaves","crevices","hollow trees"],"note":null}

        """

    /// One piece of readable filling; lives as long as the process.
    nonisolated(unsafe) static let pattern: UnsafeRawBufferPointer = {
        let filling = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Limits.targetPieceBytes, alignment: 64)
        let line: StaticString = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-\n"
        for index in filling.indices { filling[index] = line.utf8Start[index % line.utf8CodeUnitCount] }
        return UnsafeRawBufferPointer(filling)
    }()

    static let gzip = coded(.gzip)
    static let deflate = coded(.deflate)
    static let brotli = coded(.brotli)
    static let zstd = coded(.zstd)

    /// A gzip header that promises data, and then none that zlib could read.
    static let badGzip: [UInt8] = Array(gzip.prefix(10)) + [UInt8](repeating: 0xEE, count: 64)

    private static func coded(_ coding: ContentCoding) -> [UInt8] {
        var out = ByteBuffer()
        Encoder.encode(textBytes, coding, into: &out)
        return Array(out.bytes)
    }

    /// A head beyond what clients accept.
    static func appendOversizedHeaders(_ byteCount: Int, to out: inout ByteBuffer) {
        let line = UnsafeRawBufferPointer(rebasing: pattern[..<63])
        var left = byteCount
        while left > 0 {
            out.append("X-Filling: ")
            for _ in 0..<16 { out.append(line) }
            out.append("\r\n")
            left -= 16 * 63 + 13
        }
    }

    /// The whole answer to `GET /`. - Returns: where its date stands.
    static func appendRoot(date: borrowing ByteBuffer, to out: inout ByteBuffer) -> Int {
        out.append("HTTP/1.1 200 OK\r\nServer: apus\r\nDate: ")
        let offset = out.count
        out.append(date.rawBytes)
        out.append("\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ")
        Decimal.append(textBytes.count, to: &out)
        out.append("\r\n\r\n")
        out.append(textBytes)
        return offset
    }
}
