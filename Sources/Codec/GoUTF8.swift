// Bytes as text the way Go's strings show them: each byte that is no UTF-8 becomes one U+FFFD. Used wherever
// a script gets text made of bytes (bodies, decoded base64).

public enum GoUTF8 {
    /// `bytes` themselves when they are UTF-8.
    public static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBufferPointer { repaired($0) } ?? bytes
    }

    /// - Returns: nil when nothing has to be repaired.
    public static func repaired(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        let text = ByteView(bytes)
        var index = 0
        while index < text.count, text[index] < 0x80 || text.characterLength(at: index) > 1 {
            index += text[index] < 0x80 ? 1 : text.characterLength(at: index)
        }
        if index == text.count { return nil }
        var out = Array(bytes[..<index])
        out.reserveCapacity(text.count + 16)
        while index < text.count {
            let length = text.characterLength(at: index)
            if length == 1, text[index] >= 0x80 {
                out.append(contentsOf: [0xEF, 0xBF, 0xBD])
            } else {
                out.append(contentsOf: bytes[index..<(index + length)])
            }
            index += length
        }
        return out
    }
}
