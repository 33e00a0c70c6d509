// A thread of the system that runs one function and is joined by whoever started it. Used by servers and
// workers, whose loops each belong to one thread.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

public final class BackgroundThread {
    private var thread = pthread_t()
    private var isJoined = false

    public struct StartError: Error, CustomStringConvertible {
        public let code: Int32
        public var description: String { "starting a thread: \(String(cString: strerror(code)))" }
    }

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a thread that runs `body` once. - Throws: `StartError` when the system refuses another thread.
    public init(_ body: @escaping @Sendable () -> Void) throws(StartError) {
        let context = Unmanaged.passRetained(Body(body))
        let status = pthread_create(&thread, nil, backgroundThreadMain, context.toOpaque())
        if status != 0 {
            context.release()
            isJoined = true
            throw StartError(code: status)
        }
    }

    /// Waits until the function has returned. Exactly one call is needed before the object is freed.
    public func join() {
        if isJoined { return }
        isJoined = true
        pthread_join(thread, nil)
    }

    /// Blocks every signal on the calling thread: they belong to the control thread.
    public static func blockSignals() {
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
    }

    deinit { precondition(isJoined, "a thread was forgotten while it may still run") }

    fileprivate static func run(_ context: UnsafeMutableRawPointer) {
        Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
    }
}

private func backgroundThreadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    BackgroundThread.run(context!)
    return nil
}
