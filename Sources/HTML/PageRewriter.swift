// Small changes to a page before gumbo reads it, so that its tree is the one k6 has. `DocumentBuilder` takes
// them back:
// - What a `noscript` holds is text to k6, as to a browser with scripts, but markup to gumbo: its tags are
//   renamed to `noframes`, which holds text and is as long.
// - gumbo puts the text right before a `</form>` behind the form: a comment before the tag prevents it.
// Only pages with one of the two are walked through.

struct PageRewriter {
    /// The comment before `</form>`. No page writes this one.
    static let marker = "apus:form-end"

    private let page: [UInt8]
    private(set) var result: [UInt8] = []
    /// Where, in the result, start tags were renamed.
    private(set) var renamed = Set<Int>()
    private var at = 0
    private var copied = 0

    private static let noscript = Array("noscript".utf8)
    private static let standIn = Array("noframes".utf8)
    private static let form = Array("form".utf8)
    private static let comment = Array("<!--".utf8)
    private static let markerComment = Array("<!--\(marker)-->".utf8)
    /// Elements whose content is text to the parser as well.
    private static let textElements = [
        "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript",
    ].map { Array($0.utf8) }

    init(_ page: [UInt8]) {
        self.page = page
        guard Self.needsChange(page) else {
            result = page
            return
        }
        result.reserveCapacity(page.count + 256)
        while at < page.count {
            if page[at] == UInt8(ascii: "<") { tag() } else { at += 1 }
        }
        copy(upTo: page.count)
    }

    /// "<nos" or "</fo" somewhere: good enough to leave most pages alone.
    private static func needsChange(_ page: [UInt8]) -> Bool {
        page.withUnsafeBufferPointer { page in
            guard page.count > 6 else { return false }
            return (0..<page.count - 6).contains { index in
                guard page[index] == UInt8(ascii: "<") else { return false }
                let next = page[index + 1] | 32
                if next == UInt8(ascii: "n") {
                    return page[index + 2] | 32 == UInt8(ascii: "o")
                        && page[index + 3] | 32 == UInt8(ascii: "s")
                }
                return page[index + 1] == UInt8(ascii: "/") && page[index + 2] | 32 == UInt8(ascii: "f")
                    && page[index + 3] | 32 == UInt8(ascii: "o")
            }
        }
    }

    private mutating func copy(upTo end: Int) {
        guard end > copied else { return }
        result += page[copied..<end]
        copied = end
    }

    /// Writes `text` for what stands from `start` to `end`.
    private mutating func replace(_ start: Int, _ end: Int, with text: [UInt8]) {
        copy(upTo: start)
        result += text
        copied = end
    }

    /// At a `<`.
    private mutating func tag() {
        if Self.starts(page, at, Self.comment) {
            at = Self.commentEnd(page, at)
        } else if at + 1 < page.count, Self.isLetter(page[at + 1]) {
            startTag()
        } else if at + 2 < page.count, page[at + 1] == UInt8(ascii: "/"), Self.isLetter(page[at + 2]) {
            if Self.starts(page, at + 2, Self.form), at + 6 >= page.count || Self.endsName(page[at + 6]) {
                replace(at, at, with: Self.markerComment)
            }
            at = Self.tagEnd(page, at + 2)
        } else if at + 1 < page.count, [33, 47, 63].contains(page[at + 1]) {
            // A declaration or a bogus comment: quotes mean nothing in it.
            while at < page.count, page[at] != UInt8(ascii: ">") { at += 1 }
        } else {
            at += 1
        }
    }

    /// Moves behind the start tag, or behind the end tag when the element holds text.
    private mutating func startTag() {
        let start = at + 1
        var end = start
        while end < page.count, !Self.endsName(page[end]) { end += 1 }
        at = Self.tagEnd(page, end)
        let word = page[start..<end].map { $0 | 32 }
        if word == Array("plaintext".utf8) { at = page.count }
        guard Self.textElements.contains(word) else { return }
        let isNoscript = word == Self.noscript
        if isNoscript {
            replace(start, end, with: Self.standIn)
            renamed.insert(result.count - Self.standIn.count - 1)
        }
        while at < page.count {
            let afterName = at + 2 + word.count
            if page[at] == UInt8(ascii: "<"), at + 1 < page.count, page[at + 1] == UInt8(ascii: "/"),
                Self.starts(page, at + 2, word), afterName >= page.count || Self.endsName(page[afterName])
            {
                if isNoscript { replace(at + 2, afterName, with: Self.standIn) }
                at = Self.tagEnd(page, afterName)
                return
            }
            at += 1
        }
    }

    /// Behind the `>` of a tag whose name is read; a `>` in a quoted value does not count.
    private static func tagEnd(_ page: [UInt8], _ from: Int) -> Int {
        var at = from
        var last = UInt8(ascii: " ")
        while at < page.count {
            let byte = page[at]
            if byte == UInt8(ascii: ">") { return at + 1 }
            if last == UInt8(ascii: "="), byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                at += 1
                while at < page.count, page[at] != byte { at += 1 }
            }
            if !isSpace(byte) { last = byte }
            at += 1
        }
        return page.count
    }

    static func commentEnd(_ page: [UInt8], _ at: Int) -> Int {
        var end = at + 4
        if end < page.count, page[end] == UInt8(ascii: ">") { return end + 1 }
        if end + 1 < page.count, page[end] == UInt8(ascii: "-"), page[end + 1] == UInt8(ascii: ">") {
            return end + 2
        }
        while end + 2 < page.count {
            if page[end] == UInt8(ascii: "-"), page[end + 1] == UInt8(ascii: "-") {
                if page[end + 2] == UInt8(ascii: ">") { return end + 3 }
                if page[end + 2] == UInt8(ascii: "!"), end + 3 < page.count,
                    page[end + 3] == UInt8(ascii: ">")
                {
                    return end + 4
                }
            }
            end += 1
        }
        return page.count
    }

    /// Whether `word` (in lower case) stands at `at`, in any case.
    static func starts(_ page: [UInt8], _ at: Int, _ word: [UInt8]) -> Bool {
        guard at >= 0, at + word.count <= page.count else { return false }
        for index in word.indices {
            let byte = page[at + index]
            if ((65...90).contains(byte) ? byte | 32 : byte) != word[index] { return false }
        }
        return true
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 32) }
    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

    private static func endsName(_ byte: UInt8) -> Bool {
        isSpace(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ">")
    }
}
