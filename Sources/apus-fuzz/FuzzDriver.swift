// The loop: draws an input, puts it where it outlives a crash, runs the target's check. Called by main. Each
// case has a generator of its own, made from the seed and the case's number, so any one of them can be run
// again alone.

import Base
import Glibc

/// One thing to be fuzzed.
struct FuzzTarget: Sendable {
    let name: String
    /// Inputs to begin from.
    let corpus: [[UInt8]]
    /// Pieces of the language the input is written in.
    let words: [String]
    /// Runs the code on one input. - Returns: what is wrong, or nil. A trap is a finding as well.
    let check: @Sendable (_ input: [UInt8], _ random: inout SeededRandom) -> String?

    init(
        _ name: String, corpus: [[UInt8]], words: [String] = [],
        check: @escaping @Sendable (_ input: [UInt8], _ random: inout SeededRandom) -> String?
    ) {
        precondition(!corpus.isEmpty, "a fuzz target begins from at least one input")
        self.name = name
        self.corpus = corpus
        self.words = words
        self.check = check
    }

    init(
        _ name: String, texts: [String], words: [String] = [],
        check: @escaping @Sendable (_ input: [UInt8], _ random: inout SeededRandom) -> String?
    ) {
        self.init(name, corpus: texts.map { Array($0.utf8) }, words: words, check: check)
    }

    static let all: [FuzzTarget] = [
        .response, .request, .url, .cookie, .json, .options, .segments, .thresholds, .codec, .duration, .tls,
        .result, .canary,
    ]
}

struct FuzzDriver {
    let request: FuzzRequest
    let target: FuzzTarget

    init(_ request: FuzzRequest) {
        self.request = request
        target = request.target!
    }

    /// - Returns: the exit code: 0, or 1 with a finding. A crash ends the process with its signal.
    func run() -> Int32 {
        let journal = Journal(target: target.name, seed: request.seed)
        print("apus-fuzz: \(target.name), seed \(request.seed), from case \(request.first)")
        print("apus-fuzz: the input under test is kept in \(journal.path)")
        fflush(nil)
        let mutator = Mutator(corpus: target.corpus, words: target.words)
        let end = Clock.now() + Int64(request.seconds) * Ns.perSecond
        var number = request.first
        let last = request.input == nil ? request.iterations.map { number + $0 } : number + 1
        while number < last ?? .max {
            if last == nil, number % 16 == 0, Clock.now() >= end { break }
            var random = Self.generator(request.seed, number)
            let input = request.input ?? mutator.draw(&random)
            journal.begin(number, input)
            if let finding = target.check(input, &random) {
                print("apus-fuzz: \(target.name): \(finding)")
                journal.report()
                return 1
            }
            number += 1
        }
        journal.remove()
        print("apus-fuzz: \(target.name), seed \(request.seed): \(number - request.first) cases, no finding")
        return 0
    }

    private static func generator(_ seed: UInt64, _ number: UInt64) -> SeededRandom {
        var mixed = SeededRandom(seed: seed)
        return SeededRandom(seed: mixed.next() ^ (number &* 0xD6E8_FEB8_6659_FD93))
    }
}
