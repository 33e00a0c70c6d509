// Snappy's block format: what Prometheus' remote write compresses its requests with. Called by outputs, once
// per request they send.

import CSnappy

public enum SnappyBlock {
    /// One block with all of `bytes`.
    public static func compress(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { source in
            [UInt8](unsafeUninitializedCapacity: snappy_max_compressed_length(source.count)) { room, count in
                count = room.count
                let status = room.withMemoryRebound(to: CChar.self) { room in
                    // An empty array may have no address; snappy wants one even for nothing.
                    let start = source.baseAddress ?? UnsafeRawPointer(room.baseAddress!)
                    return snappy_compress(
                        start.assumingMemoryBound(to: CChar.self), source.count, room.baseAddress!, &count)
                }
                precondition(status == SNAPPY_OK, "snappy had less room than it asked for")
            }
        }
    }
}
