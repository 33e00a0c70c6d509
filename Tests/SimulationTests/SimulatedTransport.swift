// A transport without a network: every exchange ends when the simulated service says so, well or with an
// error. It writes the same log as the recorded iterations, so that fixed iterations are held to the same
// invariants.

import Base
import HTTP
import Metrics

@testable import Engine

/// One worker's transport.
final class SimulatedTransport {
    unowned(unsafe) let simulation: Simulation
    let worker: Int
    private var inFlight: [UnsafeMutableRawPointer: Flight] = [:]
    private var nextToken: UInt64 = 0
    private(set) var openPools = 0

    private struct Flight {
        var token: UInt64
        var entry: Int
        var fault: Service.Fault?
    }

    static let pathNs: Int64 = 20_000

    init(simulation: Simulation, worker: Int) {
        self.simulation = simulation
        self.worker = worker
    }

    var inFlightCount: Int { inFlight.count }

    var port: TransportPort {
        TransportPort(
            context: Unmanaged.passUnretained(self).toOpaque(),
            prepare: { _, draft in
                let draft = draft.assumingMemoryBound(to: RequestDraft.self).pointee
                let encoded = draft.encode()
                return UnsafeMutableRawPointer(
                    PreparedRequest(encoded, method: draft.method, destination: 0).boxed())
            },
            makePool: { context, _ in
                SimulatedTransport.of(context).openPools += 1
                return UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
            },
            freePool: { context, pool in
                SimulatedTransport.of(context).openPools -= 1
                pool.deallocate()
            },
            iterationEnded: { _, _ in },
            open: { SimulatedTransport.of($0).open($1) },
            cancel: { SimulatedTransport.of($0).cancel($1) },
            pass: { _, _ in Int64.max })
    }

    private static func of(_ context: UnsafeMutableRawPointer) -> SimulatedTransport {
        Unmanaged<SimulatedTransport>.fromOpaque(context).takeUnretainedValue()
    }

    private func open(_ address: UnsafeMutableRawPointer) {
        precondition(inFlight[address] == nil, "an exchange was opened twice")
        let exchange = address.assumingMemoryBound(to: Exchange.self)
        let vu = FixedIteration.of(address).pointee.vu
        var entry = LoggedIteration(
            worker: worker, vu: vu.pointee, ofScenario: vu.pointee.iterationOfScenario,
            originNs: simulation.originNs)
        let answer = simulation.answer(startedNs: exchange.pointee.times.opened.ns)
        let deadlineNs = exchange.pointee.deadline.ns
        let isInTime = answer.atNs.map { $0 < deadlineNs } ?? false
        let endNs = isInTime ? answer.atNs! : deadlineNs
        entry.dueNs = endNs - simulation.originNs
        inFlight[address] = Flight(
            token: nextToken, entry: simulation.begin(entry), fault: isInTime ? answer.fault : .silent)
        simulation.queue.insert(
            atNs: endNs, worker: worker, .exchangeEnds(address, token: nextToken))
        nextToken += 1
    }

    private func cancel(_ address: UnsafeMutableRawPointer) {
        guard let flight = inFlight.removeValue(forKey: address) else {
            preconditionFailure("an exchange was cancelled that is not open")
        }
        simulation.finish(flight.entry, .interrupted, nowNs: simulation.nowNs)
    }

    func end(_ address: UnsafeMutableRawPointer, token: UInt64) {
        guard let flight = inFlight[address], flight.token == token else { return }
        inFlight[address] = nil
        let exchange = address.assumingMemoryBound(to: Exchange.self)
        let openedNs = exchange.pointee.times.opened.ns
        let nowNs = simulation.nowNs
        exchange.pointee.times.done = Instant(ns: nowNs)
        switch flight.fault {
        case .refused:
            exchange.pointee.error = ExchangeError(.dialRefused, text: ErrorTexts.Fixed.dialRefused.rawValue)
        case .reset, .silent:
            sent(exchange, openedNs)
            let isReset = flight.fault == .reset
            let text: ErrorTexts.Fixed = isReset ? .resetByPeer : .requestTimeout
            exchange.pointee.error = ExchangeError(
                isReset ? .resetByPeer : .requestTimeout, text: text.rawValue)
        case nil:
            sent(exchange, openedNs)
            exchange.pointee.times.firstByte = Instant(ns: nowNs)
            exchange.pointee.status = 200
            exchange.pointee.receivedByteCount = 120
        }
        simulation.log.exchanges.append(
            LoggedExchange(
                openedNs: openedNs - simulation.originNs,
                durationNs: ExchangePhases(exchange.pointee.times).durationNs, failed: flight.fault != nil))
        simulation.finish(flight.entry, .complete, nowNs: nowNs)
        exchange.pointee.events.pointee.end(address)
    }

    private func sent(_ exchange: UnsafeMutablePointer<Exchange>, _ openedNs: Int64) {
        exchange.pointee.times.acquired = Instant(ns: openedNs)
        exchange.pointee.times.sent = Instant(ns: openedNs + SimulatedTransport.pathNs)
        exchange.pointee.sentByteCount = 80
    }
}
