// What can be told to a run while it goes: stop, pause, resume, scale. Called on the control thread by
// whoever hears the user: signals, the REST API, keys.

import Base
import Plan

extension Run {
    /// Interrupts every iteration and ends the run; its summary is still true. Only the first cause counts.
    public func stop(_ cause: StopCause) {
        if isStopping || endedAt.isSet { return }
        isStopping = true
        stopCause = cause
        if progress.status == .pausedBeforeRun {
            finish(Clock.now())
        } else if let phase {
            // Setup is cut off, and the workers are told when it has ended; teardown always runs to its end.
            if progress.status == .setup { phase.cancel() }
        } else if startedAt.isSet {
            send(.stop)
        }
        // Otherwise the run ends as soon as its workers are ready.
    }

    /// Why a command was refused; the texts are what k6's REST API answers.
    public struct CommandError: Error, Equatable, CustomStringConvertible {
        public let description: String
    }

    /// Starts a run that waits (`--paused`), or lets externally-controlled scenarios go on.
    public func resume() throws(CommandError) {
        if settings.startPaused, !wasResumed, !startedAt.isSet {
            wasResumed = true
            if progress.status == .pausedBeforeRun { start(Clock.now()) }
            return
        }
        try setPaused(false)
    }

    /// Stops all loops of a running test; every scenario must be externally controlled.
    public func pause() throws(CommandError) {
        if settings.startPaused, !wasResumed, !startedAt.isSet {
            throw CommandError(description: "execution is already paused")
        }
        try setPaused(true)
    }

    private func setPaused(_ paused: Bool) throws(CommandError) {
        for plan in settings.plan.scenarios {
            guard case .externallyControlled = plan.scenario.executor else {
                throw CommandError(
                    description:
                        "\(plan.scenario.executor.name) executor '\(plan.scenario.name)' doesn't support "
                        + "pause and resume operations after its start")
            }
        }
        if endedAt.isSet { throw Run.hasEnded }
        if pausedAt.isSet == paused {
            throw CommandError(description: "test execution \(paused ? "was already" : "wasn't") paused")
        }
        let now = Clock.now()
        if paused {
            pausedAt = now
        } else {
            if startedAt.isSet { pausedNs += now - max(pausedAt, startedAt) }
            pausedAt = .never
        }
        for (index, plan) in settings.plan.scenarios.enumerated() {
            if controlled[index] == nil { controlled[index] = Control(plan) }
            if startedAt.isSet { sendControl(index) }
        }
    }

    /// What an externally-controlled scenario was told last.
    struct Control {
        var vus: Int64
        var maxVUs: Int64

        init(_ plan: ScenarioPlan) {
            vus = plan.startVUs
            maxVUs = plan.maxVUs
        }
    }

    public var isPaused: Bool {
        pausedAt.isSet || settings.startPaused && !wasResumed && !startedAt.isSet
    }

    /// Sets how many VUs of the externally-controlled scenario loop, and how many may; nil leaves as it is.
    public func scale(vus: Int64? = nil, maxVUs: Int64? = nil) throws(CommandError) {
        guard
            let index = settings.plan.scenarios.firstIndex(where: {
                if case .externallyControlled = $0.scenario.executor { return true }
                return false
            })
        else {
            throw CommandError(
                description:
                    "an externally-controlled executor needs to be configured for live configuration updates"
            )
        }
        if endedAt.isSet { throw Run.hasEnded }
        let plan = settings.plan.scenarios[index]
        var wanted = controlled[index] ?? Control(plan)
        wanted.vus = vus ?? wanted.vus
        wanted.maxVUs = maxVUs ?? wanted.maxVUs
        if wanted.vus < 0 {
            throw CommandError(description: "\(Run.invalid)the number of VUs can't be negative")
        }
        if wanted.vus > wanted.maxVUs {
            throw CommandError(
                description:
                    "\(Run.invalid)the number of active VUs (\(wanted.vus)) must be less than or equal to "
                    + "the number of maxVUs (\(wanted.maxVUs))")
        }
        if wanted.maxVUs < plan.maxVUs {
            throw CommandError(
                description: "the new number of max VUs cannot be lower than the starting number of max VUs "
                    + "(\(plan.maxVUs))")
        }
        controlled[index] = wanted
        if startedAt.isSet { sendControl(index) }
    }

    private static let hasEnded = CommandError(description: "the run has ended")
    private static let invalid = "invalid configuration supplied: "

    func sendControl(_ index: Int) {
        guard let control = controlled[index] else { return }
        send(.control(scenario: Int32(index), vus: control.vus, paused: pausedAt.isSet))
    }
}
