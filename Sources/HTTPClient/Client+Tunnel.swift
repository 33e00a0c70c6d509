// CONNECT through an HTTP proxy, for https targets: one request, one answer head, then TLS to the target
// through it.

import Base
import EventLoop
import HTTP

extension Client {
    /// Proxies are asked by Go's client in k6, which calls itself so; some admit by name.
    private static let proxyUserAgent = "Go-http-client/1.1"

    static func requestTunnel(
        _ channel: ChannelRef, _ destination: Destination, _ proxy: RequestURL, _ now: Instant
    ) {
        channel.pointee.state = .tunnelling
        let authority = destination.hostPort
        var text = "CONNECT \(authority) HTTP/1.1\r\nHost: \(authority)\r\nUser-Agent: \(proxyUserAgent)\r\n"
        if let user = proxy.user { text += "Proxy-Authorization: \(proxyToken(user, proxy.password))\r\n" }
        text += "\r\n"
        // A new connection's empty send buffer takes a few hundred bytes at once; if not, the proxy is
        // unusable.
        let written = text.withUTF8 { Channel.socket(channel).tryWrite($0.baseAddress!, $0.count) }
        if written != text.utf8.count {
            fail(
                channel, channel.pointee.client.pointee.wireError(Int32(min(written, 0)), isWrite: true), now)
        }
    }

    static func tunnelAnswered(_ channel: ChannelRef, _ bytes: UnsafeRawBufferPointer, _ now: Instant) {
        // Proxies answer with a short head and nothing after it until TLS begins, so the head comes in one
        // piece or a few; it is kept in the exchange's connect phase only.
        let client = channel.pointee.client
        client.pointee.tunnelHeads[channel.pointee.slot, default: []] += bytes
        let head = client.pointee.tunnelHeads[channel.pointee.slot]!
        guard let end = headEnd(head) else {
            if head.count > Limits.requestHeadBytesMax {
                client.pointee.tunnelHeads[channel.pointee.slot] = nil
                fail(channel, ExchangeError(.generic, .headTooLarge), now)
            }
            return
        }
        client.pointee.tunnelHeads[channel.pointee.slot] = nil
        let line = head.prefix { $0 != 13 && $0 != 10 }
        let parts = line.split(separator: 32, maxSplits: 2)
        let isAnswer = parts.count >= 2 && parts[0].starts(with: "HTTP/1.".utf8) && parts[1].count == 3
        if !isAnswer || (parts[1].elementsEqual("200".utf8) && end != head.count) {
            // No HTTP, or bytes before TLS has begun, which nobody could make sense of.
            fail(channel, ExchangeError(.generic, .malformedResponse), now)
        } else if parts[1].elementsEqual("200".utf8) {
            secure(channel, client.pointee.destinations[Int(channel.pointee.destination)], now)
        } else {
            // As in k6, the error is the reason the proxy gave.
            let reason = parts.count > 2 ? String(decoding: parts[2], as: UTF8.self) : "unknown status code"
            fail(channel, ExchangeError(.generic, text: client.pointee.texts.number(of: reason)), now)
        }
    }

    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in 3..<bytes.count
        where bytes[index] == 10 && bytes[index - 1] == 13 && bytes[index - 2] == 10 && bytes[index - 3] == 13
        {
            return index + 1
        }
        return nil
    }
}
