// Scenarios as k6 writes them: the keys every executor has, then the executor's own, null where the author
// said nothing. Part of the options object of OptionsJSON.swift.

import Base

extension JSONWriter {
    mutating func scenarios(_ scenarios: [ScenarioOption]) {
        object { writer in
            for scenario in scenarios.sorted(by: { $0.name.precedes($1.name) }) {
                writer.key(scenario.name)
                writer.scenario(scenario)
            }
        }
    }

    private mutating func scenario(_ scenario: ScenarioOption) {
        object { writer in
            writer.member("executor", scenario.kind.rawValue)
            writer.duration("startTime", scenario.startTimeNs)
            writer.duration("gracefulStop", scenario.gracefulStopNs)
            writer.member("env", scenario.env) { $0.map($1) }
            writer.escaped { $0.member("exec", scenario.exec) }
            writer.member("tags", scenario.tags) { $0.map($1) }
            if let options = scenario.options {
                writer.key("options")
                writer.tree(options)
            }
            writer.ownMembers(scenario)
        }
    }

    private mutating func ownMembers(_ scenario: ScenarioOption) {
        switch scenario.kind {
        case .sharedIterations, .perVUIterations:
            member("vus", scenario.vus)
            member("iterations", scenario.iterations)
            duration("maxDuration", scenario.maxDurationNs)
        case .constantVUs:
            member("vus", scenario.vus)
            duration("duration", scenario.durationNs)
        case .rampingVUs:
            member("startVUs", scenario.startVUs)
            member("stages", scenario.stages) { $0.stages($1) }
            duration("gracefulRampDown", scenario.gracefulRampDownNs)
        case .constantArrivalRate:
            member("rate", scenario.rate)
            duration("timeUnit", scenario.timeUnitNs)
            duration("duration", scenario.durationNs)
            member("preAllocatedVUs", scenario.preAllocatedVUs)
            member("maxVUs", scenario.maxVUs)
        case .rampingArrivalRate:
            member("startRate", scenario.startRate)
            duration("timeUnit", scenario.timeUnitNs)
            member("stages", scenario.stages) { $0.stages($1) }
            member("preAllocatedVUs", scenario.preAllocatedVUs)
            member("maxVUs", scenario.maxVUs)
        case .externallyControlled:
            member("vus", scenario.vus)
            duration("duration", scenario.durationNs)
            // The only default k6 fills in while it reads.
            member("maxVUs", scenario.maxVUs ?? scenario.vus)
        }
    }
}
