// Values of log lines as logrus writes them: Go's quoting, of bytes that need not be text. Pure; LogLine puts
// them together.

import Base

enum LogText {
    static func value(_ text: String) -> String { value(Array(text.utf8)) }
    static func quotedJSON(_ text: String) -> String { quotedJSON(Array(text.utf8)) }

    /// Plain if it holds nothing but letters, digits and `-._/@^+`; quoted otherwise.
    static func value(_ text: [UInt8]) -> String {
        let plain = text.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "-._/@^+".utf8.contains(byte)
        }
        return plain ? String(decoding: text, as: UTF8.self) : GoText.quoted(text)
    }

    /// A JSON string with the characters escaped that Go's encoder escapes.
    static func quotedJSON(_ text: [UInt8]) -> String {
        var (out, run) = ("\"", "")
        func writeRun() {
            var writer = JSONWriter()
            writer.escaping = .goHTML
            writer.value(run)
            // Bytes: the first character may be a mark that combines with the quote.
            out += Substring(writer.text.utf8.dropFirst().dropLast())
            run = ""
        }
        GoText.forEachPiece(of: text) { piece in
            switch piece {
            case .scalar(let scalar): run.unicodeScalars.append(scalar)
            case .byte:
                writeRun()
                out += "\\ufffd"
            }
        }
        writeRun()
        return out + "\""
    }

    /// Characters, as Go counts them.
    static func count(_ text: [UInt8]) -> Int {
        var count = 0
        GoText.forEachPiece(of: text) { _ in count += 1 }
        return count
    }
}
