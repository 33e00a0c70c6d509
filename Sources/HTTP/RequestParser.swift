// Requests off the wire, for the servers of Apus: llhttp does the parsing, the head is lent from a pool for
// as long as the request is being read and answered. Lives in a connection's block, at an address that does
// not change while a message is being read. Called by Control for every read. Does no I/O and calls nobody:
// its results say what to do.

import Base
import CLLHTTP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The head of one request. Pooled: nothing of it may be kept after the request was released.
public struct RequestHead: ~Copyable {
    /// What stands between the method and the version, as it came.
    public internal(set) var target = ByteBuffer()
    public internal(set) var headers = HeaderBlock()
    /// llhttp's number of the method.
    fileprivate var method: UInt8 = 0
    public fileprivate(set) var isHTTP10 = false
    /// Whether the connection may carry another request after this one.
    public fileprivate(set) var keepsAlive = false
    /// The client waits for `100 Continue` before it sends the body.
    public fileprivate(set) var expectsContinue = false

    public var isGet: Bool { UInt32(method) == HTTP_GET.rawValue }
    public var isHead: Bool { UInt32(method) == HTTP_HEAD.rawValue }
    public var isConnect: Bool { UInt32(method) == HTTP_CONNECT.rawValue }

    public var methodName: String {
        String(cString: llhttp_method_name(llhttp_method(rawValue: UInt32(method))))
    }

    fileprivate mutating func reset() {
        target.removeAll(keepingCapacity: target.capacity <= 4096)
        headers.reset()
    }
}

/// The spare heads of one thread's parsers.
public struct RequestScratch: ~Copyable {
    private var spare: [UnsafeMutablePointer<RequestHead>] = []

    public init() {}

    deinit {
        for head in spare {
            head.deinitialize(count: 1)
            head.deallocate()
        }
    }

    fileprivate mutating func take() -> UnsafeMutablePointer<RequestHead> {
        if let head = spare.popLast() { return head }
        let head = UnsafeMutablePointer<RequestHead>.allocate(capacity: 1)
        head.initialize(to: RequestHead())
        return head
    }

    fileprivate mutating func giveBack(_ head: UnsafeMutablePointer<RequestHead>) {
        head.pointee.reset()
        spare.append(head)
    }
}

public enum RequestOutcome: UInt8, Sendable {
    /// The request goes on; everything was consumed.
    case more
    /// The head is complete and a body follows: feed the rest after having chosen where the body goes.
    case head
    /// The request is complete; bytes after `consumed` do not belong to it. Answer it, then `release`.
    case complete
    case malformed
    case headTooLarge
    case bodyTooLarge
}

public struct RequestParseResult: Sendable {
    public let outcome: RequestOutcome
    public let consumed: Int

    @inline(__always) init(_ outcome: RequestOutcome, _ consumed: Int) {
        self.outcome = outcome
        self.consumed = consumed
    }
}

public struct RequestParser: ~Copyable {
    private enum State: UInt8 { case idle, parsing, pausedAtHead, complete, failed }

    private var llhttp = llhttp_t()
    /// The request being read or answered; nil between requests.
    public private(set) var head: UnsafeMutablePointer<RequestHead>?
    /// Where the body goes; nil: it is counted only. Set on `head`, cleared by `release`.
    public var body: UnsafeMutablePointer<ByteBuffer>?
    /// Octets of the body so far, without transfer coding.
    public private(set) var bodyByteCount = 0
    private var headByteCount = 0
    private var state = State.idle
    private var headIsComplete = false

    public init() {}

    deinit {
        precondition(head == nil, "a parser was freed in the middle of a request; call release() first")
    }

    /// Whether no request has begun.
    @inline(__always) public var isIdle: Bool { state == .idle }

    /// Gives the head back, after the answer or when the connection closes. The parser is then ready for a
    /// new request.
    @inline(__always)
    public mutating func release(_ scratch: UnsafeMutablePointer<RequestScratch>) {
        if let head { scratch.pointee.giveBack(head) }
        head = nil
        body = nil
        state = .idle
    }

    /// Takes the next bytes of the connection. Empty lines before a request are passed over.
    @inline(__always)
    public mutating func feed(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ scratch: UnsafeMutablePointer<RequestScratch>
    ) -> RequestParseResult {
        switch state {
        case .idle: begin(scratch)
        case .parsing: break
        case .pausedAtHead:
            llhttp_resume(&llhttp)
            state = .parsing
        case .complete, .failed: preconditionFailure("bytes were fed before the last request was released")
        }
        if !headIsComplete { headByteCount += count }
        let status = withUnsafeMutablePointer(to: &self) { parser in
            parser.pointee.llhttp.data = UnsafeMutableRawPointer(parser)
            return bytes.withMemoryRebound(to: CChar.self, capacity: count) {
                llhttp_execute(&parser.pointee.llhttp, $0, count)
            }
        }
        return result(status, bytes, count)
    }

    private mutating func begin(_ scratch: UnsafeMutablePointer<RequestScratch>) {
        llhttp_init(&llhttp, HTTP_REQUEST, RequestCallbacks.settings)
        head = scratch.pointee.take()
        bodyByteCount = 0
        headByteCount = 0
        headIsComplete = false
        state = .parsing
    }

    @inline(__always)
    private mutating func result(_ status: llhttp_errno_t, _ bytes: UnsafePointer<UInt8>, _ count: Int)
        -> RequestParseResult
    {
        if status == HPE_OK {
            if !headIsComplete, headByteCount > Limits.requestHeadBytesMax {
                state = .failed
                return RequestParseResult(.headTooLarge, count)
            }
            return RequestParseResult(.more, count)
        }
        var consumed = count
        if let position = llhttp_get_error_pos(&llhttp) {
            consumed = UnsafeRawPointer(position) - UnsafeRawPointer(bytes)
        }
        if status == HPE_PAUSED || status == HPE_PAUSED_UPGRADE {
            if state == .complete { return RequestParseResult(.complete, consumed) }
            state = .pausedAtHead
            return RequestParseResult(.head, consumed)
        }
        state = .failed
        let isTooLarge = status == HPE_USER && bodyByteCount > Limits.requestBodyBytesMax
        return RequestParseResult(isTooLarge ? .bodyTooLarge : .malformed, consumed)
    }

    // MARK: - what llhttp reports

    fileprivate mutating func headCompleted() -> Int32 {
        let head = head!
        head.pointee.headers.finish()
        head.pointee.method = llhttp.method
        head.pointee.isHTTP10 = llhttp.http_major == 1 && llhttp.http_minor == 0
        head.pointee.keepsAlive = llhttp_should_keep_alive(&llhttp) != 0
        headIsComplete = true
        // A server that knows no other protocol ignores the offer of one; what CONNECT asks for is for
        // others.
        llhttp.upgrade = 0
        let hasBody = apus_llhttp_is_chunked(&llhttp) != 0 || llhttp.content_length > 0
        head.pointee.expectsContinue = hasBody && Self.expectsContinue(head)
        return hasBody ? Int32(bitPattern: HPE_PAUSED.rawValue) : 0
    }

    private static func expectsContinue(_ head: UnsafeMutablePointer<RequestHead>) -> Bool {
        guard !head.pointee.isHTTP10, let wish = head.pointee.headers.first("expect") else { return false }
        return ASCII.lowercased(wish) == "100-continue"
    }

    fileprivate mutating func messageCompleted() -> Int32 {
        state = .complete
        return Int32(bitPattern: HPE_PAUSED.rawValue)
    }

    fileprivate mutating func appendTarget(_ part: UnsafeBufferPointer<UInt8>) {
        head!.pointee.target.append(part)
    }

    fileprivate mutating func appendName(_ part: UnsafeBufferPointer<UInt8>) {
        if !headIsComplete { head!.pointee.headers.appendName(part) }
    }

    fileprivate mutating func appendValue(_ part: UnsafeBufferPointer<UInt8>) {
        if !headIsComplete { head!.pointee.headers.appendValue(part) }
    }

    /// - Returns: 0, or a value that ends the parse when the body outgrows what anybody may keep.
    fileprivate mutating func bodyArrived(_ part: UnsafeBufferPointer<UInt8>) -> Int32 {
        bodyByteCount += part.count
        guard let body else { return 0 }
        if bodyByteCount > Limits.requestBodyBytesMax { return Int32(bitPattern: HPE_USER.rawValue) }
        body.pointee.append(part)
        return 0
    }
}

/// llhttp's callbacks: recover the parser, call one method. One static table for every parser.
private enum RequestCallbacks {
    nonisolated(unsafe) static let settings: UnsafeMutablePointer<llhttp_settings_t> = {
        let settings = UnsafeMutablePointer<llhttp_settings_t>.allocate(capacity: 1)
        llhttp_settings_init(settings)
        settings.pointee.on_url = {
            parser($0).pointee.appendTarget(part($1, $2)); return 0
        }
        settings.pointee.on_header_field = {
            parser($0).pointee.appendName(part($1, $2)); return 0
        }
        settings.pointee.on_header_value = {
            parser($0).pointee.appendValue(part($1, $2)); return 0
        }
        settings.pointee.on_body = { parser($0).pointee.bodyArrived(part($1, $2)) }
        settings.pointee.on_headers_complete = { parser($0).pointee.headCompleted() }
        settings.pointee.on_message_complete = { parser($0).pointee.messageCompleted() }
        return settings
    }()

    @inline(__always)
    static func parser(_ llhttp: UnsafeMutablePointer<llhttp_t>?) -> UnsafeMutablePointer<RequestParser> {
        llhttp!.pointee.data.assumingMemoryBound(to: RequestParser.self)
    }

    @inline(__always)
    static func part(_ at: UnsafePointer<CChar>?, _ length: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(
            start: UnsafeRawPointer(at)?.assumingMemoryBound(to: UInt8.self), count: at == nil ? 0 : length)
    }
}
