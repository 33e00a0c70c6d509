// What a VM that has loaded its script keeps outside the engine, and how a copy of the engine gets a VM
// around it. Called by ImageBuilder and by VM's fiber.

import CQuickJS

/// A VM's own part of a template: JavaScript values by where they are kept, and plain facts.
struct VMSnapshot {
    var moduleObjects: [String: JSValue]
    var commonJS: [String: JSValue]
    var exports: [String: JSValue]
    var global: JSValue
    var specifiers: [String: String]
    var hasStackReads: Bool
    var builtinLinks: [String: BuiltinLink]
    var late: LateGlobals
    var variables: [String: String]

    init(_ vm: VM) {
        moduleObjects = vm.moduleObjects
        commonJS = vm.commonJS
        exports = vm.exports
        global = vm.globals.object
        specifiers = vm.specifiers
        hasStackReads = vm.hasStackReads
        builtinLinks = vm.builtinLinks
        late = vm.globals.late
        variables = vm.globals.variables
    }

    /// The same about an engine that lies `bytes` further on.
    func moved(by bytes: Int) -> VMSnapshot {
        var moved = self
        moved.moduleObjects = moduleObjects.mapValues { apus_js_moved($0, bytes) }
        moved.commonJS = commonJS.mapValues { apus_js_moved($0, bytes) }
        moved.exports = exports.mapValues { apus_js_moved($0, bytes) }
        moved.global = apus_js_moved(global, bytes)
        return moved
    }

    /// Says the same about the same addresses.
    func isEqual(to other: VMSnapshot) -> Bool {
        func same(_ a: [String: JSValue], _ b: [String: JSValue]) -> Bool {
            a.count == b.count && a.allSatisfy { key, value in b[key].map { same(value, $0) } ?? false }
        }
        func same(_ a: JSValue, _ b: JSValue) -> Bool {
            JS.tag(a) == JS.tag(b) && apus_js_pointer(a) == apus_js_pointer(b)
        }
        return same(moduleObjects, other.moduleObjects) && same(commonJS, other.commonJS)
            && same(exports, other.exports) && same(global, other.global) && specifiers == other.specifiers
            && hasStackReads == other.hasStackReads && late == other.late && variables == other.variables
            && builtinLinks.count == other.builtinLinks.count
            && builtinLinks.allSatisfy { name, link in
                guard let known = other.builtinLinks[name] else { return false }
                return link.module == nil && known.module == nil && link.missing == known.missing
                    && link.generation == known.generation
            }
    }
}

extension VM {
    /// Makes a copy of an engine this VM's own. On the fiber, in place of making and loading one.
    func adopt(_ image: EngineImage, movedBy bytes: Int) {
        let heapState = heapState.unsafelyUnwrapped
        heapState.pointee.opaque = UnsafeMutableRawPointer(host.heap.state)
        JS_UpdateStackTop(runtime)
        belong(to: Unmanaged.passUnretained(self).toOpaque())
        let snapshot = image.snapshot.moved(by: bytes)
        moduleObjects = snapshot.moduleObjects
        commonJS = snapshot.commonJS
        exports = snapshot.exports
        specifiers = snapshot.specifiers
        hasStackReads = snapshot.hasStackReads
        builtinLinks = snapshot.builtinLinks
        globals.object = snapshot.global
        globals.late = snapshot.late
        globals.variables = snapshot.variables
        for one in image.natives {
            JS_SetOpaque(
                apus_js_moved(one.object, bytes), Unmanaged.passRetained(one.copied(one.native)).toOpaque())
        }
        JS.set(ctx, globals.object, "__VU", JS.number(ctx, number))
    }
}
