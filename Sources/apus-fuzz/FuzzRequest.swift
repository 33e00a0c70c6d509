// What the command line asks for. Read by main.

struct FuzzRequest {
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    static let usage = """
        apus-fuzz --list
        apus-fuzz --target NAME [--seconds N] [--seed S] [--first K] [--iterations N]
        apus-fuzz --target NAME --input HEX [--seed S] [--first K]
        """

    private(set) var listsTargets = false
    private(set) var target: FuzzTarget?
    private(set) var seconds = 60
    private(set) var seed: UInt64 = 1
    /// The number of the first case: cases are numbered from 0 and do not depend on each other.
    private(set) var first: UInt64 = 0
    /// Cases to run; nil: as many as the time allows.
    private(set) var iterations: UInt64?
    /// One given input in place of mutated ones.
    private(set) var input: [UInt8]?

    init(_ words: [String]) throws(Problem) {
        var index = 0
        while index < words.count {
            let word = words[index]
            index += 1
            if word == "--list" {
                listsTargets = true
                continue
            }
            guard index < words.count else { throw Problem(description: "\(word) needs a value") }
            try take(word, words[index])
            index += 1
        }
        if target == nil && !listsTargets { throw Problem(description: "no --target given") }
    }

    private mutating func take(_ option: String, _ value: String) throws(Problem) {
        switch option {
        case "--target":
            target = FuzzTarget.all.first { $0.name == value }
            if target == nil { throw Problem(description: "no target is called '\(value)'") }
        case "--seconds": seconds = Int(try Self.number(option, value))
        case "--seed": seed = try Self.number(option, value)
        case "--first": first = try Self.number(option, value)
        case "--iterations": iterations = try Self.number(option, value)
        case "--input":
            guard let bytes = Hex.bytes(value) else {
                throw Problem(description: "--input is not hexadecimal")
            }
            input = bytes
        default: throw Problem(description: "unknown option \(option)")
        }
    }

    private static func number(_ option: String, _ value: String) throws(Problem) -> UInt64 {
        guard let number = UInt64(value), number <= UInt64(Int64.max) else {
            throw Problem(description: "\(option) takes a whole number, not '\(value)'")
        }
        return number
    }
}

enum Hex {
    static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
        if digits.count % 2 != 0 || digits.contains(nil) { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0]! << 4 | digits[$0 + 1]!) }
    }
}
