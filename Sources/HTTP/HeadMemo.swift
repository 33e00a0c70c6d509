// Response heads seen lately and what they mean. Servers answer a load test with the same head byte for byte
// (its `Date` changes once a second), and a parser is a function of its input: when a response begins with
// exactly the bytes of a remembered head, the parse's result is the remembered one. A miss costs a few
// comparisons and the full parse. One memo per worker, looked at only at the start of a message.

import Base

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

struct HeadMemoEntry: ~Copyable {
    var head = ByteBuffer()
    var headers = HeaderBlock()
    var contentLength: Int64 = 0
    var status: UInt16 = 0
    var isHTTP10 = false
    var keepsAlive = false
    /// Whether the request was a HEAD: then a content length announces no body.
    var wasHead = false
}

public struct HeadMemo: ~Copyable {
    static let entryCount = 4
    /// Longer heads are parsed each time: comparing them would cost as much as it saves.
    static let headBytesMax = 4096

    private let entries: UnsafeMutablePointer<HeadMemoEntry>
    private var replaceNext = 0
    private var lastHit = 0

    public init() {
        entries = .allocate(capacity: Self.entryCount)
        for index in 0..<Self.entryCount { (entries + index).initialize(to: HeadMemoEntry()) }
    }

    deinit {
        entries.deinitialize(count: Self.entryCount)
        entries.deallocate()
    }

    @inline(__always)
    mutating func match(_ bytes: UnsafePointer<UInt8>, _ count: Int, isHead: Bool)
        -> UnsafeMutablePointer<HeadMemoEntry>?
    {
        let recent = entries + lastHit
        if Self.matches(recent, bytes, count, isHead) { return recent }
        return matchOthers(bytes, count, isHead)
    }

    private mutating func matchOthers(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ isHead: Bool)
        -> UnsafeMutablePointer<HeadMemoEntry>?
    {
        for index in 0..<Self.entryCount where Self.matches(entries + index, bytes, count, isHead) {
            lastHit = index
            return entries + index
        }
        return nil
    }

    @inline(__always)
    private static func matches(
        _ entry: UnsafeMutablePointer<HeadMemoEntry>, _ bytes: UnsafePointer<UInt8>, _ count: Int,
        _ isHead: Bool
    ) -> Bool {
        let length = entry.pointee.head.count
        return length > 0 && length <= count && entry.pointee.wasHead == isHead
            && memcmp(entry.pointee.head.base!, bytes, length) == 0
    }

    /// The entry to fill for a head that was just parsed: the oldest.
    mutating func replace() -> UnsafeMutablePointer<HeadMemoEntry> {
        let entry = entries + replaceNext
        lastHit = replaceNext
        replaceNext = (replaceNext + 1) % Self.entryCount
        entry.pointee.head.removeAll()
        entry.pointee.headers.reset()
        return entry
    }
}
