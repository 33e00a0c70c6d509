// A script with VUs that begin as copies of an engine which has loaded it, and with VUs that do not, for the
// tests of images.

import Base
import CQuickJS
import Testing

@testable import Script

/// A script, loaded as VU 0, and hosts for its VUs.
struct ImageWorld {
    let loaded: LoadedScript
    let logged = Locked<[String]>([])
    var settings: ScriptSettings

    init(_ source: String, files: [String: String] = [:], options: String = "") throws {
        var settings = ScriptSettings()
        let logged = logged
        settings.log = { line in logged.withLock { $0.append(line.message) } }
        settings.imagePolicy = .always
        settings.env = ["NAME": "value"]
        loaded = try LoadedScript(source, files: files, settings: settings)
        settings.optionsJSON = Array(options.utf8)
        self.settings = settings
    }

    func host() -> ScriptHost { loaded.host(settings) }

    /// Why there is no image; nil: there is one.
    func misfit() -> String? {
        _ = loaded.shared.images.image(for: host())
        switch loaded.shared.images.state {
        case .made: return nil
        case .none(let reason): return reason
        case .unknown, .beingMade: return "it was not tried"
        }
    }

    /// What calls of the default function return in VUs of these numbers, as JSON.
    func results(_ numbers: [Int64], copies: Bool, calls: Int = 1, on host: ScriptHost? = nil) throws
        -> [String]
    {
        let host = host ?? self.host()
        var vms: [VM] = []
        defer {
            for vm in vms {
                vm.free()
                host.forget(vm)
            }
        }
        for number in numbers {
            let image = copies ? loaded.shared.images.image(for: host) : nil
            let vm = try host.makeVM(number: number, vu: nil, image: image)
            vms.append(vm)
            try vm.load()
            #expect(vm.isCopy == (image != nil))
        }
        return try vms.map { vm in
            var results: [String] = []
            for _ in 0..<calls {
                var result: String?
                vm.start { result = called(vm) }
                // Time slices that were over.
                while !vm.didFinishTask { vm.resume(Clock.now()) }
                vm.didFinishTask = false
                results.append(try #require(result))
            }
            return results.joined(separator: "|")
        }
    }
}

/// What the default function returns, as JSON, or its exception.
private func called(_ vm: VM) -> String {
    let ctx = vm.ctx.unsafelyUnwrapped
    let value = JS_Call(ctx, vm.exports["default"]!, JS.undefined, 0, nil)
    defer { JS_FreeValue(ctx, value) }
    if JS.isException(value) {
        let error = JS_GetException(ctx)
        defer { JS_FreeValue(ctx, error) }
        return ErrorText.of(vm, error)
    }
    return JS.json(ctx, value) ?? "undefined"
}
