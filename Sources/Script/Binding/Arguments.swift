// The arguments of a host function: absent ones are undefined, all are borrowed.

import CQuickJS

struct Arguments {
    let ctx: JSContextRef
    let count: Int
    private let values: UnsafeMutablePointer<JSValue>?

    @inline(__always)
    init(_ ctx: OpaquePointer?, _ count: Int32, _ values: UnsafeMutablePointer<JSValue>?) {
        self.ctx = ctx.unsafelyUnwrapped
        self.count = Int(count)
        self.values = values
    }

    @inline(__always) subscript(index: Int) -> JSValue {
        index < count ? values.unsafelyUnwrapped[index] : JS.undefined
    }
}
