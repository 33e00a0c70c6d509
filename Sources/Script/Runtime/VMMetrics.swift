// What a VU keeps about metrics: the tags of its latest checks, by the atom of the check's name.

import CQuickJS
import Metrics

struct VMMetrics {
    private struct Known {
        var atom: JSAtom
        var context: Int32
        var tags: SampleTagSet
    }

    private var known: UnsafeMutablePointer<Known>?
    private var knownCount = 0
    /// Objects that look like the ones the script gives to `check`.
    private var patterns: [JSValue] = []
    /// A check was new since the last pattern was kept.
    private(set) var hasNews = false
    private var knownNext = 0
    private static let knownMax = 32

    var isUnused: Bool { known == nil && patterns.isEmpty }

    /// Tags of the check named by `atom`. nil with an exception pending (a name that is none).
    @inline(__always)
    mutating func checkTags(_ vm: VM, _ atom: JSAtom, _ extra: [(key: String, value: String)])
        -> SampleTagSet?
    {
        if extra.isEmpty {
            let context = vm.tags.number
            for index in 0..<knownCount {
                let entry = known.unsafelyUnwrapped + index
                if entry.pointee.atom == atom, entry.pointee.context == context { return entry.pointee.tags }
            }
        }
        return find(vm, atom, extra)
    }

    @inline(never)
    private mutating func find(_ vm: VM, _ atom: JSAtom, _ extra: [(key: String, value: String)])
        -> SampleTagSet?
    {
        guard let recorder = vm.host.recorder else {
            preconditionFailure("checks are made by VUs, which have a recorder")
        }
        guard let text = JS_AtomToCString(vm.ctx, atom) else { return nil }
        defer { JS_FreeCString(vm.ctx, text) }
        let name = WholeText.string(text)
        if name.range(of: "::") != nil {
            _ = JS.throwGoError(vm.ctx, "group and check names may not contain '::'")
            return nil
        }
        let tags = recorder.check(name, vm.tags, extra)
        hasNews = true
        if extra.isEmpty {
            keep(Known(atom: JS_DupAtom(vm.ctx, atom), context: vm.tags.number, tags: tags), vm.ctx)
        }
        return tags
    }

    private mutating func keep(_ entry: Known, _ ctx: JSContextRef) {
        let list = known ?? .allocate(capacity: Self.knownMax)
        known = list
        if knownCount == Self.knownMax {
            JS_FreeAtom(ctx, list[knownNext].atom)
            list[knownNext] = entry
        } else {
            (list + knownNext).initialize(to: entry)
            knownCount += 1
        }
        knownNext = (knownNext + 1) % Self.knownMax
    }

    /// Keeps an object with the properties `names`. The engine describes objects that look alike once, as
    /// long as there is one: without it each iteration's object would be described anew. An empty one is kept
    /// for the same reason.
    @inline(never)
    mutating func keepPattern(_ ctx: JSContextRef, _ names: UnsafeBufferPointer<JSPropertyEnum>) {
        hasNews = false
        if patterns.count > Self.patternsMax || names.count > Self.patternNamesMax { return }
        if patterns.isEmpty { patterns.append(JS_NewObject(ctx)) }
        let pattern = JS_NewObject(ctx)
        for name in names {
            JS_DefinePropertyValue(ctx, pattern, name.atom, JS.undefined, JS.propertyFlags)
        }
        patterns.append(pattern)
    }

    private static let patternsMax = 4
    private static let patternNamesMax = 8

    mutating func free(_ ctx: JSContextRef) {
        for pattern in patterns { JS_FreeValue(ctx, pattern) }
        patterns = []
        guard let list = known else { return }
        for index in 0..<knownCount { JS_FreeAtom(ctx, list[index].atom) }
        list.deinitialize(count: knownCount)
        list.deallocate()
        known = nil
        knownCount = 0
    }
}
