// Swift text with its comments and string literals blanked out, line by line as it was, so that rules can
// count braces and look for words in code alone. Not a parser: it knows quotes, comments and interpolations.

struct SwiftScanner {
    private let bytes: [UInt8]
    private var at = 0
    private var output: [UInt8] = []

    private init(_ text: String) { bytes = Array(text.utf8) }

    /// The code of `text`: what is left has the same lines.
    static func code(_ text: String) -> String {
        var scanner = SwiftScanner(text)
        while scanner.at < scanner.bytes.count { scanner.step() }
        return String(decoding: scanner.output, as: UTF8.self)
    }

    private func starts(_ word: String, _ place: Int) -> Bool { bytes[place...].starts(with: word.utf8) }

    private mutating func step() {
        if starts("//", at) {
            while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
        } else if starts("/*", at) {
            blockComment()
        } else if let hashes = stringStart() {
            string(hashes)
        } else {
            output.append(bytes[at])
            at += 1
        }
    }

    private mutating func skip(_ count: Int) {
        for _ in 0..<min(count, bytes.count - at) {
            if bytes[at] == UInt8(ascii: "\n") { output.append(bytes[at]) }
            at += 1
        }
    }

    private mutating func blockComment() {
        var depth = 0
        repeat {
            if starts("/*", at) {
                depth += 1
                skip(2)
            } else if starts("*/", at) {
                depth -= 1
                skip(2)
            } else {
                skip(1)
            }
        } while depth > 0 && at < bytes.count
    }

    /// The number of `#` before a literal that begins here, or nil.
    private func stringStart() -> Int? {
        var place = at
        while place < bytes.count, bytes[place] == UInt8(ascii: "#") { place += 1 }
        return place < bytes.count && bytes[place] == UInt8(ascii: "\"") ? place - at : nil
    }

    private mutating func string(_ hashes: Int) {
        let marks = String(repeating: "#", count: hashes)
        skip(hashes)
        let quote = starts("\"\"\"", at) ? "\"\"\"" : "\""
        skip(quote.utf8.count)
        output += Array("\"\"".utf8)
        while at < bytes.count {
            if starts("\\\(marks)(", at) {
                skip(2 + hashes)
                interpolation()
            } else if starts("\\\(marks)", at) {
                skip(hashes + 2)
            } else if starts(quote + marks, at) {
                skip(quote.utf8.count + hashes)
                return
            } else {
                skip(1)
            }
        }
    }

    /// What stands in an interpolation is no code to the rules: its braces are balanced.
    private mutating func interpolation() {
        var depth = 1
        let kept = output.count
        while at < bytes.count, depth > 0 {
            if bytes[at] == UInt8(ascii: "(") { depth += 1 }
            if bytes[at] == UInt8(ascii: ")") { depth -= 1 }
            step()
        }
        output.replaceSubrange(kept..., with: output[kept...].filter { $0 == UInt8(ascii: "\n") })
    }
}
