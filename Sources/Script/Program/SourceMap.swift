// Source maps (version 3) of transformed modules, read so that positions in errors are those of the script as
// it was written. Pure.

import Base

struct SourceMap: Sendable {
    private struct Segment: Sendable {
        var column: Int32
        var sourceLine: Int32
        var sourceColumn: Int32
    }

    /// By generated line, in order of columns; all 0-based.
    private var lines: [[Segment]] = []

    /// nil when the text is no source map.
    init?(json bytes: [UInt8]) {
        let document: JSONValue
        do { document = try JSONValue.parse(bytes) } catch { return nil }
        guard let members = document.members,
            let mappings = members.members.first(where: { $0.name == "mappings" }),
            case .string(let text) = mappings.value
        else { return nil }
        read(text)
    }

    private mutating func read(_ text: String) {
        var (line, column): (Int32, Int32) = (0, 0)
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
                generated += first
                if fields.count >= 4 {
                    line += fields[2]
                    column += fields[3]
                    segments.append(Segment(column: generated, sourceLine: line, sourceColumn: column))
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

    /// The 1-based source position of a 1-based generated one; nil where the map says nothing.
    func source(line: Int, column: Int) -> (line: Int, column: Int)? {
        guard line >= 1, line <= lines.count else { return nil }
        let segments = lines[line - 1]
        guard let segment = segments.last(where: { $0.column < Int32(column) }) ?? segments.first else {
            return nil
        }
        return (Int(segment.sourceLine) + 1, Int(segment.sourceColumn) + 1)
    }
}
