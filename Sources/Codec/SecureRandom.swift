// Random bytes nobody can foretell, and the UUIDs made of them. Used by scripts (`crypto.randomBytes`,
// `getRandomValues`, `randomUUID`); schedules and simulations take `SeededRandom` of Base instead.

import COpenSSL

public enum SecureRandom {
    /// - Returns: false when the system gives no randomness.
    public static func fill(_ bytes: UnsafeMutableRawBufferPointer) -> Bool {
        var filled = 0
        while filled < bytes.count {
            let count = min(bytes.count - filled, Int(Int32.max))
            let start = bytes.baseAddress!.advanced(by: filled).assumingMemoryBound(to: UInt8.self)
            guard RAND_bytes(start, Int32(count)) == 1 else {
                ERR_clear_error()
                return false
            }
            filled += count
        }
        return true
    }

    /// A random UUID (version 4); nil when the system gives no randomness.
    public static func uuid() -> String? {
        var bytes = [UInt8](repeating: 0, count: 16)
        guard bytes.withUnsafeMutableBytes({ fill($0) }) else { return nil }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let groups = [0..<4, 4..<6, 6..<8, 8..<10, 10..<16]
        return groups.map { Hex.encode(Array(bytes[$0])) }.joined(separator: "-")
    }
}
