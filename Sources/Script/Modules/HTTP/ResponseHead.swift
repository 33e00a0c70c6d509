// Heads of responses as scripts' calls keep them. Made when a head arrives (HTTPCall), read by responses.

import HTTP

/// A response's head, copied out of the parser's.
final class ResponseHead {
    private let headers: HeaderCopy

    init(_ block: UnsafePointer<HeaderBlock>) { headers = HeaderCopy(block) }

    func first(_ lowercased: StaticString) -> String? { headers.first(lowercased) }
    func pairs() -> [(name: String, value: String)] { headers.pairs() }
}

/// The head seen last by a worker: servers repeat theirs, and the parser then hands out the same headers.
final class HeadCache {
    private var version: UInt64 = 0
    private var head: ResponseHead?

    @inline(__always) func find(_ block: UnsafePointer<HeaderBlock>) -> ResponseHead {
        if block.pointee.version == version, let head { return head }
        let fresh = ResponseHead(block)
        (version, head) = (block.pointee.version, fresh)
        return fresh
    }
}
