// The planned load over time as a row of numbers, for the sparkline the CLI prints before a start. No exact
// schedule: levels of the stages, scaled by the segment's length. Only printed, never used to drive anything.

import Base

/// Equal intervals over the regular duration of all scenarios; each value is the highest level in its
/// interval.
public struct LoadShape: Hashable, Sendable {
    public var spanNs: Int64
    /// VUs of the closed-loop scenarios together; empty if there are none.
    public var vus: [Double]
    /// Iterations started per second by the open-loop scenarios together; empty if there are none.
    public var iterationsPerSecond: [Double]

    public init(spanNs: Int64, vus: [Double], iterationsPerSecond: [Double]) {
        self.spanNs = spanNs
        self.vus = vus
        self.iterationsPerSecond = iterationsPerSecond
    }
}

extension TestPlan {
    /// - Parameter points: intervals, 1 or more.
    public func loadShape(points: Int) -> LoadShape {
        precondition(points > 0, "a load shape has intervals")
        let ends = scenarios.compactMap { plan in
            plan.regularDurationNs.map { plan.scenario.startTimeNs + $0 }
        }
        // A test that never ends has one level; any span shows it.
        let longest = ends.max() ?? 0
        let spanNs = longest > 0 ? longest : Ns.perMinute
        var shape = LoadShape(spanNs: spanNs, vus: [], iterationsPerSecond: [])
        for plan in scenarios {
            let line = LoadLine(plan, spanNs: spanNs)
            let levels = (0..<points).map { index in
                let from = Double(spanNs) * Double(index) / Double(points)
                let to = Double(spanNs) * Double(index + 1) / Double(points)
                return line.highest(fromNs: from, toNs: to)
            }
            if plan.scenario.executor.isOpenLoop {
                shape.iterationsPerSecond = LoadShape.sum(shape.iterationsPerSecond, levels)
            } else {
                shape.vus = LoadShape.sum(shape.vus, levels)
            }
        }
        return shape
    }
}

extension LoadShape {
    fileprivate static func sum(_ left: [Double], _ right: [Double]) -> [Double] {
        left.isEmpty ? right : zip(left, right).map { $0 + $1 }
    }
}

/// The level of one scenario as a line through its corners, in time since the test's start.
private struct LoadLine {
    private var corners: [(ns: Double, level: Double)] = []

    init(_ plan: ScenarioPlan, spanNs: Int64) {
        var ns = Double(plan.scenario.startTimeNs)
        let scale = plan.vuTuple.fraction.approximate
        func perSecond(_ rate: Int64, _ unitNs: Int64) -> Double {
            Double(rate) * Double(Ns.perSecond) / Double(unitNs)
        }
        func flat(_ level: Double) -> [(ns: Double, level: Double)] {
            let endNs = plan.regularDurationNs.map { ns + Double($0) } ?? Double(spanNs)
            return [(ns, level * scale), (endNs, level * scale)]
        }
        func ramp(_ start: Int64, _ stages: [Stage], _ level: (Int64) -> Double) -> [(
            ns: Double, level: Double
        )] {
            var corners = [(ns, level(start) * scale)]
            for stage in stages {
                ns += Double(stage.durationNs)
                corners.append((ns, level(stage.target) * scale))
            }
            return corners
        }
        switch plan.scenario.executor {
        case .sharedIterations(let vus, _, _), .perVUIterations(let vus, _, _), .constantVUs(let vus, _),
            .externallyControlled(let vus, _, _):
            corners = flat(Double(vus))
        case .constantArrivalRate(let rate, let unitNs, _, _, _):
            corners = flat(perSecond(rate, unitNs))
        case .rampingVUs(let startVUs, let stages, _):
            corners = ramp(startVUs, stages) { Double($0) }
        case .rampingArrivalRate(let startRate, let unitNs, let stages, _, _):
            corners = ramp(startRate, stages) { perSecond($0, unitNs) }
        }
    }

    /// The highest level within an interval; 0 where the line is not.
    func highest(fromNs: Double, toNs: Double) -> Double {
        var highest = 0.0
        for (left, right) in zip(corners, corners.dropFirst()) {
            let start = max(fromNs, left.ns)
            let end = min(toNs, right.ns)
            // A jump has no width: its levels belong to the pieces on either side.
            if start >= end { continue }
            let slope = (right.level - left.level) / (right.ns - left.ns)
            highest = max(
                highest, left.level + slope * (start - left.ns), left.level + slope * (end - left.ns))
        }
        return highest
    }
}
