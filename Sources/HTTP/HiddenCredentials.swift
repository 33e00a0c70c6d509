// Addresses made fit to be shown: where one cannot be read, its error names it, and what stands in it may be
// a user and a password. Pure; called wherever such a text is printed before it is known to be a URL.

public enum HiddenCredentials {
    private static let at = UInt8(ascii: "@")
    private static let slash = UInt8(ascii: "/")
    private static let colon = UInt8(ascii: ":")

    /// The text with `****` for what stands between its scheme and its last `@`, if that may be a user and a
    /// password: rather too much is hidden than too little, as a password may hold every sign there is.
    public static func hidden(in text: String) -> String {
        let bytes = Array(text.utf8)
        var start = bytes.firstRange(of: Array("://".utf8))?.upperBound ?? 0
        while start < bytes.count, bytes[start] == slash { start += 1 }
        let end = bytes[start...].firstIndex { "/?#".utf8.contains($0) } ?? bytes.count
        guard let last = bytes[start...].lastIndex(of: at), mayHoldCredentials(bytes[start..<end]) else {
            return text
        }
        return String(decoding: bytes[..<start], as: UTF8.self) + "****"
            + String(decoding: bytes[last...], as: UTF8.self)
    }

    /// Whether what stands up to the first slash is more than a host and a port: `user@host`, or the
    /// beginning of `user:pass/word@host`.
    private static func mayHoldCredentials(_ authority: ArraySlice<UInt8>) -> Bool {
        if authority.contains(at) { return true }
        guard let last = authority.lastIndex(of: colon), authority.first != UInt8(ascii: "[") else {
            return false
        }
        let port = authority[(last + 1)...]
        return port.isEmpty || port.count > 5 || !port.allSatisfy { (48...57).contains($0) }
    }
}
