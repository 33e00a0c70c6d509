// Further VUs load ES modules without what none of them can reach (UnusedCode): VU 0, which has loaded
// everything, compiles what is left, and a VU that asks for more than the texts told begins anew with all of
// it. Called by ScriptLoader, VM+Modules and ScriptHost.

import Base
import CQuickJS
import Engine

extension VM {
    /// Compiles the script's modules without what nobody reaches. On the fiber of VU 0, once it has loaded
    /// the script.
    func leaveOutUnused() {
        let program = host.program
        // A name that is imported and not there fails, even if nobody looks at it.
        if program.hasUnlinkedModule { return }
        let sources = program.modules.values.compactMap { module in
            (module.generated ?? program.sources[module.url]).map {
                UnusedCode.Source(url: module.url, text: $0, isModule: module.kind == .module)
            }
        }
        let size = sources.reduce(0) { $0 + ($1.isModule ? $1.text.count : 0) }
        if size < host.settings.unusedBytesMin { return }
        let unused = UnusedCode(main: program.mainURL, sources: sources)
        if unused.functionCount == 0 { return }
        var lean: [String: CompiledModule] = [:]
        for (url, text) in unused.texts {
            guard let module = compile(text, insteadOf: program.modules[url]!) else {
                // Nothing is gained then, and nothing lost.
                let error = JS_GetException(ctx)
                defer { JS_FreeValue(ctx, error) }
                let reason = ErrorText.headline(ctx, error)
                return host.log(ScriptLogLine(.debug, "all code stays in \(url) because of \(reason)"))
            }
            lean[url] = module
        }
        program.leaveOut(unused, lean)
        host.log(
            ScriptLogLine(
                .debug,
                "VUs go without \(unused.functionCount) functions (\(unused.byteCount) bytes) of ES modules, "
                    + "which nothing reaches"))
    }

    /// nil with an exception pending.
    private func compile(_ text: [UInt8], insteadOf module: CompiledModule) -> CompiledModule? {
        let reads = module.usesStack ? StackReads(text, leavesPatterns: module.leavesPatterns) : nil
        // The engine asks for a module's imports at once; all are there.
        linkingDepth += 1
        let value = evaluate(
            reads?.text ?? text, module.url, Int32(JS_EVAL_TYPE_MODULE) | Int32(JS_EVAL_FLAG_COMPILE_ONLY))
        linkingDepth -= 1
        if JS.isException(value) { return nil }
        defer { JS_FreeValue(ctx, value) }
        return bytecode(of: value).map {
            CompiledModule(
                url: module.url, kind: .module, bytecode: $0, map: module.map, generated: module.generated,
                reads: reads)
        }
    }

    /// Gives this VM up for one that loads everything: what it was asked for may have been left out.
    func beginAnew() -> JSValue {
        host.program.loadWhole()
        wantsWhole = true
        isTerminating = true
        return throwTerminated()
    }
}

extension ScriptHost {
    /// A VM that has loaded the script.
    /// - Parameters:
    ///   - image: what it is to start from; nil: from the script.
    ///   - prepare: sets what its init code sees.
    func makeLoadedVM(
        number: Int64, vu: UnsafeMutablePointer<VU>?, image: EngineImage? = nil,
        _ prepare: (VM) -> Void = { _ in }
    ) throws(ScriptError) -> VM {
        while true {
            let vm = try makeVM(number: number, vu: vu, image: image)
            prepare(vm)
            var failure: ScriptError?
            func load() -> Bool {
                do throws(ScriptError) { try vm.load() } catch { failure = error }
                return !vm.wantsWhole
            }
            // One that begins anew says again what it has said.
            if vm.isWhole { _ = load() } else { holdingLines(load) }
            guard let failure else { return vm }
            let beginsAnew = vm.wantsWhole
            vm.free()
            forget(vm)
            if !beginsAnew { throw failure }
        }
    }
}
