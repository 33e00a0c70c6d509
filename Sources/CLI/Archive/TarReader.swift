// Reads tar archives from memory: ustar, GNU long names and pax paths, which is what k6, tar and TarWriter
// write. Used by TestArchive, and to tell an archive from a script by its first block.

struct TarError: Error, Hashable, CustomStringConvertible {
    let description: String
}

struct TarEntry: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case file
        case directory
        /// A hard or symbolic link to the entry of this name.
        case link(String)
        case other
    }

    var name: String
    var kind: Kind
    var content: [UInt8]
}

struct TarReader {
    private let bytes: [UInt8]
    private var at = 0
    /// From extension headers, for the entry that follows.
    private var nextName: String?
    private var nextLink: String?

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether the first block is a tar header.
    static func isTar(_ bytes: [UInt8]) -> Bool {
        bytes.count >= TarWriter.blockBytes && bytes[0] != 0 && checksumHolds(bytes[..<TarWriter.blockBytes])
    }

    static func entries(_ bytes: [UInt8]) throws(TarError) -> [TarEntry] {
        var reader = TarReader(bytes)
        var entries: [TarEntry] = []
        while let entry = try reader.next() { entries.append(entry) }
        return entries
    }

    private static func checksumHolds(_ block: ArraySlice<UInt8>) -> Bool {
        let start = block.startIndex
        guard let told = number(block[start + 148..<start + 156]) else { return false }
        var sum = 0
        for (index, byte) in block.enumerated() { sum += (148..<156).contains(index) ? 0x20 : Int(byte) }
        return sum == told
    }

    /// An octal field, or a binary one (first bit set); nil if it is neither.
    private static func number(_ field: ArraySlice<UInt8>) -> Int? {
        if let first = field.first, first & 0x80 != 0 {
            var value = Int(first & 0x7F)
            for byte in field.dropFirst() {
                if value > Int.max >> 8 { return nil }
                value = value << 8 | Int(byte)
            }
            return value
        }
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0 }
        return digits.isEmpty ? 0 : Int(String(decoding: digits, as: UTF8.self), radix: 8)
    }

    private static func text(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }

    private mutating func next() throws(TarError) -> TarEntry? {
        while true {
            if at == bytes.count { return nil }
            guard bytes.count - at >= TarWriter.blockBytes else { throw cut }
            let block = bytes[at..<at + TarWriter.blockBytes]
            if block.allSatisfy({ $0 == 0 }) { return nil }
            guard Self.checksumHolds(block), let size = Self.number(block[at + 124..<at + 136]), size >= 0
            else {
                throw TarError(description: "the header at byte \(at) is damaged")
            }
            let kind = block[at + 156]
            let prefix = Self.text(block[at + 345..<at + 500])
            let isUstar = block[at + 257..<at + 263].elementsEqual("ustar\0".utf8)
            var name = Self.text(block[at..<at + 100])
            if isUstar, !prefix.isEmpty { name = prefix + "/" + name }
            let link = Self.text(block[at + 157..<at + 257])
            at += TarWriter.blockBytes
            guard size <= bytes.count - at else { throw cut }
            let content = Array(bytes[at..<at + size])
            at = min(
                bytes.count,
                at + (size + TarWriter.blockBytes - 1) / TarWriter.blockBytes * TarWriter.blockBytes)
            if let entry = try entry(kind, name, link, content) { return entry }
        }
    }

    private var cut: TarError { TarError(description: "it ends in the middle of an entry") }

    /// nil for headers that only describe the next entry.
    private mutating func entry(
        _ kind: UInt8, _ name: String, _ link: String, _ content: [UInt8]
    ) throws(TarError) -> TarEntry? {
        switch kind {
        case UInt8(ascii: "x"):
            try readPax(content)
            return nil
        case UInt8(ascii: "g"): return nil
        case UInt8(ascii: "L"):
            nextName = Self.text(content[...])
            return nil
        case UInt8(ascii: "K"):
            nextLink = Self.text(content[...])
            return nil
        default: break
        }
        var entry = TarEntry(name: nextName ?? name, kind: .other, content: content)
        switch kind {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): entry.kind = .file
        case UInt8(ascii: "1"), UInt8(ascii: "2"): entry.kind = .link(nextLink ?? link)
        case UInt8(ascii: "5"): entry.kind = .directory
        default: break
        }
        nextName = nil
        nextLink = nil
        return entry
    }

    private mutating func readPax(_ content: [UInt8]) throws(TarError) {
        var rest = content[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0 != 0x20 }
            guard let length = Int(String(decoding: digits, as: UTF8.self)), length > digits.count + 1,
                length <= rest.count
            else { throw TarError(description: "a pax record is damaged") }
            let record = rest.prefix(length).dropFirst(digits.count + 1).dropLast()
            rest = rest.dropFirst(length)
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let value = String(decoding: record[(equals + 1)...], as: UTF8.self)
            switch String(decoding: record[..<equals], as: UTF8.self) {
            case "path": nextName = value
            case "linkpath": nextLink = value
            default: break
            }
        }
    }
}
