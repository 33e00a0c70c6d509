// Whether and from which image VUs start: one for the process, made for the first VU that is worth it. Shared
// by all workers; asked by ScriptVU.

import Base

/// For which scripts an image is made.
struct ImagePolicy: Sendable {
    /// Of all modules together.
    var bytecodeBytesMin = Limits.scriptImageBytecodeBytes
    /// Of the process.
    var vusMin = Limits.scriptImageVUs

    /// Whatever the script, as far as it is fit.
    static let always = ImagePolicy(bytecodeBytesMin: 0, vusMin: 0)
}

final class ScriptImages: Sendable {
    enum State: Sendable {
        case unknown
        /// A worker makes it; the others' VUs load the script meanwhile.
        case beingMade
        case made(EngineImage)
        /// There is none, and why.
        case none(String)
    }

    private let current = Locked(State.unknown)

    var state: State { current.withLock { $0 } }

    /// What a new VU of a worker starts from; nil: from the script.
    func image(for host: ScriptHost) -> EngineImage? {
        let (image, isMine) = current.withLock { state -> (EngineImage?, Bool) in
            switch state {
            case .made(let image): return (image, false)
            case .beingMade, .none: return (nil, false)
            case .unknown:
                guard isWorthIt(host) else { return (nil, false) }
                state = .beingMade
                return (nil, true)
            }
        }
        if !isMine { return image }
        var made: State
        do throws(ImageMisfit) { made = .made(try ImageBuilder.make(for: host)) } catch {
            made = .none(error.reason)
        }
        current.withLock { $0 = made }
        if case .made(let image) = made { return image }
        return nil
    }

    private func isWorthIt(_ host: ScriptHost) -> Bool {
        let policy = host.settings.imagePolicy
        // Without address space of its own a heap cannot take a copy.
        return host.heap.isReserved && host.settings.startVUs >= policy.vusMin
            && host.program.bytecodeByteCount >= policy.bytecodeBytesMin
    }
}
