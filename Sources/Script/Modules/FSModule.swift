// `k6/experimental/fs`: files opened while the script is loaded, read piece by piece afterwards. A file's
// bytes lie once in the process; each VU has a position of its own. One of `BuiltinModules`.

import CQuickJS

/// An open file.
final class OpenFile {
    let path: String
    let bytes: [UInt8]
    var position = 0

    init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}

enum FSModule {
    static let module = BuiltinModule("k6/experimental/fs") { ctx in
        let object = functions.object(ctx)
        JS.define(ctx, object, "SeekMode", seekModes.object(ctx))
        return object
    }

    private static let functions = FunctionTable([.function("open", 1, open)])
    private static let seekModes = FunctionTable([.int("Start", 0), .int("Current", 1), .int("End", 2)])
    private static let fileClass = HostClass<OpenFile>("File", [])

    /// The file behind a script's object; nil for any other value, without an exception.
    static func file(_ value: JSValue) -> OpenFile? { fileClass.native(value) }

    private static let open: JSFunction = { ctx, _, argc, argv in
        let arguments = Arguments(ctx, argc, argv)
        let ctx = arguments.ctx
        let vm = VM.of(ctx)
        if vm.isTerminating { return vm.throwTerminated() }
        guard vm.isInit else {
            return HostPromise.rejected(
                vm, name: "ForbiddenError",
                "open() failed; reason: opening a file is allowed only in the Init context")
        }
        if JS.isNullish(arguments[0]) {
            return refused(vm, "open() failed; reason: path cannot be null or undefined")
        }
        guard let name = JS.text(ctx, arguments[0]) else { return JS.exception }
        if name.isEmpty { return refused(vm, "open() failed; reason: path cannot be empty") }
        let url = vm.fileURL(name)
        let path = Specifier.path(ofFileURL: url)
        do throws(ScriptError) {
            guard let bytes = try vm.host.program.source(url) else {
                return HostPromise.rejected(
                    vm, name: "NotFoundError", "no such file or directory \"\(path)\"")
            }
            return HostPromise.settled(vm, object(ctx, OpenFile(path: path, bytes: bytes)))
        } catch {
            let isDirectory = error.description.contains("director")
            let reason = isDirectory ? "opening a directory is not supported" : error.description
            return HostPromise.rejected(
                vm, name: "InvalidResourceError", "cannot open \"\(path)\": \(reason)")
        }
    }

    private static func refused(_ vm: VM, _ message: String) -> JSValue {
        HostPromise.rejected(vm, name: "TypeError", message)
    }

    /// The script's object: its functions are its own and bound to it, as k6's are.
    private static func object(_ ctx: JSContextRef, _ file: OpenFile) -> JSValue {
        var native = fileClass.wrap(ctx, file)
        defer { JS_FreeValue(ctx, native) }
        let object = fileClass.wrap(ctx, file)
        JS.define(ctx, object, "path", JS.string(ctx, file.path))
        JS.define(ctx, object, "read", JS_NewCFunctionData(ctx, read, 1, 0, 1, &native))
        JS.define(ctx, object, "seek", JS_NewCFunctionData(ctx, seek, 2, 0, 1, &native))
        JS.define(ctx, object, "stat", JS_NewCFunctionData(ctx, stat, 0, 0, 1, &native))
        return object
    }

    private static let stat: JSDataFunction = { ctx, _, _, _, _, data in
        let vm = VM.of(ctx)
        guard let file = fileClass.native(data!.pointee) else { return JS.undefined }
        let info = JS_NewObject(ctx)
        let name = file.path[
            (file.path.lastIndex(of: "/").map { file.path.index(after: $0) } ?? file.path.startIndex)...]
        JS.define(vm.ctx, info, "name", JS.string(vm.ctx, String(name)))
        JS.define(vm.ctx, info, "size", JS.number(vm.ctx, Int64(file.bytes.count)))
        return HostPromise.settled(vm, info)
    }

    /// read(into): fills the whole buffer behind the array, as k6 does whatever part of it the array shows.
    private static let read: JSDataFunction = { ctx, _, argc, argv, _, data in
        let arguments = Arguments(ctx, argc, argv)
        let ctx = arguments.ctx
        let vm = VM.of(ctx)
        guard let file = fileClass.native(data!.pointee) else { return JS.undefined }
        let into = arguments[0]
        if JS.isNullish(into) {
            return refused(vm, "read() failed; reason: into argument cannot be null or undefined")
        }
        guard JS.isObject(into), JSKind(into) == .typedArray("uint8") else {
            return refused(vm, "read() failed; reason: into argument must be a Uint8Array")
        }
        let left = file.bytes.count - file.position
        if left <= 0 { return HostPromise.settled(vm, JS.null) }
        let buffer = JS.get(ctx, into, "buffer")
        defer { JS_FreeValue(ctx, buffer) }
        guard let target = JS.bytes(ctx, buffer) else { return HostPromise.settled(vm, JS.int(0)) }
        let count = min(left, target.count)
        UnsafeMutableRawBufferPointer(mutating: UnsafeRawBufferPointer(target))
            .copyBytes(from: file.bytes[file.position..<(file.position + count)])
        file.position += count
        return HostPromise.settled(vm, JS.number(ctx, Int64(count)))
    }

    /// seek(offset, whence)
    private static let seek: JSDataFunction = { ctx, _, argc, argv, _, data in
        let arguments = Arguments(ctx, argc, argv)
        let vm = VM.of(ctx)
        guard let file = fileClass.native(data!.pointee) else { return JS.undefined }
        var numbers: [Int64] = []
        for (index, name) in ["offset", "whence"].enumerated() {
            if JS.isNullish(arguments[index]) {
                return refused(vm, "seek() failed; reason: the \(name) argument cannot be null or undefined")
            }
            guard GoExport.typeName(arguments.ctx, arguments[index]) == "int64",
                let number = GoExport.int(arguments.ctx, arguments[index])
            else { return refused(vm, "seek() failed; reason: the \(name) argument must be a number") }
            numbers.append(number)
        }
        let (offset, whence) = (numbers[0], numbers[1])
        let target: Int64
        switch whence {
        case 0 where offset < 0: return refused(vm, "offset cannot be negative when using SeekModeStart")
        case 0: target = offset
        case 1: target = Int64(file.position) + offset
        case 2 where offset > 0: return refused(vm, "offset cannot be positive when using SeekModeEnd")
        // The last byte, not what is behind it: k6 counts so.
        case 2: target = Int64(file.bytes.count) - 1 + offset
        default: return refused(vm, "seek() failed; reason: the whence argument must be a SeekMode")
        }
        if target < 0 { return refused(vm, "seeking before start of file") }
        if target > file.bytes.count { return refused(vm, "seeking beyond end of file") }
        file.position = Int(target)
        return HostPromise.settled(vm, JS.number(arguments.ctx, target))
    }
}
