// What the texts of a program name, so that its VUs need not make what nobody asks for. Read once, when VU 0
// has loaded the script and nothing can be added any more; whatever cannot be told from the texts counts as
// named. Used by VM+Globals, LateGlobals and VM+Modules.

import Base
import Glibc

struct ScriptMentions: Sendable {
    /// Something can reach the global object as an object, or run text that is made up. All code is strict,
    /// so that no function finds it as its `this` by being called without one.
    private(set) var isReflective = false
    /// `Math.random` or `randomSeed`.
    private(set) var random = false
    /// `Symbol.dispose` or `Symbol.asyncDispose`.
    private(set) var dispose = false
    /// `localeCompare`.
    private(set) var textOrder = false
    /// By built-in module: those of its exports that an import may name. nil: any.
    private(set) var exports: [String: [String]]?

    /// - Parameters:
    ///   - texts: everything that was read or generated.
    ///   - modules: the texts of ES modules, which alone have imports.
    ///   - builtins: the exports of the built-in modules that were imported.
    init(texts: [[UInt8]], modules: [[UInt8]], builtins: [String: [String]]) {
        for text in texts {
            if text.count > Limits.scriptMentionsBytesMax {
                (isReflective, random, dispose, textOrder) = (true, true, true, true)
                break
            }
            if !isReflective {
                isReflective =
                    Self.reflection.contains { Self.contains(text, $0) } || Self.namesGlobal(text)
            }
            if Self.contains(text, "random") { random = true }
            if Self.contains(text, "ispose") { dispose = true }
            if Self.contains(text, "ocaleCompare") { textOrder = true }
        }
        let size = modules.reduce(0) { $0 + $1.count }
        if size <= Limits.scriptMentionsBytesMax, !modules.contains(where: Self.asksForNamespace) {
            exports = builtins.mapValues { names in
                names.filter { name in modules.contains { Self.contains($0, name) } }
            }
        }
    }

    private static let reflection = [
        "globalThis", "getOwnProperty", "hasOwn", "Reflect", "eval", "Function(", ".constructor(", "\\u",
    ]

    /// Whether k6's own name for the global object is used, rather than one that contains it.
    private static func namesGlobal(_ text: [UInt8]) -> Bool {
        if !contains(text, "global") { return false }
        return text.withUnsafeBufferPointer { text in
            var tokens = SourceTokens(text)
            var previous: SourceTokens.Token?
            while let token = tokens.next() {
                if tokens.is(token, "global"), !tokens.is(previous, ".") { return true }
                previous = token
            }
            return false
        }
    }

    /// `import * as` or `export * from`, or what could be one with a comment in between; or names that are
    /// written with escapes.
    private static func asksForNamespace(_ text: [UInt8]) -> Bool {
        if contains(text, "\\u") { return true }
        for index in text.indices where text[index] == UInt8(ascii: "*") {
            var next = index + 1
            while next < text.count, text[next] <= UInt8(ascii: " ") { next += 1 }
            guard next < text.count else { continue }
            if text[next] >= 128 { return true }
            let rest = text[next...]
            if rest.starts(with: "as".utf8) || rest.starts(with: "from".utf8)
                || rest.starts(with: "/*".utf8) || rest.starts(with: "//".utf8)
            {
                return true
            }
        }
        return false
    }

    private static func contains(_ text: [UInt8], _ word: String) -> Bool {
        var word = word
        return word.withUTF8 { word in
            text.withUnsafeBufferPointer { text in
                guard var here = text.baseAddress, text.count >= word.count else { return false }
                // Where it can begin at the latest.
                let end = here + (text.count - word.count + 1)
                while here < end, let found = memchr(here, Int32(word[0]), end - here) {
                    if memcmp(found, word.baseAddress!, word.count) == 0 { return true }
                    here = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) + 1
                }
                return false
            }
        }
    }
}
