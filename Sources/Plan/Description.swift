// What is printed about a plan before the start: one line per scenario and one for the test, in k6's form,
// for this process's segment. Read by the CLI and by --dry-run.

import Base

extension ScenarioPlan {
    /// `10 looping VUs for 2s (gracefulStop: 30s)`: k6's line without the name.
    public func describe() -> String {
        switch scenario.executor {
        case .sharedIterations(_, _, let maxDurationNs):
            let head = "\(iterations ?? 0) iterations shared among \(maxVUs) VUs"
            return head + facts(["maxDuration: \(GoDuration.format(maxDurationNs))"])
        case .perVUIterations(_, let iterations, let maxDurationNs):
            let head = "\(iterations) iterations for each of \(maxVUs) VUs"
            return head + facts(["maxDuration: \(GoDuration.format(maxDurationNs))"])
        case .constantVUs(_, let durationNs):
            return "\(maxVUs) looping VUs for \(GoDuration.format(durationNs))" + facts([])
        case .rampingVUs(_, let stages, let gracefulRampDownNs):
            let head = "Up to \(maxVUs) looping VUs for \(regularDuration) over \(stages.count) stages"
            return head + facts(["gracefulRampDown: \(GoDuration.format(gracefulRampDownNs))"])
        case .constantArrivalRate(let rate, let timeUnitNs, _, _, _):
            let scaled = perSecond(rate, timeUnitNs, iterationTuple?.fraction ?? .zero)
            return "\(fixed2(scaled)) iterations/s for \(regularDuration)" + facts([maxVUsFact])
        case .rampingArrivalRate(let startRate, let timeUnitNs, let stages, _, _):
            // The tuple as given here, the re-segmented one above: so prints k6, though both schedules use
            // the latter.
            let highest = stages.reduce(startRate) { max($0, $1.target) }
            let scaled = perSecond(highest, timeUnitNs, vuTuple.fraction)
            return "Up to \(fixed2(scaled)) iterations/s for \(regularDuration) over \(stages.count) stages"
                + facts([maxVUsFact])
        case .externallyControlled(let vus, let maxVUs, let durationNs):
            // Not scaled, and without further facts, as in k6.
            let duration = durationNs == 0 ? "infinite" : GoDuration.format(durationNs)
            return "Externally controlled execution with \(vus) VUs, \(maxVUs) max VUs, \(duration) duration"
        }
    }

    private var regularDuration: String { GoDuration.format(regularDurationNs ?? 0) }

    private var maxVUsFact: String {
        startVUs == maxVUs ? "maxVUs: \(maxVUs)" : "maxVUs: \(startVUs)-\(maxVUs)"
    }

    private func perSecond(_ rate: Int64, _ timeUnitNs: Int64, _ fraction: Rational) -> Double {
        let numerator = Int128(rate) * Int128(Ns.perSecond) * Int128(fraction.numerator)
        let denominator = Int128(timeUnitNs) * Int128(fraction.denominator)
        let divisor = max(1, Int128(greatestCommonDivisor(numerator.magnitude, denominator.magnitude)))
        return Double(numerator / divisor) / Double(denominator / divisor)
    }

    private func facts(_ own: [String]) -> String {
        var facts = own
        if scenario.exec != "default" { facts.append("exec: \(scenario.exec)") }
        if scenario.startTimeNs > 0 { facts.append("startTime: \(GoDuration.format(scenario.startTimeNs))") }
        if scenario.gracefulStopNs > 0 {
            facts.append("gracefulStop: \(GoDuration.format(scenario.gracefulStopNs))")
        }
        return facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))"
    }
}

extension TestPlan {
    /// `(100.00%) 1 scenario, 2 max VUs, 10m30s max duration (incl. graceful stop)`.
    public func describe() -> String {
        let percent = (tuple.segment.length ?? .one).approximate * 100
        let duration = GoDuration.format(endOffsetNs)
        return "(\(fixed2(percent))%) \(scenarios.count) \(scenarios.count == 1 ? "scenario" : "scenarios"), "
            + "\(maxPossibleVUs) max VUs, \(duration) max duration (incl. graceful stop)"
    }
}

/// With two decimals; a tie (of the exact binary value) goes to the even digit, as in C and Go.
func fixed2(_ value: Double) -> String {
    let product = value * 100
    // The exact value·100 is product + error. As product is the nearest double, the error decides ties only.
    let error = (-product).addingProduct(value, 100)
    var rounded = product.rounded(.toNearestOrEven)
    if product - product.rounded(.down) == 0.5, error != 0 {
        rounded = error > 0 ? product.rounded(.up) : product.rounded(.down)
    }
    let (whole, cents) = Int128(rounded).quotientAndRemainder(dividingBy: 100)
    return "\(whole).\(cents < 10 ? "0" : "")\(cents)"
}
