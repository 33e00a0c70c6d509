// Draws inputs: an entry of the corpus, changed a few times. Knows nothing of what the bytes mean but a list
// of words. Called by the driver for every case.

import Base

struct Mutator {
    let corpus: [[UInt8]]
    let words: [[UInt8]]

    private static let bytesMax = 16 * 1024
    private static let changesMax = 8
    /// Numbers near the edges of what types hold.
    private static let numbers = [
        "0", "-0", "1", "-1", "00", "01", "255", "256", "65535", "65536", "2147483647", "2147483648",
        "-2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "18446744073709551615", "18446744073709551616", "1e308", "1e309", "1e-400", "0.1", ".5", "5.", "1e1",
        "-1e18", "1e-9223372036854775807", "99999999999999999999999999", "NaN", "Infinity", "0x10", "1_0",
        "+1", "%00", "%0d%0a", "\u{0}", "\u{FEFF}", "\u{E9}", "e\u{301}", "\u{10FFFF}", "\r\n", " ", "\t",
        "\"", "'", "\\", "/", "..", "//", ":", ";", ",", "=", "{", "}", "[", "]", "(", ")", "<", ">", "@",
        "#", "?", "&", "%", "-", "--", "+", "*", "~", "|",
    ].map { Array($0.utf8) }

    init(corpus: [[UInt8]], words: [String]) {
        self.corpus = corpus
        self.words = words.map { Array($0.utf8) } + Self.numbers
    }

    func draw(_ random: inout SeededRandom) -> [UInt8] {
        var bytes = corpus[random.below(corpus.count)]
        // One in sixteen stays as it is: the corpus itself must hold too.
        if random.below(16) == 0 { return bytes }
        for _ in 0..<(1 + random.below(Self.changesMax)) { change(&bytes, &random) }
        return bytes.count > Self.bytesMax ? Array(bytes.prefix(Self.bytesMax)) : bytes
    }

    private func change(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        switch random.below(10) {
        case 0:
            guard !bytes.isEmpty else { return }
            bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
        case 1:
            guard !bytes.isEmpty else { return }
            bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
        case 2: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: random.below(bytes.count + 1))
        case 3: bytes.removeSubrange(range(bytes, &random))
        case 4: bytes.insert(contentsOf: bytes[range(bytes, &random)], at: random.below(bytes.count + 1))
        case 5:
            let piece = Array(bytes[range(bytes, &random)].prefix(64))
            let times = 1 << random.below(8)
            bytes.insert(
                contentsOf: (0..<times).flatMap { _ in piece }, at: random.below(bytes.count + 1))
        case 6:
            let other = corpus[random.below(corpus.count)]
            bytes = bytes.prefix(random.below(bytes.count + 1)) + other.suffix(random.below(other.count + 1))
        case 7: bytes.replaceSubrange(range(bytes, &random), with: words[random.below(words.count)])
        case 8: replaceNumber(&bytes, &random)
        default:
            bytes.insert(
                contentsOf: words[random.below(words.count)], at: random.below(bytes.count + 1))
        }
    }

    /// Mostly short, so that what is around it stays whole.
    private func range(_ bytes: [UInt8], _ random: inout SeededRandom) -> Range<Int> {
        let start = random.below(bytes.count + 1)
        let longest = min(bytes.count - start, random.below(4) == 0 ? bytes.count : 8)
        return start..<(start + random.below(longest + 1))
    }

    /// Puts another number in the place of one.
    private func replaceNumber(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        let isDigit = { (byte: UInt8) in (48...57).contains(byte) }
        let from = random.below(bytes.count + 1)
        guard let start = bytes[from...].firstIndex(where: isDigit) else { return }
        let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: Self.numbers[random.below(32)])
    }
}

extension SeededRandom {
    /// Cuts bytes into pieces: at a few places, or into single bytes.
    mutating func cut(_ bytes: [UInt8]) -> [[UInt8]] {
        if bytes.isEmpty { return [] }
        if below(8) == 0 { return bytes.map { [$0] } }
        let places = (0..<(1 + below(6))).map { _ in below(bytes.count + 1) }.sorted()
        var pieces: [[UInt8]] = []
        var start = 0
        for place in places + [bytes.count] {
            pieces.append(Array(bytes[start..<place]))
            start = place
        }
        return pieces
    }
}
