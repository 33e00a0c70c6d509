// Writes tar archives in the ustar format, as k6's are: regular files, directories and one kind of hard
// link, owned by nobody in particular. Names ustar cannot hold get a pax record. Used by TestArchive; own
// code, because no tool writes a link before its directory order is known.

struct TarWriter {
    private(set) var bytes: [UInt8] = []
    /// Seconds since 1970, of every entry but links.
    let modifiedAt: Int64

    static let blockBytes = 512

    init(modifiedAt: Int64) { self.modifiedAt = modifiedAt }

    mutating func file(_ name: String, _ content: [UInt8]) {
        header(
            TarHeader(name: name, kind: .file, mode: 0o644, sizeBytes: content.count, modifiedAt: modifiedAt))
        append(padded: content)
    }

    mutating func directory(_ name: String) {
        header(TarHeader(name: name, kind: .directory, mode: 0o755, sizeBytes: 0, modifiedAt: modifiedAt))
    }

    /// A hard link to an earlier entry.
    mutating func link(_ name: String, to target: String) {
        header(TarHeader(name: name, kind: .link, mode: 0, sizeBytes: 0, modifiedAt: 0, linkName: target))
    }

    /// The two empty blocks at the end.
    mutating func finish() { bytes += [UInt8](repeating: 0, count: 2 * Self.blockBytes) }

    private mutating func header(_ header: TarHeader) {
        var header = header
        if !header.fitsUstar {
            let record = Self.paxRecord("path", header.name)
            bytes += TarHeader(
                name: header.paxName, kind: .pax, mode: 0, sizeBytes: record.count, modifiedAt: 0
            ).block()
            append(padded: record)
            header.name = TarHeader.shortened(header.name)
        }
        bytes += header.block()
    }

    private mutating func append(padded content: [UInt8]) {
        bytes += content
        let rest = content.count % Self.blockBytes
        if rest > 0 { bytes += [UInt8](repeating: 0, count: Self.blockBytes - rest) }
    }

    /// `LENGTH key=value\n`, where the length counts its own digits.
    static func paxRecord(_ key: String, _ value: String) -> [UInt8] {
        let tail = " \(key)=\(value)\n"
        var length = tail.utf8.count
        while String(length).utf8.count + tail.utf8.count != length {
            length = String(length).utf8.count + tail.utf8.count
        }
        return Array("\(length)\(tail)".utf8)
    }
}

/// One header block.
struct TarHeader: Hashable, Sendable {
    enum Kind: UInt8, Hashable, Sendable {
        case file = 0x30
        case link = 0x31
        case directory = 0x35
        case pax = 0x78
    }

    var name: String
    var kind: Kind
    var mode: Int
    var sizeBytes: Int
    var modifiedAt: Int64
    var linkName = ""

    static let nameBytesMax = 100
    static let prefixBytesMax = 155

    var fitsUstar: Bool { name.unicodeScalars.allSatisfy(\.isASCII) && split != nil }

    /// What stands for the name where only pax can hold it: its ASCII, cut to fit.
    static func shortened(_ name: String) -> String {
        String(decoding: name.utf8.filter { $0 < 0x80 }.prefix(nameBytesMax), as: UTF8.self)
    }

    /// The name of the pax header that goes before this one.
    var paxName: String {
        let slash = name.lastIndex(of: "/")
        let folder = slash.map { name[...$0] } ?? ""
        let file = slash.map { name[name.index(after: $0)...] } ?? name[...]
        return Self.shortened("\(folder)PaxHeaders.0/\(file)")
    }

    /// Prefix and name; nil if no slash cuts them short enough.
    private var split: (prefix: [UInt8], name: [UInt8])? {
        let bytes = Array(name.utf8)
        if bytes.count <= Self.nameBytesMax { return ([], bytes) }
        let slash = bytes.prefix(Self.prefixBytesMax + 1).lastIndex(of: UInt8(ascii: "/"))
        guard let slash, slash > 0, bytes.count - slash - 1 <= Self.nameBytesMax, slash + 1 < bytes.count
        else {
            return nil
        }
        return (Array(bytes[..<slash]), Array(bytes[(slash + 1)...]))
    }

    /// 512 bytes. - Precondition: the name fits.
    func block() -> [UInt8] {
        guard let split else { preconditionFailure("a name too long for ustar gets a pax record first") }
        var block = [UInt8](repeating: 0, count: TarWriter.blockBytes)
        func put(_ bytes: [UInt8], at offset: Int) {
            block.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
        func octal(_ number: Int, digits: Int) -> [UInt8] {
            let text = String(number, radix: 8)
            return Array((String(repeating: "0", count: max(0, digits - text.utf8.count)) + text).utf8)
        }
        put(split.name, at: 0)
        put(octal(mode, digits: 7), at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(sizeBytes, digits: 11), at: 124)
        put(octal(Int(modifiedAt), digits: 11), at: 136)
        put([UInt8](repeating: 0x20, count: 8), at: 148)
        block[156] = kind.rawValue
        put(Array(linkName.utf8), at: 157)
        put(Array("ustar\0".utf8) + Array("00".utf8), at: 257)
        if kind != .pax {
            put(octal(0, digits: 7), at: 329)
            put(octal(0, digits: 7), at: 337)
        }
        put(split.prefix, at: 345)
        let sum = block.reduce(0) { $0 + Int($1) }
        put(octal(sum, digits: 6) + [0, 0x20], at: 148)
        return block
    }
}
