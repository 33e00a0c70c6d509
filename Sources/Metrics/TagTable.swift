// Tag sets of one shard as small numbers. A sample's tags are built up from the empty set by `with`, one tag
// at a time, each step remembered; only demanded tags take part. Owned by `Shard`, used on its thread alone.
//
// A tag that only sub-metrics ask about counts only with the values they mention: any other value is the same
// as none. So without outputs the number of sets is bounded by the thresholds, whatever URLs a script makes
// up.

/// A set of tags in one shard.
public struct TagSetID: Hashable, Sendable {
    public let raw: Int32

    @inlinable @inline(__always) public init(raw: Int32) { self.raw = raw }
    @inlinable @inline(__always) public var index: Int { Int(raw) }
    /// No tags.
    @inlinable public static var empty: TagSetID { TagSetID(raw: 0) }
}

/// A demanded tag's name in one shard: saves callers that always set the same tags a look-up.
public struct TagKey: Hashable, Sendable {
    let raw: UInt32
}

struct TagTable {
    /// A key and a value by number.
    struct Pair: Hashable {
        var key: UInt32
        var value: UInt32
    }

    private struct Key {
        var name: String
        var isKept: Bool
        /// Values sub-metrics mention, by number.
        var mentioned: Set<UInt32>
    }

    private struct Step: Hashable {
        var set: TagSetID
        var pair: Pair
    }

    private var keys: [Key] = []
    private var keyNumbers: [String: UInt32] = [:]
    private var values: [String] = []
    private var valueNumbers: [String: UInt32] = [:]
    private var sets: [[Pair]] = [[]]
    private var setNumbers: [[Pair]: TagSetID] = [[]: .empty]
    private var steps: [Step: TagSetID] = [:]
    private let demand: SeriesDemand
    private let setsMax: Int
    private let overflowPair: Pair
    private(set) var didOverflow = false

    var count: Int { sets.count }

    init(demand: SeriesDemand, setsMax: Int) {
        self.demand = demand
        self.setsMax = setsMax
        overflowPair = Pair(key: 0, value: 0)
        _ = addKey(SeriesKey.overflowTag.key, isKept: true)
        _ = number(ofValue: SeriesKey.overflowTag.value)
        for name in demand.namedKeys { _ = addKey(name, isKept: demand.keeps(name)) }
        for submetric in demand.submetrics {
            for tag in submetric.tags {
                let value = number(ofValue: tag.value)
                keys[Int(keyNumbers[tag.key]!)].mentioned.insert(value)
            }
        }
    }

    private mutating func addKey(_ name: String, isKept: Bool) -> UInt32 {
        if let known = keyNumbers[name] { return known }
        let number = UInt32(keys.count)
        keys.append(Key(name: name, isKept: isKept, mentioned: []))
        keyNumbers[name] = number
        return number
    }

    private mutating func number(ofValue value: String) -> UInt32 {
        if let known = valueNumbers[value] { return known }
        let number = UInt32(values.count)
        values.append(value)
        valueNumbers[value] = number
        return number
    }

    /// The key of that name, or nil if nobody demands it.
    mutating func key(_ name: String) -> TagKey? {
        if let known = keyNumbers[name] { return TagKey(raw: known) }
        // Names are bounded like sets are; one too many is as if nobody had asked, but not in silence.
        if !demand.keepsUnasked(name) { return nil }
        if keys.count >= setsMax {
            didOverflow = true
            return nil
        }
        return TagKey(raw: addKey(name, isKept: true))
    }

    /// `set` with `key` set to `value`, in place of any value it had.
    mutating func with(_ set: TagSetID, _ key: TagKey, _ value: String) -> TagSetID {
        let isKept = keys[Int(key.raw)].isKept
        if let known = valueNumbers[value] {
            let pair = Pair(key: key.raw, value: known)
            if let next = steps[Step(set: set, pair: pair)] { return next }
            if isKept || isMentioned(pair) { return step(set, pair) }
        } else if isKept {
            if sets.count >= setsMax { return overflowed(set, without: key.raw) }
            return step(set, Pair(key: key.raw, value: number(ofValue: value)))
        }
        // A value nobody mentions is the same as none.
        if !sets[set.index].contains(where: { $0.key == key.raw }) { return set }
        return intern(replacing(key.raw, with: nil, in: sets[set.index]))
    }

    private mutating func step(_ set: TagSetID, _ pair: Pair) -> TagSetID {
        let pairs = replacing(pair.key, with: pair, in: sets[set.index])
        // Sub-metrics stay exact beyond the bound; only what outputs keep is folded together.
        if setNumbers[pairs] == nil, sets.count >= setsMax, !isMentioned(pair) {
            return overflowed(set, without: pair.key)
        }
        let next = intern(pairs)
        // Steps beyond the bound are looked up again each time instead of being remembered.
        if steps.count < setsMax * 4 { steps[Step(set: set, pair: pair)] = next }
        return next
    }

    private mutating func overflowed(_ set: TagSetID, without key: UInt32) -> TagSetID {
        didOverflow = true
        let mentioned = sets[set.index].filter {
            $0.key != key && ($0.key == overflowPair.key || isMentioned($0))
        }
        return intern(replacing(overflowPair.key, with: overflowPair, in: mentioned))
    }

    private func isMentioned(_ pair: Pair) -> Bool { keys[Int(pair.key)].mentioned.contains(pair.value) }

    private func replacing(_ key: UInt32, with pair: Pair?, in pairs: [Pair]) -> [Pair] {
        var result = pairs.filter { $0.key != key }
        if let pair { result.insert(pair, at: result.firstIndex { $0.key > key } ?? result.count) }
        return result
    }

    mutating func intern(_ pairs: [Pair]) -> TagSetID {
        if let known = setNumbers[pairs] { return known }
        let id = TagSetID(raw: Int32(sets.count))
        sets.append(pairs)
        setNumbers[pairs] = id
        return id
    }

    /// The part of `set` that is in the key of `metric`'s series, as a set of its own.
    mutating func projected(_ set: TagSetID, to metric: MetricID, _ demand: SeriesDemand) -> TagSetID {
        let kept = sets[set.index].filter { pair in
            pair.key == overflowPair.key || demand.keeps(keys[Int(pair.key)].name, for: metric)
        }
        return intern(kept)
    }

    /// Whether every tag of `tags` is in `set`.
    func contains(_ tags: [MetricTag], in set: TagSetID) -> Bool {
        tags.allSatisfy { tag in
            guard let key = keyNumbers[tag.key], let value = valueNumbers[tag.value] else { return false }
            return sets[set.index].contains(Pair(key: key, value: value))
        }
    }

    /// The demanded tags of `set`, sorted by key.
    func tags(of set: TagSetID) -> [MetricTag] {
        sets[set.index].map { MetricTag(keys[Int($0.key)].name, values[Int($0.value)]) }.sorted {
            $0.key < $1.key
        }
    }

    /// Estimate of the memory behind the tables: dictionary entries at 1.5 × their stride, strings as stored.
    var bytes: Int {
        let texts =
            values.reduce(0) { $0 + $1.utf8.count + 32 } + keys.reduce(0) { $0 + $1.name.utf8.count + 64 }
        let pairs = sets.reduce(0) { $0 + $1.count * MemoryLayout<Pair>.stride + 32 }
        return texts + pairs + sets.count * 40 + steps.count * 28 + values.count * 40
    }
}
