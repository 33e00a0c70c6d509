// What people are told about a failed exchange: Go's words, which name the system call, the addresses and the
// name that was looked up, where the tags of its samples say less. Noted by the client when an exchange
// fails, put into words only when its owner asks.

import EventLoop
import HTTP

/// Where an exchange failed.
struct FailurePlace {
    private(set) var isWrite = false
    private(set) var local: SocketAddress?
    private(set) var remote: SocketAddress?
    private(set) var host = ""
    private(set) var text: String?

    init(text: String) { self.text = text }

    init(_ channel: ChannelRef, isWrite: Bool = false) {
        self.isWrite = isWrite
        remote = channel.pointee.remote
        let client = channel.pointee.client
        host = client.pointee.destinations[Int(channel.pointee.destination)].dialHost
        if channel.pointee.isSocketOpen, channel.pointee.state != .connecting {
            local = Channel.socket(channel).localAddress()
        }
        if channel.pointee.secure?.pointee.session.isPeerPlainHTTP ?? false {
            text = "http: server gave HTTP response to HTTPS client"
        }
    }
}

extension Client {
    /// Go's words for the error of an exchange and whom it spoke to, within its end event.
    public static func failure(
        _ client: UnsafeMutablePointer<Client>, of exchange: UnsafeMutablePointer<Exchange>
    ) -> (text: String, remote: SocketAddress?) {
        (failureText(client, exchange), client.pointee.failurePlace?.remote)
    }

    private static func failureText(
        _ client: UnsafeMutablePointer<Client>, _ exchange: UnsafeMutablePointer<Exchange>
    ) -> String {
        let error = exchange.pointee.error
        let short = client.pointee.texts[error.text]
        guard let place = client.pointee.failurePlace else { return short }
        if let text = place.text { return text }
        let remote = place.remote?.description ?? ""
        switch error.code {
        case .dialTimeout: return "dial tcp \(remote): i/o timeout"
        case .dialRefused, .dialUnknownErrno:
            let call = error.limit == .descriptors ? "socket" : "connect"
            return "dial tcp \(remote): \(call): \(systemWords(short))"
        case .noSuchHost, .dnsGeneric:
            return short.replacing("lookup:", with: "lookup \(place.host):", maxReplacements: 1)
        case .blacklistedIP:
            guard let address = place.remote,
                let block = client.pointee.settings.blacklist.first(where: { $0.contains(address) })
            else { return short }
            return "IP (\(address.host)) is in a blacklisted range (\(block.description))"
        case .resetByPeer, .brokenPipe, .tcpUnknownErrno:
            let call = place.isWrite ? "write" : "read"
            let between = "\(place.local?.description ?? "")->\(remote)"
            return "\(call) tcp \(between): \(call): \(systemWords(short))"
        case .unknownAuthority:
            return "tls: failed to verify certificate: x509: certificate signed by unknown authority"
        case .hostnameMismatch: return "tls: failed to verify certificate: \(short)"
        default: return short
        }
    }

    /// Out of a tag's text the system's own words.
    private static func systemWords(_ text: String) -> Substring {
        if let start = text.firstIndex(of: "`"), let end = text.lastIndex(of: "`"), start < end {
            return text[text.index(after: start)..<end]
        }
        return text.firstIndex(of: ":").map { text[text.index($0, offsetBy: 2)...] } ?? text[...]
    }
}
