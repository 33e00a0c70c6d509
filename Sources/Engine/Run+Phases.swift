// setup() and teardown() of a run: each on a thread of its own, so that the control thread stays free. Which
// follows what: setup before the scenarios, teardown after the last of them, unless setup failed.

import Base
import Metrics

extension Run {
    func begin(_ body: @escaping RunPhase, _ status: RunStatus) {
        enter(status)
        let control = PhaseControl(startedAt: startedAt, initializedVUs: progress.initializedVUs)
        phase = control
        // Numbers behind the workers' own, one for each.
        let (inbox, shard) = (inbox, settings.workerCount + (status == .setup ? 0 : 1))
        do {
            phaseThread?.join()
            phaseThread = try BackgroundThread { inbox.post(.phaseEnded(body(control, shard))) }
        } catch {
            inbox.post(.phaseEnded(PhaseEnd(packet: nil, failure: .failed(error.description))))
        }
    }

    func phaseEnded(_ end: PhaseEnd, _ now: Instant) {
        phase = nil
        if let packet = end.packet { aggregate.absorb(packet) }
        if progress.status == .setup {
            if let failure = end.failure, !isStopping {
                isStopping = true
                stopCause = .setup(failure)
            }
            if isStopping {
                didTearDown = didTearDown || end.failure != nil
                send(.stop)
            } else {
                startScenarios(now)
            }
        } else {
            teardownFailure = end.failure
            finish(now)
        }
    }

    /// Every worker has ended its scenarios.
    func scenariosEnded(_ now: Instant) {
        if let teardown = settings.teardown, !didTearDown {
            didTearDown = true
            begin(teardown, .teardown)
        } else if phase == nil {
            finish(now)
        }
    }
}
