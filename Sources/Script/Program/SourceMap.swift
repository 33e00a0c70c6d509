// Source maps (version 3) of transformed modules, read so that positions in errors are those of the script as
// it was written. Pure.

import Base

struct SourceMap: Sendable {
    private struct Segment: Sendable {
        var column: Int32
        var source: Int32
        var sourceLine: Int32
        var sourceColumn: Int32
    }

    /// By generated line, in order of columns; all 0-based.
    private var lines: [[Segment]] = []
    /// URLs of the sources; empty: there is one, which the module's own URL stands for.
    private var sources: [String] = []

    /// nil when the text is no source map.
    /// - Parameter base: what the names of sources are relative to; nil: they do not matter.
    init?(json bytes: [UInt8], base: String? = nil) {
        let document: JSONValue
        do { document = try JSONValue.parse(bytes) } catch { return nil }
        guard let members = document.members,
            let mappings = members.members.first(where: { $0.name == "mappings" }),
            case .string(let text) = mappings.value
        else { return nil }
        if let base { sources = SourceMap.sources(members, base) }
        read(text)
    }

    private static func sources(_ members: JSONObject, _ base: String) -> [String] {
        func member(_ name: String) -> JSONValue? { members.members.first { $0.name == name }?.value }
        var root = ""
        if case .string(let text)? = member("sourceRoot"), !text.isEmpty { root = text + "/" }
        guard case .array(let items)? = member("sources") else { return [] }
        return items.map { item in
            guard case .string(let name) = item else { return base }
            let whole = root + name
            return whole.range(of: "://") == nil ? Specifier.join(base, whole) : whole
        }
    }

    private mutating func read(_ text: String) {
        var (source, line, column): (Int32, Int32, Int32) = (0, 0, 0)
        var segments: [Segment] = []
        var fields: [Int32] = []
        var generated: Int32 = 0
        func decode(_ byte: UInt8) -> Int32 {
            switch byte {
            case 65...90: Int32(byte) - 65
            case 97...122: Int32(byte) - 71
            case 48...57: Int32(byte) + 4
            case UInt8(ascii: "+"): 62
            default: 63
            }
        }
        var (value, shift): (Int32, Int32) = (0, 0)
        func finish() {
            if let first = fields.first {
                generated &+= first
                if fields.count >= 4 {
                    source &+= fields[1]
                    line &+= fields[2]
                    column &+= fields[3]
                    segments.append(
                        Segment(column: generated, source: source, sourceLine: line, sourceColumn: column))
                }
            }
            fields = []
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: ";"):
                finish()
                lines.append(segments)
                segments = []
                generated = 0
            case UInt8(ascii: ","): finish()
            default:
                let digit = decode(byte)
                value |= (digit & 31) << shift
                if digit & 32 != 0 {
                    shift += 5
                } else {
                    fields.append(value & 1 == 1 ? -(value >> 1) : value >> 1)
                    (value, shift) = (0, 0)
                }
            }
        }
        finish()
        lines.append(segments)
    }

    /// The source position of a generated one (both lines from 1), as k6 reads maps: it looks up a column
    /// that counts from 1 among columns that count from 0, and shows the one it finds. nil where the map says
    /// nothing.
    func source(line: Int, column: Int) -> (url: String?, line: Int, column: Int)? {
        guard line >= 1, line <= lines.count else { return nil }
        let segments = lines[line - 1]
        guard let segment = segments.last(where: { $0.column <= Int32(clamping: column) }) ?? segments.first
        else { return nil }
        let index = Int(segment.source)
        let url = sources.indices.contains(index) ? sources[index] : nil
        return (url, Int(segment.sourceLine) + 1, Int(segment.sourceColumn))
    }

    /// What the comment at the end of a text says about its map: a URL or a data URL.
    static func reference(in text: [UInt8]) -> String? {
        let marker = Array("//# sourceMappingURL=".utf8)
        guard text.count > marker.count else { return nil }
        // The last line that says something.
        var end = text.count
        while end > 0, text[end - 1] <= 32 { end -= 1 }
        let start = (text[..<end].lastIndex(of: 10) ?? -1) + 1
        guard text[start..<end].starts(with: marker) else { return nil }
        return String(decoding: text[(start + marker.count)..<end], as: UTF8.self)
    }
}
