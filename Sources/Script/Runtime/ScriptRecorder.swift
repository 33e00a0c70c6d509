// Samples that scripts make: checks, groups, their own metrics. Tags come from the context and the call; what
// they lead to is looked up once per context. One per worker.

import Base
import Engine
import Metrics

final class ScriptRecorder {
    let recorder: SampleRecorder
    let tagging: HTTPTagging
    private var checkTags: [CheckKey: SampleTagSet] = [:]

    private struct CheckKey: Hashable {
        var context: Int32
        var name: String
    }

    init(shard: Shard, tagging: HTTPTagging) {
        recorder = SampleRecorder(shard)
        self.tagging = tagging
    }

    /// The tags of a context.
    func set(_ context: TagContext) -> SampleTagSet {
        if let known = context.samples { return known }
        var tags = tagging.runTags.map { MetricTag($0.key, $0.value) }
        if let scenario = context.scenario, tagging.systemTags.contains("scenario") {
            tags.append(MetricTag("scenario", scenario))
        }
        if tagging.systemTags.contains("group") { tags.append(MetricTag("group", context.group)) }
        tags += context.extra.map { MetricTag($0.key, $0.value) }
        var set = recorder.tagSet(tags)
        for entry in context.metadata { set = recorder.with(set, metadata: entry.key, entry.value) }
        context.samples = set
        return set
    }

    /// Contexts were forgotten, with most of those that checks are remembered for.
    func forgetChecks() { checkTags = [:] }

    private func set(_ context: TagContext, _ extra: [(key: String, value: String)]) -> SampleTagSet {
        var set = set(context)
        for tag in extra { set = recorder.with(set, tag.key, tag.value) }
        return set
    }

    /// The tags of a check's results.
    func check(_ name: String, _ context: TagContext, _ extra: [(key: String, value: String)]) -> SampleTagSet
    {
        let key = CheckKey(context: context.number, name: name)
        if extra.isEmpty, let known = checkTags[key] { return known }
        var set = set(context, extra)
        if tagging.systemTags.contains("check") { set = recorder.with(set, "check", name) }
        if extra.isEmpty, checkTags.count < Limits.scriptRequestsMax { checkTags[key] = set }
        return set
    }

    @inline(__always)
    func record(_ metric: MetricID, _ tags: SampleTagSet, _ value: Double, _ vm: VM, at now: Instant) {
        recorder.record(
            metric, tags, value, at: now, vu: vm.number, iteration: vm.vu?.pointee.iterationInInstance ?? -1)
    }

    func record(
        _ metric: MetricID, _ value: Double, _ vm: VM, _ extra: [(key: String, value: String)] = [],
        at now: Instant
    ) {
        record(metric, set(vm.tags, extra), value, vm, at: now)
    }
}
