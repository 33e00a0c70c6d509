// Responses off the wire, into an exchange: llhttp does the parsing; the memo of heads spares it where a head
// repeats. Lives in a channel's block, at an address that does not change while a message is being read. Does
// no I/O.

import Base
import CLLHTTP

/// What a worker's parsers share: the memo and the spare header blocks.
public struct ParserScratch: ~Copyable {
    var memo = HeadMemo()
    let settings: UnsafeMutablePointer<llhttp_settings_t>
    private var spare: [UnsafeMutablePointer<HeaderBlock>] = []

    /// - Parameter keepsReasons: whether heads keep the server's words after the status.
    public init(keepsReasons: Bool = false) {
        settings = keepsReasons ? ResponseCallbacks.settingsWithReason : ResponseCallbacks.settings
    }

    deinit {
        for block in spare {
            block.deinitialize(count: 1)
            block.deallocate()
        }
    }

    @inline(never)
    mutating func takeBlock() -> UnsafeMutablePointer<HeaderBlock> {
        if let block = spare.popLast() { return block }
        let block = UnsafeMutablePointer<HeaderBlock>.allocate(capacity: 1)
        block.initialize(to: HeaderBlock())
        return block
    }

    mutating func giveBack(_ block: UnsafeMutablePointer<HeaderBlock>) {
        block.pointee.reset()
        spare.append(block)
    }
}

public enum ParseOutcome: UInt8, Sendable {
    /// The message goes on; everything was consumed.
    case more
    /// The message is complete; bytes after `consumed` do not belong to it.
    case complete
    /// The peer switched protocols; bytes after `consumed` are the new protocol's.
    case upgraded
    case malformed
    case headTooLarge
}

public struct ParseResult: Sendable {
    public let outcome: ParseOutcome
    public let consumed: Int

    @inline(__always) init(_ outcome: ParseOutcome, _ consumed: Int) {
        self.outcome = outcome
        self.consumed = consumed
    }
}

public struct ResponseParser: ~Copyable {
    private enum State: UInt8 { case idle, parsing, counting }

    private var llhttp = llhttp_t()
    private var exchange: UnsafeMutablePointer<Exchange>?
    private var scratch: UnsafeMutablePointer<ParserScratch>?
    private var block: UnsafeMutablePointer<HeaderBlock>?
    /// Octets of a body with known length that are still to come (state `counting`).
    private var remaining: Int64 = 0
    private var headByteCount = 0
    private var state = State.idle
    private var headIsComplete = false
    private var isInformational = false
    private var isComplete = false
    /// After `complete`: whether the channel may carry another exchange.
    public private(set) var keepsAlive = false

    public init() {}

    deinit { precondition(block == nil, "a parser was freed in the middle of a head; call abandon() first") }

    /// Whether a message has begun and is not complete.
    @inline(__always) public var isMidMessage: Bool { state != .idle }

    /// Gives borrowed memory back when the channel closes in the middle of a message.
    public mutating func abandon() {
        if let block { scratch!.pointee.giveBack(block) }
        block = nil
        state = .idle
    }

    /// Takes the next bytes of the response to `exchange`.
    @inline(__always)
    public mutating func feed(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, exchange: UnsafeMutablePointer<Exchange>,
        scratch: UnsafeMutablePointer<ParserScratch>
    ) -> ParseResult {
        if state == .idle {
            let isHead = exchange.pointee.request.pointee.isHead
            if let entry = scratch.pointee.memo.match(bytes, count, isHead: isHead) {
                return recall(entry, bytes, count, exchange)
            }
            begin(scratch)
        }
        if state == .counting { return countBody(bytes, count, 0, exchange) }
        return parse(bytes, count, exchange, scratch)
    }

    /// The connection ended. - Returns: `complete` when that is how this body ends, else `malformed`.
    public mutating func finish(exchange: UnsafeMutablePointer<Exchange>) -> ParseOutcome {
        guard state == .parsing, headIsComplete, !isInformational, llhttp_message_needs_eof(&llhttp) != 0
        else {
            return .malformed
        }
        keepsAlive = false
        state = .idle
        return .complete
    }

    // MARK: - what was wrong

    /// Why the bytes of the last call are no response, in Go's words; nil: nothing better than that they are
    /// not.
    public mutating func diagnosis(of bytes: UnsafeBufferPointer<UInt8>) -> String? {
        if headIsComplete {
            if apus_llhttp_is_chunked(&llhttp) == 0 { return nil }
            return llhttp_get_errno(&llhttp) == HPE_INVALID_CHUNK_SIZE
                ? "invalid byte in chunk length" : "malformed chunked encoding"
        }
        return headByteCount == bytes.count ? HeadDiagnosis.text(of: bytes) : nil
    }

    /// Why a head that ended too early is none; nil: because it ended.
    public var diagnosisOfEnd: String? {
        guard state == .parsing, !headIsComplete, let block else { return nil }
        return block.pointee.unfinishedName.map {
            "malformed MIME header: missing colon: \(GoText.quoted($0))"
        }
    }

    // MARK: - a remembered head

    @inline(__always)
    private mutating func recall(
        _ entry: UnsafeMutablePointer<HeadMemoEntry>, _ bytes: UnsafePointer<UInt8>, _ count: Int,
        _ exchange: UnsafeMutablePointer<Exchange>
    ) -> ParseResult {
        exchange.pointee.status = entry.pointee.status
        if entry.pointee.isHTTP10 { exchange.pointee.flags.insert(.http10) }
        keepsAlive = entry.pointee.keepsAlive
        if let head = exchange.pointee.events.pointee.head {
            withUnsafePointer(to: &entry.pointee.headers) { head(exchange, $0) }
        }
        remaining = entry.pointee.contentLength
        return countBody(bytes, count, entry.pointee.head.count, exchange)
    }

    @inline(__always)
    private mutating func countBody(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ start: Int, _ exchange: UnsafeMutablePointer<Exchange>
    ) -> ParseResult {
        let length = Int(min(Int64(count - start), remaining))
        if length > 0 { Self.deliver(exchange, bytes + start, length) }
        remaining -= Int64(length)
        if remaining > 0 {
            state = .counting
            return ParseResult(.more, count)
        }
        state = .idle
        return ParseResult(.complete, start + length)
    }

    @inline(__always)
    fileprivate static func deliver(
        _ exchange: UnsafeMutablePointer<Exchange>, _ bytes: UnsafePointer<UInt8>, _ count: Int
    ) {
        exchange.pointee.bodyByteCount += Int64(count)
        switch exchange.pointee.sink {
        case .discard: break
        case .collect: collect(exchange, bytes, count)
        case .stream: exchange.pointee.events.pointee.body!(exchange, bytes, count)
        }
    }

    @inline(__always)
    private static func collect(
        _ exchange: UnsafeMutablePointer<Exchange>, _ bytes: UnsafePointer<UInt8>, _ count: Int
    ) {
        let body = exchange.pointee.body!
        if body.pointee.capacity &- body.pointee.count < count,
            let room = exchange.pointee.events.pointee.room, !room(exchange, count)
        {
            exchange.pointee.sink = .discard
            return
        }
        body.pointee.append(UnsafeBufferPointer(start: bytes, count: count))
    }

    // MARK: - the full parse

    private mutating func begin(_ scratch: UnsafeMutablePointer<ParserScratch>) {
        llhttp_init(&llhttp, HTTP_RESPONSE, scratch.pointee.settings)
        // A response with chunks and a length has chunks, as in Go; only requests can be smuggled.
        llhttp_set_lenient_chunked_length(&llhttp, 1)
        self.scratch = scratch
        block = scratch.pointee.takeBlock()
        headByteCount = 0
        headIsComplete = false
        isInformational = false
        isComplete = false
        state = .parsing
    }

    private mutating func parse(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ exchange: UnsafeMutablePointer<Exchange>,
        _ scratch: UnsafeMutablePointer<ParserScratch>
    ) -> ParseResult {
        self.exchange = exchange
        let startedHere = headByteCount == 0
        let bodyBefore = exchange.pointee.bodyByteCount
        if !headIsComplete { headByteCount += count }
        let status = withUnsafeMutablePointer(to: &self) { parser in
            parser.pointee.llhttp.data = UnsafeMutableRawPointer(parser)
            return bytes.withMemoryRebound(to: CChar.self, capacity: count) {
                llhttp_execute(&parser.pointee.llhttp, $0, count)
            }
        }
        let consumed = stoppedAt(bytes, count, status)
        if headIsComplete, startedHere, !isInformational {
            remember(bytes, consumed, count, exchange, bodyBefore, scratch)
        }
        if headIsComplete, let block {
            scratch.pointee.giveBack(block)
            self.block = nil
        }
        if isComplete {
            state = .idle
            return ParseResult(llhttp_get_upgrade(&llhttp) != 0 ? .upgraded : .complete, consumed)
        }
        if status == HPE_OK {
            if !headIsComplete, headByteCount > Limits.responseHeadBytesMax {
                return ParseResult(.headTooLarge, count)
            }
            return ParseResult(.more, count)
        }
        if status == HPE_PAUSED_UPGRADE {
            state = .idle
            return ParseResult(.upgraded, consumed)
        }
        return ParseResult(.malformed, consumed)
    }

    private mutating func stoppedAt(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ status: llhttp_errno_t)
        -> Int
    {
        if status == HPE_OK { return count }
        guard let position = llhttp_get_error_pos(&llhttp) else { return count }
        return UnsafeRawPointer(position) - UnsafeRawPointer(bytes)
    }

    /// Keeps the head for the next response that begins with the same bytes, if its body's length is known
    /// and the bytes so far prove where the head ended.
    private mutating func remember(
        _ bytes: UnsafePointer<UInt8>, _ consumed: Int, _ count: Int,
        _ exchange: UnsafeMutablePointer<Exchange>,
        _ bodyBefore: Int64, _ scratch: UnsafeMutablePointer<ParserScratch>
    ) {
        guard let block, apus_llhttp_is_chunked(&llhttp) == 0, llhttp_get_upgrade(&llhttp) == 0 else {
            return
        }
        let headLength = consumed - Int(exchange.pointee.bodyByteCount - bodyBefore)
        guard headLength >= 4, headLength <= HeadMemo.headBytesMax,
            bytes[headLength - 1] == UInt8(ascii: "\n"),
            bytes[headLength - 3] == UInt8(ascii: "\n")
        else { return }
        let isHead = exchange.pointee.request.pointee.isHead
        let status = exchange.pointee.status
        // As llhttp has it; of 1xx only 101 gets here.
        let hasNoBody = isHead || status < 200 || status == 204 || status == 304
        guard hasNoBody || apus_llhttp_has_length(&llhttp) != 0 else { return }
        let entry = scratch.pointee.memo.replace()
        entry.pointee.head.append(UnsafeBufferPointer(start: bytes, count: headLength))
        entry.pointee.contentLength = hasNoBody ? 0 : declaredLength
        entry.pointee.status = status
        entry.pointee.isHTTP10 = exchange.pointee.flags.contains(.http10)
        entry.pointee.keepsAlive = keepsAliveFromHead
        entry.pointee.wasHead = isHead
        swap(&entry.pointee.headers, &block.pointee)
    }

    private var declaredLength: Int64 = 0
    private var keepsAliveFromHead = false

    fileprivate mutating func headCompleted() -> Int32 {
        let exchange = exchange!
        let status = UInt16(truncatingIfNeeded: llhttp_get_status_code(&llhttp))
        block!.pointee.finish()
        isInformational = status < 200 && status != 101
        if isInformational {
            block!.pointee.reset()
            return 0
        }
        // More than a body's bytes can be counted in: Go refuses it as well.
        if apus_llhttp_has_length(&llhttp) != 0, llhttp.content_length > UInt64(Int64.max) { return -1 }
        // A coding that is not chunks: whether the length or the connection ends the body is anybody's guess.
        if apus_llhttp_has_length(&llhttp) != 0, apus_llhttp_has_coding(&llhttp) != 0,
            apus_llhttp_is_chunked(&llhttp) == 0
        {
            return -1
        }
        headIsComplete = true
        exchange.pointee.status = status
        if llhttp.http_major == 1, llhttp.http_minor == 0 { exchange.pointee.flags.insert(.http10) }
        declaredLength = Int64(truncatingIfNeeded: llhttp.content_length)
        keepsAliveFromHead = llhttp_should_keep_alive(&llhttp) != 0
        if exchange.pointee.request.pointee.isHead {
            // A HEAD response announces a body it does not have; only the connection's own wish counts.
            keepsAliveFromHead = !Self.asksToClose(block!, isHTTP10: exchange.pointee.flags.contains(.http10))
        }
        if let head = exchange.pointee.events.pointee.head { head(exchange, block!) }
        return exchange.pointee.request.pointee.isHead ? 1 : 0
    }

    private static func asksToClose(_ block: UnsafeMutablePointer<HeaderBlock>, isHTTP10: Bool) -> Bool {
        let wish = ASCII.lowercased(block.pointee.all("connection").joined(separator: ","))
        return wish.contains("close") || (isHTTP10 && !wish.contains("keep-alive"))
    }

    fileprivate mutating func messageCompleted() -> Int32 {
        if isInformational {
            isInformational = false
            return 0
        }
        keepsAlive = keepsAliveFromHead
        isComplete = true
        return Int32(bitPattern: HPE_PAUSED.rawValue)
    }

    fileprivate mutating func appendReason(_ part: UnsafeBufferPointer<UInt8>) {
        block!.pointee.appendReason(part)
    }

    fileprivate mutating func appendName(_ part: UnsafeBufferPointer<UInt8>) {
        if !headIsComplete { block!.pointee.appendName(part) }
    }

    fileprivate mutating func appendValue(_ part: UnsafeBufferPointer<UInt8>) {
        if !headIsComplete { block!.pointee.appendValue(part) }
    }

    fileprivate mutating func bodyArrived(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
        Self.deliver(exchange!, bytes, count)
    }
}

/// llhttp's callbacks: recover the parser, call one method. Two static tables for every parser.
private enum ResponseCallbacks {
    nonisolated(unsafe) static let settings: UnsafeMutablePointer<llhttp_settings_t> = {
        let settings = UnsafeMutablePointer<llhttp_settings_t>.allocate(capacity: 1)
        llhttp_settings_init(settings)
        settings.pointee.on_header_field = { part($0, $1, $2) { $0.pointee.appendName($1) } }
        settings.pointee.on_header_value = { part($0, $1, $2) { $0.pointee.appendValue($1) } }
        settings.pointee.on_body = {
            $2 == 0 ? 0 : part($0, $1, $2) { $0.pointee.bodyArrived($1.baseAddress!, $1.count) }
        }
        settings.pointee.on_headers_complete = { parser($0).pointee.headCompleted() }
        settings.pointee.on_message_complete = { parser($0).pointee.messageCompleted() }
        return settings
    }()

    nonisolated(unsafe) static let settingsWithReason: UnsafeMutablePointer<llhttp_settings_t> = {
        let same = UnsafeMutablePointer<llhttp_settings_t>.allocate(capacity: 1)
        same.initialize(to: settings.pointee)
        same.pointee.on_status = { part($0, $1, $2) { $0.pointee.appendReason($1) } }
        return same
    }()

    @inline(__always)
    static func parser(_ llhttp: UnsafeMutablePointer<llhttp_t>?) -> UnsafeMutablePointer<ResponseParser> {
        llhttp!.pointee.data.assumingMemoryBound(to: ResponseParser.self)
    }

    @inline(__always)
    static func part(
        _ llhttp: UnsafeMutablePointer<llhttp_t>?, _ at: UnsafePointer<CChar>?, _ length: Int,
        _ body: (UnsafeMutablePointer<ResponseParser>, UnsafeBufferPointer<UInt8>) -> Void
    ) -> Int32 {
        guard let at else { return 0 }
        at.withMemoryRebound(to: UInt8.self, capacity: length) {
            body(parser(llhttp), UnsafeBufferPointer(start: $0, count: length))
        }
        return 0
    }
}
