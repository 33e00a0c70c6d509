// A promise that host code settles later. Its functions are held until then.

import CQuickJS

final class HostPromise {
    private unowned(unsafe) let vm: VM
    private let promise: JSValue
    private var functions: [JSValue]
    private var isSettled = false

    init(_ vm: VM) {
        self.vm = vm
        var functions = [JS.undefined, JS.undefined]
        promise = JS_NewPromiseCapability(vm.ctx, &functions)
        self.functions = functions
    }

    /// The promise, for the caller to keep.
    func value() -> JSValue { JS_DupValue(vm.ctx, promise) }

    /// Resolves with a value, which it takes, or rejects with the pending exception. On the fiber, once.
    func settle(with value: JSValue) {
        if isSettled { return }
        isSettled = true
        let ctx = vm.ctx.unsafelyUnwrapped
        let isError = JS.isException(value)
        var argument = isError ? JS_GetException(ctx) : value
        JS_FreeValue(ctx, JS_Call(ctx, functions[isError ? 1 : 0], JS.undefined, 1, &argument))
        JS_FreeValue(ctx, argument)
        release()
    }

    /// Frees the functions without settling.
    func drop() {
        if isSettled { return }
        isSettled = true
        release()
    }

    private func release() {
        for function in functions { JS_FreeValue(vm.ctx, function) }
        functions = []
        JS_FreeValue(vm.ctx, promise)
    }
}
