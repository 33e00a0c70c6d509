// Limits of the modules TLS and Codec, beside the others in Limits.swift.

extension Limits {
    /// The spare output buffer of a TLS context is kept up to this size, a few records; larger ones go back
    /// to the heap.
    public static let tlsSpareBytesMax = 64 * 1024
    /// Sent ciphertext is cut off the front of an output that does not drain once there is this much of it.
    public static let tlsOutputCompactBytes = 256 * 1024
    /// A PEM file larger than this is not one.
    public static let pemBytesMax = 4 * 1024 * 1024
    /// Room a decoder offers per step at least: a small body must not cost a large buffer.
    public static let decodeStepBytesMin = 4 * 1024
    /// And at most: a decompression bomb must be seen before it has filled the memory.
    public static let decodeStepBytesMax = 64 * 1024
}
