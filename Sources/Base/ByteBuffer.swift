// A growable block of raw bytes with one owner: request encodings, partial writes, collected bodies. No
// copy-on-write, no hidden allocation; the owner decides when it grows and when it gives memory back.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

public struct ByteBuffer: ~Copyable {
    public private(set) var base: UnsafeMutablePointer<UInt8>?
    public private(set) var count = 0
    public private(set) var capacity = 0

    public init() {}

    public init(_ text: String) {
        self.init()
        append(text)
    }

    deinit { free(UnsafeMutableRawPointer(base)) }

    public var isEmpty: Bool { count == 0 }
    public var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }
    public var rawBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// What `reserve(extra)` makes of the capacity.
    public func capacity(with extra: Int) -> Int {
        if count + extra <= capacity { return capacity }
        var wanted = max(capacity * 2, 64)
        while wanted < count + extra { wanted *= 2 }
        return wanted
    }

    /// Makes room for `extra` more bytes.
    public mutating func reserve(_ extra: Int) {
        if count + extra <= capacity { return }
        let wanted = capacity(with: extra)
        guard let moved = realloc(base, wanted) else {
            fatalError("out of memory for a buffer of \(wanted) bytes")
        }
        base = moved.assumingMemoryBound(to: UInt8.self)
        capacity = wanted
    }

    public mutating func append(_ byte: UInt8) {
        reserve(1)
        base![count] = byte
        count += 1
    }

    public mutating func append(_ source: UnsafeRawBufferPointer) {
        guard let start = source.baseAddress, source.count > 0 else { return }
        reserve(source.count)
        memcpy(base! + count, start, source.count)
        count += source.count
    }

    public mutating func append(_ source: UnsafeBufferPointer<UInt8>) {
        append(UnsafeRawBufferPointer(source))
    }

    public mutating func append(_ source: some Sequence<UInt8>) {
        for byte in source { append(byte) }
    }

    public mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @_disfavoredOverload
    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append($0) }
    }

    /// A free region of at least `minimum` bytes behind the content, to be filled and then counted with
    /// `grew(by:)`.
    public mutating func spare(atLeast minimum: Int) -> UnsafeMutableRawBufferPointer {
        reserve(minimum)
        return UnsafeMutableRawBufferPointer(start: base! + count, count: capacity - count)
    }

    public mutating func grew(by bytes: Int) {
        precondition(count + bytes <= capacity, "more bytes were counted than there was room for")
        count += bytes
    }

    /// Drops `length` bytes from the front.
    public mutating func consume(_ length: Int) {
        precondition(length >= 0 && length <= count, "more bytes were consumed than the buffer holds")
        count -= length
        if count > 0 { memmove(base!, base! + length, count) }
    }

    public mutating func removeAll(keepingCapacity: Bool = true) {
        count = 0
        if !keepingCapacity {
            free(UnsafeMutableRawPointer(base))
            base = nil
            capacity = 0
        }
    }

    public func string() -> String { String(decoding: bytes, as: UTF8.self) }
}
