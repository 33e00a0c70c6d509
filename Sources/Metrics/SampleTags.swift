// All tags of a raw sample, as outputs write them: unlike the sets of a shard they hold every tag, asked for
// or not. Made by a worker's `SampleWriter` and read, while records point to them, by the outputs' thread.

/// Compared by identity. The tags never change; what the writer notes beside them no other thread reads.
public final class SampleTags: @unchecked Sendable {
    /// Sorted by key as bytes, each key once.
    public let tags: [MetricTag]
    /// What a script has put beside the tags, sorted the same way; usually nothing.
    public let metadata: [MetricTag]
    /// The writer's own: the chunk that knows these tags, and under which number.
    var chunk = -1
    var place: Int32 = 0

    /// - Parameters: in any order; of a key given twice the later one counts.
    public convenience init(_ tags: some Sequence<MetricTag>, metadata: some Sequence<MetricTag> = []) {
        self.init(sorted: SampleTags.sorted(tags), metadata: SampleTags.sorted(metadata))
    }

    init(sorted tags: [MetricTag], metadata: [MetricTag]) {
        self.tags = tags
        self.metadata = metadata
    }

    static func sorted(_ tags: some Sequence<MetricTag>) -> [MetricTag] {
        var result: [MetricTag] = []
        for tag in tags { insert(tag, into: &result) }
        return result
    }

    /// Puts a tag where it belongs, in place of one of the same key.
    static func insert(_ tag: MetricTag, into tags: inout [MetricTag]) {
        var index = tags.count
        while index > 0 {
            let before = tags[index - 1].key
            if before == tag.key {
                tags[index - 1] = tag
                return
            }
            if before.utf8.lexicographicallyPrecedes(tag.key.utf8) { break }
            index -= 1
        }
        tags.insert(tag, at: index)
    }
}
