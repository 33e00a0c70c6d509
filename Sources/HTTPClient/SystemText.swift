// The system's words for an error number the way Go writes them, which is how k6 shows them: in lower case at
// the beginning. libuv has words of its own. Called when an error has no code of its own.

import Glibc

enum SystemText {
    /// "cannot assign requested address" for `EADDRNOTAVAIL`.
    static func of(_ code: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            buffer.initialize(repeating: 0)
            guard strerror_r(code, buffer.baseAddress!, buffer.count) == 0 else { return "errno \(code)" }
            let text = String(cString: buffer.baseAddress!)
            return text.prefix(1).lowercased() + text.dropFirst()
        }
    }
}
