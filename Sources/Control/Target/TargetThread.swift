// One thread of the embedded server: makes the loop and the listening sockets, reports how that went, runs
// until it is told to stop. Called by TargetServer only; everything after the report happens on the thread
// itself.

import Base
import EventLoop
import TLS

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

struct TargetThreadPlan: @unchecked Sendable {
    let index: Int
    let address: SocketAddress
    let ports: TargetPorts
    let isSecure: Bool
    let sharesPort: Bool
    let identity: TLSIdentity?
    /// Outlives the thread: freed by the server after the join.
    let shared: UnsafeMutablePointer<TargetShared>
}

final class TargetThread {
    let ports: TargetPorts
    private let wakeup: Wakeup
    private let report: Report
    private let thread: BackgroundThread

    private struct Ready: Sendable {
        let ports: TargetPorts
        let wakeup: Wakeup
    }

    /// What thread and starter tell each other, once each way.
    private final class Report: @unchecked Sendable {
        private let started: UnsafeMutablePointer<sem_t>
        private let ended: UnsafeMutablePointer<sem_t>
        private var outcome: Result<Ready, TargetStartError>?

        init() {
            started = .allocate(capacity: 1)
            ended = .allocate(capacity: 1)
            sem_init(started, 0, 0)
            sem_init(ended, 0, 0)
        }

        func give(_ outcome: Result<Ready, TargetStartError>) {
            self.outcome = outcome
            sem_post(started)
        }

        func waitForOutcome() -> Result<Ready, TargetStartError> {
            while sem_wait(started) != 0 {}
            return outcome!
        }

        /// The starter will not touch the wake-up handle again.
        func noteLastWakeup() { sem_post(ended) }

        func waitForLastWakeup() { while sem_wait(ended) != 0 {} }

        deinit {
            sem_destroy(started)
            sem_destroy(ended)
            started.deallocate()
            ended.deallocate()
        }
    }

    private init(_ ready: Ready, _ report: Report, _ thread: BackgroundThread) {
        ports = ready.ports
        wakeup = ready.wakeup
        self.report = report
        self.thread = thread
    }

    /// Returns when the thread listens, or has failed and ended.
    static func start(_ plan: TargetThreadPlan) -> Result<TargetThread, TargetStartError> {
        let report = Report()
        let thread: BackgroundThread
        do {
            thread = try BackgroundThread { run(plan, report) }
        } catch {
            return .failure(TargetStartError(error.description))
        }
        switch report.waitForOutcome() {
        case .success(let ready): return .success(TargetThread(ready, report, thread))
        case .failure(let error):
            thread.join()
            return .failure(error)
        }
    }

    func wakeAndJoin() {
        wakeup.send()
        report.noteLastWakeup()
        thread.join()
    }

    private static func run(_ plan: TargetThreadPlan, _ report: Report) {
        let loop: Loop
        do {
            loop = try Loop()
        } catch {
            report.give(.failure(TargetStartError(error.description)))
            return
        }
        switch TargetWorker.make(loop: loop, plan) {
        case .success(let worker):
            report.give(.success(Ready(ports: worker.pointee.ports, wakeup: worker.pointee.wakeup)))
            loop.run()
            // The loop may have seen the order to stop before the wake-up that carries it was sent.
            report.waitForLastWakeup()
            worker.pointee.wakeup.close()
            loop.destroy()
            TargetWorker.free(worker)
        case .failure(let error):
            loop.destroy()
            report.give(.failure(error))
        }
    }
}
