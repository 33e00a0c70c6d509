// What a VU keeps about metrics: the tags of its latest checks, by the atom of the check's name.

import CQuickJS
import Metrics

struct VMMetrics {
    private struct Known {
        var atom: JSAtom
        var context: Int32
        var tags: SampleTagSet
    }

    private var known: [Known] = []
    private static let knownMax = 32

    /// Tags of the check named by `atom`. nil with an exception pending (a name that is none).
    @inline(__always)
    mutating func checkTags(_ vm: VM, _ atom: JSAtom, _ extra: [(key: String, value: String)])
        -> SampleTagSet?
    {
        if extra.isEmpty {
            for entry in known where entry.atom == atom && entry.context == vm.tags.number {
                return entry.tags
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
        let name = String(cString: text)
        if name.range(of: "::") != nil {
            _ = JS.throwGoError(vm.ctx, "group and check names may not contain '::'")
            return nil
        }
        let tags = recorder.check(name, vm.tags, extra)
        if extra.isEmpty {
            if known.count == Self.knownMax { JS_FreeAtom(vm.ctx, known.removeFirst().atom) }
            known.append(
                Known(atom: JS_DupAtom(vm.ctx, atom), context: vm.tags.number, tags: tags))
        }
        return tags
    }

    mutating func free(_ ctx: JSContextRef) {
        for entry in known { JS_FreeAtom(ctx, entry.atom) }
        known = []
    }
}
