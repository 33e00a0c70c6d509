// Files as bytes for the suite. Not by Foundation's reader, which leaves a page behind under the address
// sanitizer.

import Foundation
import Glibc

enum FileBytes {
    /// nil when the file cannot be opened, or is a folder.
    static func read(_ path: String) -> Data? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var facts = stat()
        if fstat(fileno(file), &facts) != 0 || facts.st_mode & S_IFMT != S_IFREG { return nil }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { return Data(bytes) }
            bytes += chunk[..<count]
        }
    }
}
