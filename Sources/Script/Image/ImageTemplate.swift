// A template: an engine that has loaded the script for no VU in particular. What is noted here while it does
// so is why it cannot stand for all of them. VM and its host functions call it; ImageBuilder asks.

import Base
import CQuickJS

final class ImageTemplate {
    /// Why there can be no image; the first reason counts.
    private(set) var misfit: String?
    /// Objects with a Swift object behind them that init code made and that are still there, in order.
    private(set) var objects: [(object: JSValue, copied: NativeCopy)] = []
    /// What the engine reads as the time of day while the script is loaded.
    var clock: UnsafeMutablePointer<EngineClock>?

    /// Where the calls of init code were on the fiber's stack.
    private(set) var stack: Range<Int> = 0..<0

    func refuse(_ reason: String) { misfit = misfit ?? reason }

    /// Init code is over. - Parameter frame: an address on the stack, of a caller.
    func endInit(_ frame: Int) { stack = frame - VM.stackBytes..<frame + Self.callersBytes }

    /// What whoever starts a VM's task takes of its stack at most.
    private static let callersBytes = 16 * 1024

    /// The context is there, the script is next.
    func beginInit() {
        clock?.pointee.isFrozen = false
        clock?.pointee.readings = 0
    }

    func add(_ object: JSValue, _ copied: @escaping NativeCopy) { objects.append((object, copied)) }

    func remove(_ object: JSValue) {
        objects.removeAll { apus_js_pointer($0.object) == apus_js_pointer(object) }
    }
}

extension VM {
    private static let numberTrap = FunctionTable([
        .function("__VU", 0, { ctx, _, _, _ in VM.of(ctx).throwTerminated() })
    ])

    /// `__VU`. A template has a function there that the engine makes when anything looks at the property in
    /// any way; only its name can be listed without. That it was not made shows that nothing has looked.
    func addNumber(_ global: JSValue) {
        if isTemplate {
            VM.numberTrap.attach(ctx, global, isListed: true)
        } else {
            JS.set(ctx, global, "__VU", JS.number(ctx, number))
        }
    }

    /// Something was called or read that is not the same in every VU.
    @inline(never) func refuseTemplate() {
        template?.refuse("its init code uses what may differ from VU to VU")
        // There is no point in going on.
        isTerminating = true
    }

    /// For host functions that have no other business with the VM.
    @inline(__always) func differs() { if isTemplate { refuseTemplate() } }

    func noteHostObject(_ object: JSValue, _ copied: NativeCopy?) {
        if copied == nil {
            template?.refuse("its init code makes an object of the host that belongs to one VU")
        }
        template?.add(object, copied ?? { $0 })
    }

    /// An object of the host is gone.
    static func forgetHostObject(_ runtime: OpaquePointer?, _ object: JSValue) {
        guard let opaque = JS_GetRuntimeOpaque(runtime) else { return }
        Unmanaged<VM>.fromOpaque(opaque)._withUnsafeGuaranteedRef { $0.template?.remove(object) }
    }

    /// The script is loaded; leaves the engine as copies are to find it. On the fiber.
    func finishTemplate() {
        guard let template else { return }
        var here = 0
        withUnsafePointer(to: &here) { template.endInit(Int(bitPattern: $0)) }
        if !isNumberUntouched() { template.refuse("its init code looks at __VU") }
        JS_DefinePropertyValueStr(ctx, globals.object, "__VU", JS.int(0), JS.propertyFlags)
        if template.clock?.pointee.readings != 0 { template.refuse("its init code looks at the clock") }
        if !isAtRest { template.refuse("something of its init code is still under way") }
    }

    /// Looks at `__VU`: the engine allocates its function now, unless that was done before or something else
    /// is there.
    private func isNumberUntouched() -> Bool {
        let name = JS_NewAtom(ctx, "__VU")
        defer { JS_FreeAtom(ctx, name) }
        let before = heapState?.pointee.malloc_count ?? 0
        var property = JSPropertyDescriptor()
        guard JS_GetOwnProperty(ctx, &property, globals.object, name) == 1 else { return false }
        let wasMade = (heapState?.pointee.malloc_count ?? 0) > before
        // An accessor is called by nobody here.
        defer {
            for value in [property.value, property.getter, property.setter] { JS_FreeValue(ctx, value) }
        }
        return wasMade && property.flags & JS_PROP_GETSET == 0 && JS.isFunction(ctx, property.value)
    }

    /// Nothing is outstanding, and nothing is kept in Swift beyond what `VMSnapshot` has.
    private var isAtRest: Bool {
        timers.isEmpty && events.isEmpty && rejections.isEmpty && openCalls.isEmpty && openCall == nil
            && outstandingCount == 0 && JS_IsJobPending(runtime) == 0 && freshModules.isEmpty
            && metadata.isEmpty && setupData == nil && globals.assignedIteration == nil && http.isUnused
            && html.isUnused && metrics.isUnused && abortMessage == nil && !isOutOfMemory && !isTerminating
            && JS_HasException(ctx) == 0
    }
}
