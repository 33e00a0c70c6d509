// Built-in modules as ES modules: an export for every name an import can mean, and `null` or `undefined` for
// those the module has not got, as k6 gives. Called by the engine's questions for modules (VM+Modules) and by
// VM+Compile, on the fiber, in the init phase.

import CQuickJS

/// A built-in module as the engine has it.
struct BuiltinLink {
    /// Exports can be added to it until something that imports it is linked; nil afterwards.
    var module: OpaquePointer?
    /// What it has an export for although there is no such thing.
    var missing: Set<String>
    /// Counts modules of the same name: one that is linked and lacks an export has a successor, which only VU
    /// 0 needs, since it hears of the imports one by one.
    var generation = 0
}

extension VM {
    /// What the engine is to call a built-in module.
    func linkName(ofBuiltin name: String) -> String {
        let generation = builtinLinks[name]?.generation ?? 0
        return generation == 0 ? name : "\(name)\(Self.separator)\(generation)"
    }

    /// Nothing a script could write in an import by accident.
    private static let separator: Character = "\u{1}"

    private func builtinName(ofLink name: String) -> String {
        name.firstIndex(of: Self.separator).map { String(name[..<$0]) } ?? name
    }

    /// - Parameter linkName: what the engine calls it.
    func builtinModule(_ linkName: String) -> OpaquePointer? {
        let name = builtinName(ofLink: linkName)
        guard let object = builtinObject(name), let keys = exports(ofBuiltin: name, object),
            let module = JS_NewCModule(ctx, linkName, { ctx, module in VM.alike(ctx).fillBuiltin(module!) })
        else { return nil }
        let missing = missingExports(name, keys)
        for key in keys + missing { JS_AddModuleExport(ctx, module, key) }
        JS_AddModuleExport(ctx, module, "default")
        builtinLinks[name] = BuiltinLink(
            module: module, missing: Set(missing), generation: builtinLinks[name]?.generation ?? 0)
        return module
    }

    /// Names that are imported and not there, as far as it is known.
    private func missingExports(_ name: String, _ keys: [String]) -> [String] {
        guard let wanted = host.program.builtinImports[name] else { return [] }
        return wanted.subtracting(keys).subtracting(["default"]).sorted()
    }

    private func fillBuiltin(_ module: OpaquePointer) -> Int32 {
        let name = builtinName(ofLink: moduleName(module))
        guard let object = moduleObjects[name], let keys = exports(ofBuiltin: name, object) else { return -1 }
        for key in builtinLinks[name]?.missing ?? [] {
            JS_SetModuleExport(ctx, module, key, BuiltinModules.missingExport(name))
        }
        for key in keys { JS_SetModuleExport(ctx, module, key, JS.get(ctx, object, name: key)) }
        return JS_SetModuleExport(ctx, module, "default", JS_DupValue(ctx, object))
    }

    /// Sees to it that a module about to be compiled finds an export for whatever it imports of built-in
    /// ones.
    func noteBuiltinImports(_ text: [UInt8]) {
        for one in ImportList(text).imports where BuiltinModules.find(one.specifier) != nil {
            host.program.noteImports(one.names, ofBuiltin: one.specifier)
            addMissingExports(one.specifier)
        }
    }

    private func addMissingExports(_ name: String) {
        guard var link = builtinLinks[name], let object = moduleObjects[name],
            let keys = exports(ofBuiltin: name, object)
        else { return }
        let added = missingExports(name, keys).filter { !link.missing.contains($0) }
        if added.isEmpty { return }
        if let module = link.module {
            for key in added { JS_AddModuleExport(ctx, module, key) }
            link.missing.formUnion(added)
        } else {
            link.generation += 1
        }
        builtinLinks[name] = link
    }

    /// Modules were linked, or failed to be: nothing can be added to any of them after that.
    func finishBuiltinLinks() {
        for name in builtinLinks.keys { builtinLinks[name]!.module = nil }
    }
}
