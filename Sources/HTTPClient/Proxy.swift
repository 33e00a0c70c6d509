// HTTP_PROXY, HTTPS_PROXY and NO_PROXY by Go's rules, which are k6's: lower case names count too, loopback
// and "localhost" are never proxied, NO_PROXY takes names (with their subdomains), addresses, blocks and "*".

import EventLoop
import HTTP

public struct ProxySettings: Sendable {
    /// Proxy for http and for https targets.
    public var plain: RequestURL?
    public var secure: RequestURL?
    public var exceptions: [String] = []

    public init() {}

    /// Reads the variables. - Throws: `URLError` naming the variable whose value is not a proxy URL.
    public init(environment: [String: String]) throws(URLError) {
        func variable(_ name: String) -> String? {
            for key in [name, ASCII.lowercased(name)] {
                if let value = environment[key], !value.isEmpty { return value }
            }
            return nil
        }
        plain = try Self.proxy(variable("HTTP_PROXY"), "HTTP_PROXY")
        secure = try Self.proxy(variable("HTTPS_PROXY"), "HTTPS_PROXY")
        exceptions = (variable("NO_PROXY") ?? "").split(separator: ",").map {
            ASCII.lowercased(String($0)).trimmed
        }.filter { !$0.isEmpty }
    }

    private static func proxy(_ text: String?, _ name: String) throws(URLError) -> RequestURL? {
        guard let text else { return nil }
        do throws(URLError) {
            let url = try RequestURL(parsing: text.contains("://") ? text : "http://\(text)")
            if url.isSecure {
                throw URLError(description: "TLS to the proxy itself is not supported; use http://")
            }
            return url
        } catch {
            let shown = HiddenCredentials.hidden(in: text)
            throw URLError(description: "invalid \(name) \"\(shown)\": \(error.description)")
        }
    }

    /// The proxy a request to `url` goes through, or nil for none.
    public func proxy(for url: RequestURL) -> RequestURL? {
        guard let proxy = url.isSecure ? secure : plain, !isException(url) else { return nil }
        return proxy
    }

    private func isException(_ url: RequestURL) -> Bool {
        let host = url.host
        if host == "localhost" { return true }
        let address = SocketAddress(numeric: host, port: url.port)
        if let address {
            if address.isIPv6 ? address.host == "::1" : address.addressBytes[0] == 127 { return true }
        }
        for entry in exceptions {
            if entry == "*" { return true }
            if let block = AddressBlock(entry) {
                if let address, block.contains(address) { return true }
                continue
            }
            var name = entry
            if let colon = entry.lastIndex(of: ":"), let port = UInt16(entry[entry.index(after: colon)...]) {
                if port != url.port { continue }
                name = String(entry[..<colon])
            }
            if name.hasPrefix("*.") { name.removeFirst() }
            if name.hasPrefix(".") ? host.hasSuffix(name) : host == name || host.hasSuffix("." + name) {
                return true
            }
        }
        return false
    }
}

extension String {
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
