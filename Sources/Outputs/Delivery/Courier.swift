// The thread behind a `Delivery`: takes parcels, posts them over the HTTP client on its own loop, and decides
// after each answer whether a parcel has arrived, is tried again or is lost.

import Base
import EventLoop
import HTTP
import HTTPClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

final class Courier: @unchecked Sendable {
    private let settings: DeliverySettings
    private let shared: Locked<DeliveryQueue>
    private let loop: Loop
    private let client: UnsafeMutablePointer<Client>
    private let port: TransportPort
    private let pool: UnsafeMutableRawPointer
    private var errands: [Errand] = []
    var preface: RequestURL?
    private var pausedUntil = Instant.never
    /// Counts up with each failure, except for those of requests that were under way together with it.
    private var round = 0
    /// Rounds that failed since something arrived, or since the drain began.
    private var failuresInRow = 0
    private var isAway = false
    private var prefaceAttempts = 0
    private var outagesSaid = 0
    private var didSayRefused = false
    private var drainUntil = Instant.distantFuture
    private var isGivenUp = false

    init(
        _ settings: DeliverySettings, _ shared: Locked<DeliveryQueue>, _ loop: Loop,
        _ client: UnsafeMutablePointer<Client>
    ) {
        self.settings = settings
        self.shared = shared
        self.loop = loop
        self.client = client
        port = Client.port(client)
        pool = port.makePool(port.context, 1)
    }

    func run(_ wakeup: Wakeup) {
        BackgroundThread.blockSignals()
        while true {
            let now = Clock.now()
            let next = Instant(ns: port.pass(port.context, now.ns))
            collect()
            if isOver(now) { break }
            if now >= pausedUntil { dispatch(now) }
            let resume = now < pausedUntil ? pausedUntil : .distantFuture
            // What `dispatch` opened may have failed already and waits for a pass.
            let soon = errands.isEmpty ? next : min(next, Instant(ns: port.pass(port.context, now.ns)))
            loop.wake(at: min(soon, resume, drainUntil))
            if errands.contains(where: \.hasEnded) { continue }
            loop.runOnce()
        }
        for errand in errands { port.cancel(port.context, errand.exchange) }
        errands = []
        wakeup.close()
        discard()
    }

    /// Frees loop and client. Instead of `run`, where there is no thread for it, or at its end.
    func discard() {
        port.freePool(port.context, pool)
        Client.shutDown(client)
        loop.destroy()
        Client.free(client)
    }

    /// Whether there is nothing left to do, or no time left to do it in.
    private func isOver(_ now: Instant) -> Bool {
        let (isClosed, isIdle) = shared.withLock { ($0.isClosed, $0.waiting.isEmpty) }
        if !isClosed { return false }
        // A preface alone is worth no wait: nothing comes behind it.
        if isIdle, errands.allSatisfy(\.parcel.isPreface) { return true }
        if drainUntil == .distantFuture {
            drainUntil = now + Limits.deliveryDrainNsMax
            pausedUntil = .never
            // However long the store was away before: now it gets all the attempts of a drain.
            failuresInRow = 0
            round += 1
        }
        if now < drainUntil, !isGivenUp { return false }
        let underWay = errands.reduce(0) { $0 + $1.parcel.points }
        shared.withLock { queue in
            let reason =
                queue.reason.isEmpty || !isGivenUp ? "the run ended before it had answered" : queue.reason
            queue.lose(underWay, reason)
            queue.loseAll(reason)
        }
        return true
    }

    private func dispatch(_ now: Instant) {
        if let preface {
            let isNeeded = shared.withLock { !$0.waiting.isEmpty || !$0.isClosed }
            if errands.isEmpty, isNeeded {
                send(Parcel(body: [], points: 0, isPreface: true), to: preface, now)
            }
            return
        }
        while errands.count < settings.concurrency, let parcel = shared.withLock({ $0.take() }) {
            send(parcel, to: settings.url, now)
        }
    }

    private func send(_ parcel: Parcel, to url: RequestURL, _ now: Instant) {
        var draft = RequestDraft(method: "POST", url: url, body: parcel.body, userAgent: settings.userAgent)
        draft.url.user = settings.url.user
        draft.url.password = settings.url.password
        draft.headers = settings.headers
        if let sign = settings.sign { draft.headers += sign(draft.body, Clock.wallNs()) }
        let request = withUnsafePointer(to: draft) { port.prepare(port.context, $0) }
        let errand = Errand(
            parcel, round, request.assumingMemoryBound(to: PreparedRequest.self), pool)
        errands.append(errand)
        errand.exchange.pointee.rearm(opened: now, intended: now)
        errand.exchange.pointee.deadline = now + settings.timeoutNs
        port.open(port.context, errand.exchange)
    }

    // MARK: - answers

    private func collect() {
        var index = 0
        while index < errands.count {
            if errands[index].hasEnded {
                settle(errands.remove(at: index))
            } else {
                index += 1
            }
        }
    }

    private func settle(_ errand: Errand) {
        var parcel = errand.parcel
        parcel.attempts += 1
        let (status, error) = (Int(errand.exchange.pointee.status), errand.exchange.pointee.error)
        let isFinal = error.isNone && status != 429 && status < 500
        if parcel.isPreface { prefaceAttempts += 1 }
        if isFinal, parcel.isPreface {
            preface = nil
            failuresInRow = 0
        } else if isFinal, 200..<300 ~= status {
            succeeded(parcel)
        } else if isFinal {
            refused(parcel, answer(status, errand.answer))
        } else {
            let reason = error.isNone ? answer(status, errand.answer) : client.pointee.texts[error.text]
            failed(parcel, reason, errand.round)
            // A server that answers only this with an error may still take samples.
            if error.isNone, prefaceAttempts >= Limits.deliveryAttemptsMax { preface = nil }
        }
    }

    private func answer(_ status: Int, _ body: [UInt8]) -> String {
        let line = String(decoding: body, as: UTF8.self).split(whereSeparator: \.isNewline).first ?? ""
        return line.isEmpty ? "status \(status)" : "status \(status), \(line)"
    }

    private func succeeded(_ parcel: Parcel) {
        if isAway, outagesSaid <= Limits.deliveryOutagesSaidMax {
            note(.info, "\(settings.receiver) takes samples again")
        }
        isAway = false
        failuresInRow = 0
        shared.withLock { $0.delivered += parcel.points }
    }

    /// The server will not take it however often it is asked.
    private func refused(_ parcel: Parcel, _ reason: String) {
        shared.withLock { $0.lose(parcel.points, reason) }
        if didSayRefused { return }
        didSayRefused = true
        note(.error, "\(settings.receiver) refuses samples, they are lost: \(reason)")
    }

    private func failed(_ parcel: Parcel, _ reason: String, _ sentIn: Int) {
        if sentIn == round {
            round += 1
            failuresInRow += 1
            let shift = min(failuresInRow - 1, 16)
            let pauseNs = min(settings.pausesNs.lowerBound << Int64(shift), settings.pausesNs.upperBound)
            pausedUntil = Clock.now() + pauseNs
        }
        if !isAway {
            isAway = true
            outagesSaid += 1
            if outagesSaid <= Limits.deliveryOutagesSaidMax {
                note(.warning, "\(settings.receiver) does not take samples, they are kept: \(reason)")
            }
        }
        shared.withLock { $0.reason = reason }
        let isDraining = drainUntil != .distantFuture
        if isDraining, failuresInRow >= Limits.deliveryDrainFailuresMax { isGivenUp = true }
        if parcel.isPreface { return }
        if parcel.attempts < Limits.deliveryAttemptsMax {
            shared.withLock { $0.putBack(parcel) }
        } else {
            shared.withLock { $0.lose(parcel.points, reason) }
        }
    }

    private func note(_ severity: OutputNote.Severity, _ text: String) {
        shared.withLock { $0.notes.append(OutputNote(severity, text)) }
    }
}

/// One request under way. Its exchange points back to it; it lives until the exchange has ended.
private final class Errand {
    let parcel: Parcel
    /// Which it was sent in.
    let round: Int
    let exchange: UnsafeMutablePointer<Exchange>
    private let request: UnsafeMutablePointer<PreparedRequest>
    fileprivate(set) var hasEnded = false
    /// The beginning of the answer's body.
    fileprivate(set) var answer: [UInt8] = []

    init(
        _ parcel: Parcel, _ round: Int, _ request: UnsafeMutablePointer<PreparedRequest>,
        _ pool: UnsafeMutableRawPointer
    ) {
        self.parcel = parcel
        self.round = round
        self.request = request
        exchange = .allocate(capacity: 1)
        exchange.initialize(
            to: Exchange(
                request: request, events: Errand.events, owner: UnsafeMutableRawPointer(exchange), pool: pool)
        )
        exchange.pointee.owner = Unmanaged.passUnretained(self).toOpaque()
        exchange.pointee.sink = .stream
    }

    deinit {
        PreparedRequest.free(request)
        exchange.deinitialize(count: 1)
        exchange.deallocate()
    }

    private static func with(_ exchange: UnsafeMutableRawPointer, _ body: (Errand) -> Void) {
        let owner = exchange.assumingMemoryBound(to: Exchange.self).pointee.owner
        Unmanaged<Errand>.fromOpaque(owner)._withUnsafeGuaranteedRef(body)
    }

    nonisolated(unsafe) private static let events: UnsafeMutablePointer<ExchangeEvents> = {
        let events = UnsafeMutablePointer<ExchangeEvents>.allocate(capacity: 1)
        events.initialize(
            to: ExchangeEvents(
                body: { exchange, bytes, count in
                    Errand.with(exchange) { errand in
                        let room = Limits.deliveryAnswerBytesMax - errand.answer.count
                        if room <= 0 { return }
                        errand.answer.append(
                            contentsOf: UnsafeRawBufferPointer(start: bytes, count: min(count, room)))
                    }
                },
                end: { Errand.with($0) { $0.hasEnded = true } }))
        return events
    }()
}
