// A request of a script on its way: opens the exchange, follows redirects, stores cookies, records samples,
// and goes on with the script when all is over. Lives on the loop's stack; the fiber waits for it or is told
// by an event.

import Base
import CQuickJS
import Engine
import EventLoop
import HTTP

final class HTTPCall {
    private unowned(unsafe) let vm: VM
    /// The same without counting references.
    private let lentVM: Unmanaged<VM>
    let exchange: UnsafeMutablePointer<Exchange>
    private(set) var plan: CallPlan
    /// Of the first request, where another followed.
    private var firstOfChain: CallPlan?
    /// The worker keeps the contexts of calls under way.
    private(set) unowned(unsafe) var context: TagContext
    private(set) var isDone = true
    /// Told on the loop's stack; nil: the fiber waits.
    var onDone: ((HTTPCall) -> Void)?
    /// Frees what waits for a call that is cut off. On the fiber or, when its iteration is, on the loop's
    /// stack.
    var onCancel: (() -> Void)?
    /// The last response's head as bytes, or one before it: servers repeat theirs.
    private var head: ResponseHead?
    private var headVersion: UInt64 = 0
    private var hasHead = false
    private var location: String?
    private var isEncoded = false
    private var challenge: String?
    private var isDigestAnswered = false
    /// Whom the last exchange spoke to.
    private(set) var remote: SocketAddress?
    private(set) var cipherSuite: UInt16?
    /// Whether a failed call has nothing to show for a body.
    var isBodyless: Bool { !hasHead || isUndecodable }
    private var isUndecodable: Bool {
        exchange.pointee.error.code == .decompression && exchange.pointee.body!.pointee.isEmpty
    }
    /// What people are told about a call that failed.
    private(set) var failureText = ""

    init(_ vm: VM, _ plan: CallPlan) {
        self.vm = vm
        lentVM = Unmanaged.passUnretained(vm)
        self.plan = plan
        context = vm.tags
        exchange = .allocate(capacity: 1)
        exchange.initialize(
            to: Exchange(
                request: UnsafePointer(plan.prepare(vm.host.transport!)), events: vm.host.callEvents,
                owner: UnsafeMutableRawPointer(exchange), pool: vm.http.pool!))
        exchange.pointee.body = .allocate(capacity: 1)
        exchange.pointee.body!.initialize(to: ByteBuffer())
        exchange.pointee.owner = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit {
        exchange.pointee.body!.deinitialize(count: 1)
        exchange.pointee.body!.deallocate()
        exchange.deallocate()
    }

    static var events: ExchangeEvents {
        ExchangeEvents(
            head: { exchange, head in
                HTTPCall.of(exchange)._withUnsafeGuaranteedRef {
                    $0.headArrived(head.assumingMemoryBound(to: HeaderBlock.self))
                }
            },
            room: { exchange, count in HTTPCall.of(exchange)._withUnsafeGuaranteedRef { $0.hasRoom(count) } },
            end: { HTTPCall.of($0)._withUnsafeGuaranteedRef { $0.exchangeEnded() } })
    }

    /// What an exchange that is being opened requests, for `DebugTransport`.
    static func debugged(_ exchange: UnsafeMutablePointer<Exchange>) -> DebuggedRequest {
        of(UnsafeMutableRawPointer(exchange))._withUnsafeGuaranteedRef { call in
            let (vm, plan, context) = (call.vm, call.plan, call.context)
            var own = context.extra
            for tag in plan.tags { own[tag.key] = tag.value }
            if plan.isNamed { own["name"] = plan.name }
            own.merge(vm.metadata) { $1 }
            return DebuggedRequest(
                draft: plan.draft,
                tags: vm.host.settings.tagging.loggedTags(
                    scenario: context.scenario, group: context.group, own: own),
                vu: vm.number, iteration: vm.vu?.pointee.iterationInInstance ?? 0)
        }
    }

    @inline(__always)
    private static func of(_ exchange: UnsafeMutableRawPointer) -> Unmanaged<HTTPCall> {
        Unmanaged.fromOpaque(exchange.assumingMemoryBound(to: Exchange.self).pointee.owner)
    }

    // MARK: - start

    /// Opens the first exchange. On the fiber.
    @inline(__always)
    func start(_ plan: CallPlan) {
        if self.plan !== plan { self.plan = plan }
        if firstOfChain != nil { firstOfChain = nil }
        lentVM._withUnsafeGuaranteedRef { context = $0.tags }
        isDone = false
        isDigestAnswered = false
        remote = nil
        cipherSuite = nil
        let now = Clock.now()
        exchange.pointee.deadline = now + plan.timeoutNs
        send(plan, now)
        lentVM._withUnsafeGuaranteedRef { vm in
            vm.withHost {
                $0.times.countTransport(of: vm, opened: now, sent: exchange.pointee.times.sent)
            }
        }
    }

    @inline(__always)
    private func send(_ plan: CallPlan, _ now: Instant) {
        hasHead = false
        if location != nil { location = nil }
        isEncoded = false
        if challenge != nil { challenge = nil }
        exchange.pointee.body.unsafelyUnwrapped.pointee.removeAll()
        exchange.pointee.sink = plan.responseType == .none ? .discard : .collect
        lentVM._withUnsafeGuaranteedRef { vm in
            exchange.pointee.rearm(opened: now, intended: vm.vu?.pointee.intended ?? now)
            vm.withHost { host in
                let port = host.transport.unsafelyUnwrapped
                exchange.pointee.request = UnsafePointer(plan.prepare(port))
                port.open(port.context, UnsafeMutableRawPointer(exchange))
            }
        }
    }

    private func sendNext(_ next: CallPlan) {
        if firstOfChain == nil { firstOfChain = plan }
        plan = next
        cipherSuite = nil
        send(next, exchange.pointee.times.done)
    }

    var firstPlan: CallPlan { firstOfChain ?? plan }

    /// Hands over what a response keeps of the call, where it has not got the same already.
    @inline(__always)
    func give(_ plan: inout CallPlan, _ first: inout CallPlan?, _ head: inout ResponseHead?) {
        if plan !== self.plan || first !== firstOfChain || !hasHead || head !== self.head {
            giveOther(&plan, &first, &head)
        }
    }

    @inline(never)
    private func giveOther(_ plan: inout CallPlan, _ first: inout CallPlan?, _ head: inout ResponseHead?) {
        plan = self.plan
        first = firstOfChain
        head = hasHead ? self.head : nil
    }

    /// Ends the call without a word: the iteration is cut off.
    func cancel() {
        if isDone { return }
        drop()
        let port = vm.host.transport!
        port.cancel(port.context, UnsafeMutableRawPointer(exchange))
    }

    @inline(never) private func drop() {
        isDone = true
        onDone = nil
        onCancel?()
    }

    // MARK: - events

    private func headArrived(_ block: UnsafePointer<HeaderBlock>) {
        let noted = block.pointee.noted
        // An interim response is followed by the one that counts.
        if headVersion != block.pointee.version || head == nil { takeHead(block) }
        hasHead = true
        if !noted.isEmpty { note(block, noted) }
    }

    @inline(never)
    private func takeHead(_ block: UnsafePointer<HeaderBlock>) {
        head = vm.host.heads.find(block)
        headVersion = block.pointee.version
    }

    private func note(_ block: UnsafePointer<HeaderBlock>, _ noted: HeaderBlock.Noted) {
        if noted.contains(.contentEncoding) { isEncoded = true }
        if noted.contains(.location) { location = block.pointee.first("location") }
        if noted.contains(.authenticate) { challenge = block.pointee.first("www-authenticate") }
        if noted.contains(.setCookie) {
            let jar = plan.jar ?? vm.http.jarForStoring()
            let nowSeconds = Clock.wallNs() / Ns.perSecond
            for line in block.pointee.all("set-cookie") {
                jar.jar.store(line, from: plan.draft.url, nowSeconds: nowSeconds)
            }
        }
    }

    /// Whether there is memory for the body to grow. If not, its VU is cut off with the next pass.
    @inline(never)
    private func hasRoom(_ count: Int) -> Bool {
        let body = exchange.pointee.body.unsafelyUnwrapped
        // While a buffer moves there may be both, the old one and the new one.
        return bodyMayTake(body.pointee.capacity(with: count))
    }

    /// - Parameter bytes: of the buffer it is to have.
    private func bodyMayTake(_ bytes: Int) -> Bool {
        bytes < Limits.scriptBodyAskedBytes || vm.host.bodyMayTake(bytes, vm)
    }

    private func exchangeEnded() {
        if isEncoded { decode() }
        // Its VU is cut off with the next pass, perhaps for this very body: nothing of it is told any more.
        if lentVM._withUnsafeGuaranteedRef({ $0.isOutOfMemory }) { return drop() }
        lentVM._withUnsafeGuaranteedRef { vm in
            vm.withHost { record(vm, $0) }
            ended(vm)
        }
    }

    @inline(__always)
    private func record(_ vm: VM, _ host: ScriptHost) {
        let samples = host.samples.unsafelyUnwrapped
        samples.pointee.record(
            exchange, request: plan.number(context, samples), vu: vm.number,
            iteration: vm.vu?.pointee.iterationInInstance ?? -1)
        if exchange.pointee.error.isNone {
            remote = host.remoteAddress(exchange)
            if exchange.pointee.flags.contains(.secure) { cipherSuite = host.cipherSuite(exchange) }
        } else {
            noteFailure()
        }
        if let vu = vm.vu {
            vu.pointee.sentByteCount += exchange.pointee.sentByteCount
            vu.pointee.receivedByteCount += exchange.pointee.receivedByteCount
        } else {
            vm.http.phaseSentBytes += exchange.pointee.sentByteCount
            vm.http.phaseReceivedBytes += exchange.pointee.receivedByteCount
        }
    }

    @inline(__always)
    private func ended(_ vm: VM) {
        let status = exchange.pointee.status
        if location != nil, status >= 301, status <= 308, follow(status) { return }
        if status == 401, challenge != nil, plan.digest != nil, !isDigestAnswered, answerChallenge() {
            return
        }
        finish(vm)
    }

    /// Undoes content codings; what fails is k6's error 1701. Of a body that was cut off it is what had come.
    @inline(never) private func decode() {
        guard hasHead, !vm.isOutOfMemory, let head, let coding = head.first("content-encoding") else {
            return
        }
        let body = exchange.pointee.body.unsafelyUnwrapped
        let decoded = ContentDecoding.decodeBody(body.pointee, contentEncoding: coding) { [unowned self] in
            bodyMayTake($0)
        }
        switch consume decoded {
        case .same: break
        case .decoded(let output): replaceBody(output)
        case .failed(let code, let text, let output):
            replaceBody(output)
            // A body that was cut off has an error already.
            if exchange.pointee.error.isNone {
                exchange.pointee.error = ExchangeError(code, text: vm.host.errorNumber(text))
            }
        }
    }

    /// A buffer that a VU would keep is copied, since it has room for a whole step of decoding.
    private func replaceBody(_ output: consuming ByteBuffer) {
        let body = exchange.pointee.body.unsafelyUnwrapped
        if output.capacity > Limits.scriptKeptBodyBytes {
            body.pointee = output
        } else {
            body.pointee.removeAll()
            body.pointee.append(output.rawBytes)
        }
    }

    /// A failed call: one warning, unless the script wants an exception with the same text.
    @inline(never) private func noteFailure() {
        var (text, place) = vm.host.exchangeFailure(exchange)
        if exchange.pointee.channel != nil {
            // Only what was found in a response that came as a whole: its coding.
            (text, place) = (vm.host.errorText(exchange.pointee.error.text), vm.host.remoteAddress(exchange))
        }
        if exchange.pointee.times.acquired.isSet { remote = place }
        if !hasHead {
            let isBroken =
                exchange.pointee.times.firstByte.isSet && exchange.pointee.error.code != .requestTimeout
            let broken = isBroken ? "net/http: HTTP/1.x transport connection broken: " : ""
            let method = firstPlan.draft.method.isEmpty ? "Get" : firstPlan.draft.method
            text =
                "\(method.prefix(1))\(method.dropFirst().lowercased()) "
                + "\(GoText.quoted(plan.draft.url.redactedText)): \(broken)\(text)"
        }
        failureText = text
        if !plan.throwsErrors {
            vm.host.log(ScriptLogLine(.warning, "Request Failed", fields: ["error": text]))
        }
    }

    /// - Returns: whether another request is on its way.
    private func follow(_ status: UInt16) -> Bool {
        guard [301, 302, 303, 307, 308].contains(status), let location, exchange.pointee.error.isNone else {
            return false
        }
        if plan.redirectsMax <= 0 {
            if plan.redirectsMaxIsDefault {
                let count = vm.host.settings.redirectsMax + 1
                vm.host.log(
                    ScriptLogLine(
                        .warning,
                        "Stopped after \(count) redirects and returned the redirection; pass { redirects: n } in "
                            + "request params or set global maxRedirects to silence this",
                        fields: ["url": firstPlan.draft.url.text]))
            }
            return false
        }
        let url: RequestURL
        do { url = try plan.draft.url.resolving(location) } catch { return false }
        let next = plan.following(to: url, status: status)
        next.draft.headers.removeAll { ASCII.lowercased($0.name) == "cookie" }
        vm.http.addCookies(to: next)
        sendNext(next)
        return true
    }

    private func answerChallenge() -> Bool {
        guard exchange.pointee.error.isNone, let challenge, let digest = plan.digest,
            let answer = DigestAuth.answer(challenge, plan.draft, digest.user, digest.password)
        else { return false }
        isDigestAnswered = true
        let next = CallPlan(draft: plan.draft, name: plan.name, isNamed: plan.isNamed)
        plan.copySettings(to: next)
        next.draft.headers.removeAll { ASCII.lowercased($0.name) == "authorization" }
        next.draft.headers.append((name: "Authorization", value: answer))
        sendNext(next)
        return true
    }

    @inline(__always)
    private func finish(_ vm: VM) {
        isDone = true
        if onDone != nil { return tell() }
        if case .operation(let token) = vm.wait, token == UnsafeMutableRawPointer(exchange) {
            let done = exchange.pointee.times.done
            vm.withHost { $0.goOn(vm, done.isSet ? done : Clock.now()) }
        }
    }

    @inline(never)
    private func tell() {
        // Whoever is told may give up the last reference, and those who call here hold none.
        let held = Unmanaged.passRetained(self)
        onDone?(self)
        held.release()
    }

    /// Blocks the VU until the call is over. On the fiber. - Returns: false when the iteration was cut off.
    @inline(__always) func waitForEnd(_ vm: VM) -> Bool {
        while !isDone {
            vm.park(.operation(UnsafeMutableRawPointer(exchange)))
            if vm.isTerminating { return false }
        }
        return true
    }
}
