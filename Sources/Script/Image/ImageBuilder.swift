// Makes the image of a script, or finds out why there can be none. The script is loaded three times, at three
// addresses (ImageRegion says which and why), and the engines are compared word by word. What is the same in
// all three is data; what differs by exactly their distance, and points into them, is a pointer; what is an
// address on their stacks belongs to calls that have returned, and is nothing; anything else is something
// that is not alike in every VU, and there is no image. Nothing is assumed about what a word means. What the
// engines keep of the world outside (their VM, their stack, Swift objects behind JavaScript ones) is taken
// out of them before, through the library's own functions. Called by ScriptImages.

import Base
import CQuickJS

/// Why there is no image.
struct ImageMisfit: Error {
    let reason: String
}

/// A JavaScript object with the Swift object behind it.
struct HostObject {
    var object: JSValue
    var native: AnyObject
    var copied: NativeCopy
}

/// A template when its engine will not run any more. All places are offsets from its region's base.
struct FinishedTemplate {
    var region: ImageRegion
    var contents: HeapContents
    var runtime: Int
    var context: Int
    var heapState: Int
    /// Addresses of the stack its code ran on.
    var stack: Range<Int>
    var snapshot: VMSnapshot
    var natives: [HostObject]

    var base: UnsafeMutablePointer<Int> { region.base.assumingMemoryBound(to: Int.self) }
}

enum ImageBuilder {
    /// - Parameter host: of the worker that needs the image; its settings and program are what counts.
    static func make(for host: ScriptHost) throws(ImageMisfit) -> EngineImage {
        guard let regions = ImageRegion.three() else {
            throw ImageMisfit(reason: "the addresses it needs are taken")
        }
        host.memory.refresh()
        // There are three of them.
        let limitBytes = Int(host.heap.leftBytes / 4)
        var templates: [FinishedTemplate] = []
        for region in [regions.middle, regions.above, regions.below] {
            templates.append(try load(host, region, limitBytes))
        }
        let pointers = try compare(templates[0], templates[1], templates[2], regions.distance)
        return EngineImage(templates[0], pointers: pointers)
    }

    /// Loads the script into a region, as every VU does.
    private static func load(_ other: ScriptHost, _ region: ImageRegion, _ limitBytes: Int)
        throws(ImageMisfit)
        -> FinishedTemplate
    {
        let host = ScriptHost(templateFor: other, region, limitBytes: limitBytes)
        let template = ImageTemplate()
        let vm: VM
        do throws(ScriptError) { vm = try host.makeVM(number: 1, vu: nil, template: template) } catch {
            throw ImageMisfit(reason: error.description)
        }
        EngineClock.watched { clock in
            template.clock = clock
            do throws(ScriptError) { try vm.load() } catch { template.refuse(error.description) }
            template.clock = nil
        }
        if host.registry.withLock({ $0.count }) != other.registry.withLock({ $0.count }) {
            template.refuse("its init code makes a metric that VU 0 did not make")
        }
        let finished = finish(vm, host, region, template)
        vm.leaveEngine()
        host.forget(vm)
        if let misfit = template.misfit {
            throw ImageMisfit(reason: misfit)
        }
        return finished
    }

    /// Takes out of an engine what it keeps of the world outside.
    private static func finish(
        _ vm: VM, _ host: ScriptHost, _ region: ImageRegion, _ template: ImageTemplate
    ) -> FinishedTemplate {
        var natives: [HostObject] = []
        for (object, copied) in template.objects {
            var classID: JSClassID = 0
            guard let opaque = JS_GetAnyOpaque(object, &classID) else { continue }
            // What the engine held is held here now.
            let native = Unmanaged<AnyObject>.fromOpaque(opaque).takeRetainedValue()
            natives.append(HostObject(object: object, native: native, copied: copied))
            JS_SetOpaque(object, nil)
        }
        vm.belong(to: nil)
        // The same place for all templates: they are finished by the same calls.
        JS_UpdateStackTop(vm.runtime)
        vm.heapState?.pointee.opaque = nil
        guard let contents = host.heap.settle() else { preconditionFailure("the host has a template's heap") }
        return FinishedTemplate(
            region: region, contents: contents,
            runtime: UnsafeRawPointer(vm.runtime) - UnsafeRawPointer(region.base),
            context: UnsafeRawPointer(vm.ctx) - UnsafeRawPointer(region.base),
            heapState: vm.heapState.map { UnsafeRawPointer($0) - UnsafeRawPointer(region.base) } ?? 0,
            stack: template.stack, snapshot: VMSnapshot(vm), natives: natives)
    }

    // MARK: - comparing

    /// A bit for each word of `middle`: it is a pointer into it.
    private static func compare(
        _ middle: FinishedTemplate, _ above: FinishedTemplate, _ below: FinishedTemplate, _ distance: Int
    ) throws(ImageMisfit) -> [UInt64] {
        for (other, moved) in [(above, distance), (below, -distance)] {
            guard middle.contents == other.contents, middle.runtime == other.runtime,
                middle.context == other.context, middle.heapState == other.heapState,
                middle.snapshot.moved(by: moved).isEqual(to: other.snapshot),
                middle.natives.count == other.natives.count,
                zip(middle.natives, other.natives).allSatisfy({
                    apus_js_pointer(apus_js_moved($0.object, moved)) == apus_js_pointer($1.object)
                })
            else { throw ImageMisfit(reason: "its init code does not do the same each time") }
        }
        let count = middle.contents.byteCount / MemoryLayout<Int>.size
        var pointers = [UInt64](repeating: 0, count: (count + 63) / 64)
        let first = Int(bitPattern: middle.base)
        let last = first + middle.contents.byteCount
        let (a, b, c) = (middle.base, above.base, below.base)
        for index in 0..<count {
            let word = a[index]
            if word == b[index], word == c[index] { continue }
            // Left over from a call that has returned (a generator keeps who resumed it last): the engine is
            // idle, and nobody follows such an address.
            if middle.stack.contains(word), above.stack.contains(b[index]), below.stack.contains(c[index]) {
                a[index] = 0
                continue
            }
            guard b[index] &- word == distance, word &- c[index] == distance, word >= first, word <= last
            else {
                throw ImageMisfit(reason: "its init code leaves something that is not the same in every VU")
            }
            pointers[index / 64] |= 1 << UInt64(index % 64)
        }
        return pointers
    }
}
