// The ways in which a script's code ends for good: cut off, by its own wish, or for want of something that
// Apus does not have. Called by host functions.

import CQuickJS

extension VM {
    /// An exception no script can catch, for a host function of a VU that is being cut off.
    func throwTerminated() -> JSValue { JS_Throw(ctx, terminationError()) }

    private func terminationError() -> JSValue {
        _ = JS.throwTypeError(ctx, "the iteration was interrupted")
        let error = JS_GetException(ctx)
        JS_SetUncatchableError(ctx, error, 1)
        return error
    }

    /// `exec.test.abort`: ends the run, and the running code for good.
    func abort(_ message: String) -> JSValue {
        let error = terminationError()
        var text = message.isEmpty ? "test aborted" : "test aborted: \(message)"
        // k6 says where, except of setup and teardown.
        if phase == nil || phase == .handleSummary, let place = ErrorText.place(self, error) {
            text += " at \(place)"
        }
        abortMessage = text
        endsSpecially = true
        // An iteration tells the run at its end.
        if !isInit, vu == nil, phase != .handleSummary { host.settings.abort(text) }
        isTerminating = true
        return JS_Throw(ctx, error)
    }

    /// What a script uses and Apus does not have: an exception while code is loaded and in setup and
    /// teardown, whose exit code that is anyway; an iteration ends the run, which would fail in each of them.
    func lacks(_ message: String) -> JSValue {
        guard !isInit, phase == nil else { return JS.throwGoError(ctx, message) }
        host.settings.lacks()
        return abort(message)
    }
}
