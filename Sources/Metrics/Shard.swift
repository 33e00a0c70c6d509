// The metrics of one worker: its tag sets, its series, its cells. One thread owns a shard and nothing in it
// is shared; at interval edges `takeInterval` moves the counts into a packet for the control thread. Workers
// and iterations resolve a metric and a tag set to cells once and record into those.

import Base

public final class Shard {
    public let index: Int
    /// This worker's end of the sample stream; nil while no output wants raw samples.
    public let writer: SampleWriter?
    private let registry: MetricRegistry
    private let demand: SeriesDemand
    private let seriesMax: Int
    private let arena = PageArena()
    private var free = FreeBlocks()
    private var tagTable: TagTable

    /// By tag set, then by metric: the list of cells, or nil while nobody asked. Rows are cut on demand.
    @usableFromInline var rows: UnsafeMutablePointer<UnsafeMutablePointer<CellBlock?>?>
    @usableFromInline var rowCount: Int

    /// By series number.
    private var cells: [UnsafeMutableRawPointer] = []
    private var series: [SeriesKey] = []
    /// When each was made.
    private var seriesMade: [Instant] = []
    private var seriesDelivered = 0
    private var totals: [Int32?]
    private var submetrics: [Int32?]
    private var overflows: [Int32?]
    private var tagged: [TaggedKey: Int32] = [:]
    private var didOverflow = false

    private var touchedTrends: [UnsafeMutablePointer<TrendCell>] = []
    var touchedCounters: [UnsafeMutablePointer<CounterCell>] = []
    var touchedRates: [UnsafeMutablePointer<RateCell>] = []
    var touchedGauges: [UnsafeMutablePointer<GaugeCell>] = []
    private var carries: [IntervalPacket.Carry] = []
    private var spares: [IntervalPacket] = []
    private var intervalStart: Instant

    private struct TaggedKey: Hashable {
        var metric: MetricID
        var set: TagSetID
    }

    /// - Parameters:
    ///   - index: number of the worker; the aggregate tells shards apart by it.
    ///   - start: when its first interval begins.
    ///   - seriesMax: series kept for outputs before the rest share one per metric.
    public init(
        index: Int, registry: MetricRegistry, demand: SeriesDemand, start: Instant,
        seriesMax: Int = Limits.seriesMax, writer: SampleWriter? = nil
    ) {
        self.index = index
        self.writer = writer
        self.registry = registry
        self.demand = demand
        self.seriesMax = seriesMax
        intervalStart = start
        tagTable = TagTable(demand: demand, setsMax: max(seriesMax, 1))
        totals = .init(repeating: nil, count: registry.count)
        overflows = .init(repeating: nil, count: registry.count)
        submetrics = .init(repeating: nil, count: demand.submetrics.count)
        rowCount = 16
        rows = .allocate(capacity: rowCount)
        rows.initialize(repeating: nil, count: rowCount)
    }

    deinit { rows.deallocate() }

    // MARK: Tags and cells

    /// The key of that name, or nil if nobody demands it: then its value need not even be formed.
    public func key(_ name: String) -> TagKey? { tagTable.key(name) }

    /// `set` with `key` set to `value`.
    public func with(_ set: TagSetID, _ key: TagKey, _ value: String) -> TagSetID {
        tagTable.with(set, key, value)
    }

    /// `set` with `key` set to `value`. Tags nobody demands leave it as it is.
    public func with(_ set: TagSetID, _ key: String, _ value: String) -> TagSetID {
        tagTable.key(key).map { tagTable.with(set, $0, value) } ?? set
    }

    /// The set of all `tags`; a later one replaces an earlier one of the same key.
    public func tagSet(_ tags: some Sequence<MetricTag>) -> TagSetID {
        tags.reduce(.empty) { with($0, $1.key, $1.value) }
    }

    /// The demanded tags of `set`, sorted by key.
    public func tags(of set: TagSetID) -> [MetricTag] { tagTable.tags(of: set) }

    /// Cells of a trend for samples tagged `set`. Valid as long as the shard.
    @inlinable @inline(__always) public func trend(_ metric: MetricID, _ set: TagSetID) -> TrendCells {
        TrendCells(block: list(metric, set, .trend))
    }

    @inlinable @inline(__always) public func counter(_ metric: MetricID, _ set: TagSetID) -> CounterCells {
        CounterCells(block: list(metric, set, .counter))
    }

    @inlinable @inline(__always) public func rate(_ metric: MetricID, _ set: TagSetID) -> RateCells {
        RateCells(block: list(metric, set, .rate))
    }

    @inlinable @inline(__always) public func gauge(_ metric: MetricID, _ set: TagSetID) -> GaugeCells {
        GaugeCells(block: list(metric, set, .gauge))
    }

    /// Counts a sample of whatever kind the metric has: for scripts' own metrics. The caller refuses NaN.
    public func record(_ metric: MetricID, _ set: TagSetID, _ value: Double, at now: Instant) {
        switch registry[metric].kind {
        case .trend: trend(metric, set).record(value)
        case .counter: counter(metric, set).record(value)
        case .rate: rate(metric, set).record(value)
        case .gauge: gauge(metric, set).record(value, at: now)
        }
    }

    @inlinable @inline(__always)
    func list(_ metric: MetricID, _ set: TagSetID, _ kind: MetricKind) -> CellBlock {
        if set.index < rowCount, let row = rows[set.index], let block = row[metric.index] { return block }
        return resolve(metric, set, kind)
    }

    @inline(never) @usableFromInline
    func resolve(_ metric: MetricID, _ set: TagSetID, _ kind: MetricKind) -> CellBlock {
        precondition(registry[metric].kind == kind, "\(registry[metric].name) is not a \(kind)")
        precondition(set.index < tagTable.count, "the tag set belongs to another shard")
        var numbers = [total(metric)]
        for submetric in demand.submetrics where submetric.metric == metric {
            if tagTable.contains(submetric.tags, in: set) { numbers.append(cell(of: submetric)) }
        }
        if demand.keepsSeries(of: metric) { numbers.append(keptSeries(metric, set)) }
        let block = arena.cut(bytes: 8 + 8 * numbers.count)
        block.storeBytes(of: numbers.count, as: Int.self)
        for (place, number) in numbers.enumerated() {
            block.storeBytes(
                of: cells[Int(number)], toByteOffset: 8 + 8 * place, as: UnsafeMutableRawPointer.self)
        }
        row(set)[metric.index] = block
        return block
    }

    private func row(_ set: TagSetID) -> UnsafeMutablePointer<CellBlock?> {
        if set.index >= rowCount {
            let larger = max(rowCount * 2, set.index + 1)
            let grown = UnsafeMutablePointer<UnsafeMutablePointer<CellBlock?>?>.allocate(capacity: larger)
            grown.moveInitialize(from: rows, count: rowCount)
            (grown + rowCount).initialize(repeating: nil, count: larger - rowCount)
            rows.deallocate()
            rows = grown
            rowCount = larger
        }
        if let row = rows[set.index] { return row }
        let bytes = registry.count * MemoryLayout<CellBlock?>.stride
        let row = arena.cut(bytes: bytes).assumingMemoryBound(to: CellBlock?.self)
        rows[set.index] = row
        return row
    }

    // MARK: Series

    private func total(_ metric: MetricID) -> Int32 {
        if let known = totals[metric.index] { return known }
        let number = addSeries(SeriesKey(metric: metric, scope: .total))
        totals[metric.index] = number
        return number
    }

    private func cell(of submetric: Submetric) -> Int32 {
        if let known = submetrics[submetric.id.index] { return known }
        let number = addSeries(SeriesKey(metric: submetric.metric, scope: .submetric(submetric.id)))
        submetrics[submetric.id.index] = number
        return number
    }

    /// The series an output asked for, or the overflow once there are `seriesMax` of them.
    private func keptSeries(_ metric: MetricID, _ set: TagSetID) -> Int32 {
        let key = TaggedKey(metric: metric, set: tagTable.projected(set, to: metric, demand))
        if let known = tagged[key] { return known }
        if tagged.count >= seriesMax {
            didOverflow = true
            if let known = overflows[metric.index] { return known }
            let number = addSeries(SeriesKey(metric: metric, scope: .overflow))
            overflows[metric.index] = number
            return number
        }
        let number = addSeries(SeriesKey(metric: metric, scope: .tagged(tagTable.tags(of: key.set))))
        tagged[key] = number
        return number
    }

    private func addSeries(_ key: SeriesKey) -> Int32 {
        let number = Int32(series.count)
        let owner = Unmanaged.passUnretained(self)
        let cell: UnsafeMutableRawPointer
        switch registry[key.metric].kind {
        case .trend:
            cell = arena.cut(bytes: MemoryLayout<TrendCell>.size)
            cell.initializeMemory(
                as: TrendCell.self, to: TrendCell(series: number, owner: owner, arena: arena))
        case .counter:
            cell = arena.cut(bytes: MemoryLayout<CounterCell>.size)
            cell.initializeMemory(as: CounterCell.self, to: CounterCell(series: number, owner: owner))
        case .rate:
            cell = arena.cut(bytes: MemoryLayout<RateCell>.size)
            cell.initializeMemory(as: RateCell.self, to: RateCell(series: number, owner: owner))
        case .gauge:
            cell = arena.cut(bytes: MemoryLayout<GaugeCell>.size)
            cell.initializeMemory(as: GaugeCell.self, to: GaugeCell(series: number, owner: owner))
        }
        series.append(key)
        seriesMade.append(Clock.now())
        cells.append(cell)
        return number
    }

    // MARK: Rare paths of recording

    private func touch(_ cell: UnsafeMutablePointer<TrendCell>) {
        if cell.pointee.isTouched { return }
        cell.pointee.isTouched = true
        touchedTrends.append(cell)
    }

    func recordRare(_ value: Double, into cell: UnsafeMutablePointer<TrendCell>) {
        touch(cell)
        if value == 0 { return }
        if value.isNaN {
            cell.pointee.invalid += 1
            return
        }
        cell.pointee.count += 1
        cell.pointee.sum += value
        cell.pointee.min = min(cell.pointee.min, value)
        cell.pointee.max = max(cell.pointee.max, value)
        let bucket = HistogramLayout.bucket(ofMagnitude: value.magnitude)
        if cell.pointee.hasPages(arena) { return count(bucket, value < 0, in: cell) }
        // Few values take less room in a log than in pages, and most series see few in one interval.
        let entry = BucketLog.entry(bucket, isNegative: value < 0)
        if free.append(entry, to: &cell.pointee.log, arena: arena) { return }
        cell.pointee.log.forEach { count($0, $1, in: cell) }
        free.give(log: cell.pointee.log)
        cell.pointee.log = BucketLog()
        count(bucket, value < 0, in: cell)
    }

    private func count(_ bucket: Int, _ isNegative: Bool, in cell: UnsafeMutablePointer<TrendCell>) {
        let number = bucket >> HistogramLayout.pageBits
        let page =
            isNegative
            ? free.page(number, in: &cell.pointee.negative, arena: arena)
            : free.page(number, in: &cell.pointee.window, arena: arena)
        let lane = bucket & (HistogramLayout.pageBuckets - 1)
        page[lane] &+= 1
        if page[lane] == 0 { carry(bucket, isNegative, from: cell) }
    }

    func carry(_ value: Double, from cell: UnsafeMutablePointer<TrendCell>) {
        carry(HistogramLayout.bucket(ofMagnitude: value.magnitude), value < 0, from: cell)
    }

    private func carry(_ bucket: Int, _ isNegative: Bool, from cell: UnsafeMutablePointer<TrendCell>) {
        carries.append(
            IntervalPacket.Carry(series: cell.pointee.series, bucket: Int32(bucket), isNegative: isNegative))
    }

    // MARK: Interval edges

    /// Moves everything counted since the last call into a packet. Cost: one small copy per touched series;
    /// counter pages change hands by pointer.
    public func takeInterval(to end: Instant) -> IntervalPacket {
        writer?.packetTaken()
        let packet = spares.popLast() ?? IntervalPacket(arena: arena)
        packet.shard = index
        packet.from = intervalStart
        packet.to = end
        intervalStart = end
        packet.didOverflow = didOverflow || tagTable.didOverflow
        packet.definitionsFrom = seriesDelivered
        packet.definitions.append(contentsOf: series[seriesDelivered...])
        packet.definitionsMade.append(contentsOf: seriesMade[seriesDelivered...])
        seriesDelivered = series.count
        swap(&packet.carries, &carries)
        takeTrends(packet)
        for cell in touchedCounters {
            packet.counters.append(
                .init(series: cell.pointee.series, count: cell.pointee.count, sum: cell.pointee.sum))
            cell.pointee.count = 0
            cell.pointee.sum = 0
        }
        touchedCounters.removeAll(keepingCapacity: true)
        for cell in touchedRates {
            packet.rates.append(
                .init(series: cell.pointee.series, count: cell.pointee.count, passes: cell.pointee.passes))
            cell.pointee.count = 0
            cell.pointee.passes = 0
        }
        touchedRates.removeAll(keepingCapacity: true)
        for cell in touchedGauges {
            packet.gauges.append(
                .init(
                    series: cell.pointee.series, count: cell.pointee.count, value: cell.pointee.value,
                    at: cell.pointee.at, min: cell.pointee.min, max: cell.pointee.max))
            cell.pointee.count = 0
            cell.pointee.min = .infinity
            cell.pointee.max = -.infinity
        }
        touchedGauges.removeAll(keepingCapacity: true)
        return packet
    }

    private func takeTrends(_ packet: IntervalPacket) {
        for cell in touchedTrends {
            packet.trends.append(
                .init(
                    series: cell.pointee.series, positive: cell.pointee.window,
                    negative: cell.pointee.negative,
                    log: cell.pointee.log, count: cell.pointee.count, zeros: cell.pointee.zeros,
                    invalid: cell.pointee.invalid,
                    sum: cell.pointee.sum, min: cell.pointee.min, max: cell.pointee.max))
            cell.pointee.window.slots = arena.noSlots
            cell.pointee.negative.slots = arena.noSlots
            cell.pointee.log = BucketLog()
            cell.pointee.count = 0
            cell.pointee.zeros = 0
            cell.pointee.invalid = 0
            cell.pointee.sum = 0
            cell.pointee.min = .infinity
            cell.pointee.max = -.infinity
            cell.pointee.isTouched = false
        }
        touchedTrends.removeAll(keepingCapacity: true)
    }

    /// Takes the memory of an absorbed packet back. A packet that never returns costs its memory until the
    /// shard ends.
    public func recycle(_ packet: IntervalPacket) {
        precondition(packet.isAbsorbed, "a packet must be absorbed before its memory is used again")
        precondition(packet.arena === arena, "a packet goes back to the shard that made it")
        free.adopt(&packet.free)
        packet.clear()
        spares.append(packet)
    }

    /// Memory held, in bytes: slabs as allocated, tables estimated from their counts.
    public var memoryBytes: Int {
        let perSeries =
            MemoryLayout<UnsafeMutableRawPointer>.stride + MemoryLayout<SeriesKey>.stride
            + 2 * MemoryLayout<TaggedKey>.stride
        return arena.bytes + tagTable.bytes + rowCount * 8 + series.count * perSeries
    }
}
