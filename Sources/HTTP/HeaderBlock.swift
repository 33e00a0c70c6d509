// The headers of one message: names and values back to back in one buffer, with an index. Blocks are pooled
// by the parser's owner and lent to whoever reads the head; nothing of them may be kept after the head event.

import Base
import Synchronization

public struct HeaderBlock: ~Copyable {
    struct Entry {
        var nameStart: UInt32
        var nameCount: UInt32
        var valueStart: UInt32
        var valueCount: UInt32
    }

    private var text = ByteBuffer()
    private var entries: [Entry] = []
    private var inValue = false
    /// Octets of the reason, which stands before all headers.
    private var reasonCount: UInt32 = 0
    /// Names worth a second look by an iteration, noted while parsing.
    public private(set) var noted: Noted = []
    /// Number of this head among all that were parsed in the process, 0 while it is not whole. It goes where
    /// the headers go, also when blocks change places: the same number means the same headers.
    public private(set) var version: UInt64 = 0
    private static let versions = Atomic<UInt64>(0)

    public struct Noted: OptionSet, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let setCookie = Noted(rawValue: 1)
        public static let location = Noted(rawValue: 2)
        public static let contentEncoding = Noted(rawValue: 4)
        public static let authenticate = Noted(rawValue: 8)
    }

    public init() {}

    public var count: Int { entries.count }

    /// Forgets everything; memory beyond `keptBytesMax` is given back.
    public mutating func reset() {
        entries.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: text.capacity <= HeaderBlock.keptBytesMax)
        inValue = false
        noted = []
        version = 0
        reasonCount = 0
    }

    private static let keptBytesMax = 16 * 1024

    /// The words after the status, where the parser was told to keep them.
    public var reason: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: text.base, count: Int(reasonCount))
    }

    mutating func appendReason(_ part: UnsafeBufferPointer<UInt8>) {
        text.append(part)
        reasonCount += UInt32(part.count)
    }

    public mutating func appendName(_ part: UnsafeBufferPointer<UInt8>) {
        if inValue || entries.isEmpty {
            finishValue()
            let start = UInt32(text.count)
            entries.append(Entry(nameStart: start, nameCount: 0, valueStart: start, valueCount: 0))
        }
        text.append(part)
        entries[entries.count - 1].nameCount += UInt32(part.count)
        entries[entries.count - 1].valueStart = UInt32(text.count)
    }

    public mutating func appendValue(_ part: UnsafeBufferPointer<UInt8>) {
        inValue = true
        text.append(part)
        entries[entries.count - 1].valueCount += UInt32(part.count)
    }

    /// Ends the head: notes the last header as the others were noted when the next one began.
    public mutating func finish() {
        finishValue()
        version = Self.versions.wrappingAdd(1, ordering: .relaxed).newValue
    }

    private mutating func finishValue() {
        inValue = false
        guard let last = entries.last else { return }
        // Length first: most headers are told apart without looking at their text.
        switch last.nameCount {
        case 8 where nameEquals(last, "location"): noted.insert(.location)
        case 10 where nameEquals(last, "set-cookie"): noted.insert(.setCookie)
        case 16 where nameEquals(last, "content-encoding"): noted.insert(.contentEncoding)
        case 16 where nameEquals(last, "www-authenticate"): noted.insert(.authenticate)
        default: break
        }
    }

    /// The name of a header that has no value yet.
    var unfinishedName: String? {
        guard let last = entries.indices.last, !inValue else { return nil }
        return String(decoding: name(last), as: UTF8.self)
    }

    private func nameEquals(_ entry: Entry, _ lowercased: StaticString) -> Bool {
        guard Int(entry.nameCount) == lowercased.utf8CodeUnitCount else { return false }
        let name = text.base! + Int(entry.nameStart)
        let wanted = lowercased.utf8Start
        for index in 0..<Int(entry.nameCount) where ASCII.lowered(name[index]) != wanted[index] {
            return false
        }
        return true
    }

    public func name(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        let entry = entries[index]
        return UnsafeBufferPointer(start: text.base! + Int(entry.nameStart), count: Int(entry.nameCount))
    }

    public func value(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        let entry = entries[index]
        return UnsafeBufferPointer(start: text.base! + Int(entry.valueStart), count: Int(entry.valueCount))
    }

    /// The first value of a header, by its lower-case name; nil when absent.
    public func first(_ lowercased: StaticString) -> String? {
        for index in entries.indices where nameEquals(entries[index], lowercased) {
            return String(decoding: value(index), as: UTF8.self)
        }
        return nil
    }

    /// Every value of a header, in order.
    public func all(_ lowercased: StaticString) -> [String] {
        entries.indices.filter { nameEquals(entries[$0], lowercased) }.map {
            String(decoding: value($0), as: UTF8.self)
        }
    }

    /// Bytes `copy(to:)` writes: the index, then the text.
    var copyByteCount: Int { entries.count * MemoryLayout<Entry>.stride + text.count }

    func copy(to memory: UnsafeMutableRawPointer) {
        let indexBytes = entries.count * MemoryLayout<Entry>.stride
        entries.withUnsafeBytes {
            if let start = $0.baseAddress { memory.copyMemory(from: start, byteCount: indexBytes) }
        }
        if let start = text.base { (memory + indexBytes).copyMemory(from: start, byteCount: text.count) }
    }

    /// All headers as text pairs, in order.
    public func pairs() -> [(name: String, value: String)] {
        entries.indices.map {
            (String(decoding: name($0), as: UTF8.self), String(decoding: value($0), as: UTF8.self))
        }
    }
}

public enum ASCII {
    @inline(__always) public static func lowered(_ byte: UInt8) -> UInt8 {
        byte &- 65 < 26 ? byte | 0x20 : byte
    }

    public static func lowercased(_ text: String) -> String {
        String(decoding: text.utf8.map(lowered), as: UTF8.self)
    }
}
