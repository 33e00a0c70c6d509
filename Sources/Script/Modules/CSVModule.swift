// `k6/experimental/csv`: a file's records at once, as a SharedArray, or one by one. One of `BuiltinModules`.

import Base
import CQuickJS
import Codec

/// Records of a file, from one line to another, as arrays or as objects named by the first record.
final class CSVRecords {
    struct Options: Hashable {
        var delimiter = UInt8(ascii: ",")
        var skipsFirstLine = false
        var fromLine: Int64?
        var toLine: Int64?
        var makesObjects = false
    }

    enum Next { case record([UInt8]), problem(String), end }

    private let file: OpenFile
    private let options: Options
    /// From where the file stands when the first record is wanted; nothing else is to be had from it then,
    /// since k6 reads ahead.
    private lazy var reader: CSVReader = {
        defer { file.position = file.bytes.count }
        return CSVReader(file.bytes, from: file.position, delimiter: options.delimiter)
    }()
    private var line: Int64 = 0
    private var header: [String] = []
    /// The places of an object's members: k6 sorts them by name.
    private var order: [Int] = []

    /// Reads up to the first record that is asked for.
    init(_ file: OpenFile, _ options: Options) throws(ScriptError) {
        self.file = file
        self.options = options
        if let line = options.fromLine, line < 0 { throw Self.negative("fromLine", line) }
        if let line = options.toLine, line < 0 { throw Self.negative("toLine", line) }
        let fromLine = options.fromLine ?? 0
        if options.makesObjects {
            if options.skipsFirstLine {
                throw Self.failed("the 'header' option cannot be enabled when 'skipFirstLine' is true")
            }
            if fromLine > 0 {
                throw Self.failed(
                    "the 'header' option cannot be enabled when 'fromLine' is set to a value greater than 0")
            }
            header = try skip("failed to read the first line")
            order = header.indices.sorted { header[$0].utf8.lexicographicallyPrecedes(header[$1].utf8) }
        } else if fromLine > 0 {
            while line < fromLine { _ = try skip("failed to skip lines until line \(fromLine)") }
        } else if options.skipsFirstLine {
            _ = try skip("failed to skip the first line")
        }
    }

    private static func failed(_ reason: String) -> ScriptError {
        ScriptError(.script, "failed to create a new parser; reason: \(reason)")
    }

    private static func negative(_ name: String, _ line: Int64) -> ScriptError {
        failed("the '\(name)' option must be greater than or equal to 0; got \(line)")
    }

    private func skip(_ what: String) throws(ScriptError) -> [String] {
        switch reader.next() {
        case nil: throw Self.failed("\(what); reason: EOF")
        case .failure(let problem): throw Self.failed("\(what); reason: \(problem.description)")
        case .success(let fields):
            line += 1
            return fields
        }
    }

    /// The next record as JSON.
    func next() -> Next {
        if let last = options.toLine, last > 0, line > last { return .end }
        switch reader.next() {
        case nil: return .end
        case .failure(let problem): return .problem(problem.description)
        case .success(let fields):
            line += 1
            return .record(json(fields))
        }
    }

    private func json(_ fields: [String]) -> [UInt8] {
        func append(_ text: String, to json: inout [UInt8]) {
            var text = text
            text.withUTF8 { GoJSON.append($0, to: &json) }
        }
        var json: [UInt8] = [UInt8(ascii: options.makesObjects ? "{" : "[")]
        for (position, index) in (options.makesObjects ? order : Array(fields.indices)).enumerated() {
            if position > 0 { json.append(UInt8(ascii: ",")) }
            if options.makesObjects {
                append(header[index], to: &json)
                json.append(UInt8(ascii: ":"))
            }
            append(fields[index], to: &json)
        }
        json.append(UInt8(ascii: options.makesObjects ? "}" : "]"))
        return json
    }
}

enum CSVModule {
    static let module = BuiltinModule("k6/experimental/csv") { ctx in
        let object = functions.object(ctx)
        JS.define(ctx, object, "Parser", apus_js_constructor(ctx, construct, "Parser", 2, 0))
        return object
    }

    private static let functions = FunctionTable([.function("parse", 2, parse)])
    private static let recordsClass = HostClass<CSVRecords>("Parser", [])

    /// - Returns: nil with an exception pending.
    private static func options(
        _ ctx: JSContextRef, _ value: JSValue
    ) throws(ScriptError) -> CSVRecords.Options? {
        var options = CSVRecords.Options()
        guard JS.isObject(value) else { return options }
        func read<Read>(_ name: StaticString, _ convert: (JSValue) -> Read?) -> (isRead: Bool, value: Read?) {
            let property = JS.get(ctx, value, name)
            defer { JS_FreeValue(ctx, property) }
            if JS.isException(property) { return (false, nil) }
            if JS.isNullish(property) { return (true, nil) }
            let converted = convert(property)
            return (converted != nil, converted)
        }
        let delimiter = read("delimiter") { JS.text(ctx, $0) }
        let skips = read("skipFirstLine") { JS.truth(ctx, $0) }
        let from = read("fromLine") { GoExport.int(ctx, $0) }
        let to = read("toLine") { GoExport.int(ctx, $0) }
        let objects = read("asObjects") { JS.truth(ctx, $0) }
        guard delimiter.isRead, skips.isRead, from.isRead, to.isRead, objects.isRead else { return nil }
        if let text = delimiter.value {
            guard text.utf8.count == 1, let byte = text.utf8.first else {
                throw ScriptError(.script, "delimiter must be a single character")
            }
            options.delimiter = byte
        }
        options.skipsFirstLine = skips.value ?? false
        options.makesObjects = objects.value ?? false
        options.fromLine = from.value
        options.toLine = to.value
        if let first = from.value, let last = to.value, last > 0, first > last {
            throw ScriptError(.script, "fromLine must be less than or equal to toLine")
        }
        return options
    }

    /// The file a parser is given.
    private static func file(_ ctx: JSContextRef, _ value: JSValue) throws(ScriptError) -> OpenFile {
        if let file = FSModule.file(value) { return file }
        if JS.isObject(value) || JS.isNullish(value) {
            throw ScriptError(.script, "failed to create a new parser; reason: the reader cannot be nil")
        }
        let type = JS.isString(value) ? "sobek.asciiString" : GoExport.typeName(ctx, value)
        throw ScriptError(.script, "first argument expected to be a fs.File instance, got \(type) instead")
    }

    /// parse(file, options): a promise of all records.
    private static let parse: JSFunction = { ctx, _, argc, argv in
        let arguments = Arguments(ctx, argc, argv)
        let ctx = arguments.ctx
        let vm = VM.of(ctx)
        if vm.isTerminating { return vm.throwTerminated() }
        if arguments.count > 1, JS.isNullish(arguments[1]) {
            return JS.throwTypeError(ctx, "Cannot convert undefined or null to object")
        }
        do throws(ScriptError) {
            let file = try file(ctx, arguments[0])
            var options = CSVRecords.Options()
            do throws(ScriptError) {
                guard let read = try CSVModule.options(ctx, arguments[1]) else { return JS.exception }
                options = read
            } catch {
                let reason = error.description
                throw ScriptError(
                    .script, "failed to interpret the provided Parser options; reason: \(reason)")
            }
            let elements = try elements(vm, file, options)
            return HostPromise.settled(vm, DataModule.wrap(ctx, elements))
        } catch {
            return HostPromise.rejected(vm, name: "", error.description)
        }
    }

    /// The records as shared elements. All VUs that parse the same part of a file the same way share one
    /// copy.
    private static func elements(
        _ vm: VM, _ file: OpenFile, _ options: CSVRecords.Options
    ) throws(ScriptError) -> SharedElements {
        // No script can give a SharedArray such a name: it starts with a zero.
        let name = "\0csv \(file.path) \(file.position) \(options)"
        if let known = vm.host.shared.arrays.withLock({ $0[name] }) {
            file.position = file.bytes.count
            return known
        }
        let records = try CSVRecords(file, options)
        var json: [[UInt8]] = []
        reading: while true {
            switch records.next() {
            case .end: break reading
            case .problem(let text): throw ScriptError(.script, "failed to read record; reason: \(text)")
            case .record(let record): json.append(record)
            }
        }
        let elements = SharedElements(json)
        vm.host.shared.arrays.withLock { $0[name] = elements }
        return elements
    }

    /// new Parser(file, options)
    private static let construct: JSMagicFunction = { ctx, _, argc, argv, _ in
        let arguments = Arguments(ctx, argc, argv)
        let ctx = arguments.ctx
        let vm = VM.of(ctx)
        guard vm.isInit else {
            return JS.throwGoError(ctx, "csv Parser constructor must be called in the init context")
        }
        if JS.isNullish(arguments[0]) {
            return JS.throwGoError(ctx, "csv Parser constructor takes at least one non-nil source argument")
        }
        if arguments.count > 1, JS.isNull(arguments[1]) {
            return JS.throwTypeError(ctx, "Cannot convert undefined or null to object")
        }
        do throws(ScriptError) {
            let file = try file(ctx, arguments[0])
            var options = CSVRecords.Options()
            do throws(ScriptError) {
                guard let read = try CSVModule.options(ctx, arguments[1]) else { return JS.exception }
                options = read
            } catch {
                let reason = error.description
                throw ScriptError(
                    .script, "encountered an error while interpreting Parser options; reason: \(reason)")
            }
            return parser(ctx, try CSVRecords(file, options))
        } catch {
            return JS.throwGoError(ctx, error.description)
        }
    }

    private static func parser(_ ctx: JSContextRef, _ records: CSVRecords) -> JSValue {
        var native = recordsClass.wrap(ctx, records)
        defer { JS_FreeValue(ctx, native) }
        let object = JS_NewObject(ctx)
        JS.define(ctx, object, "next", JS_NewCFunctionData(ctx, next, 0, 0, 1, &native))
        return object
    }

    private static let next: JSDataFunction = { ctx, _, _, _, _, data in
        let vm = VM.of(ctx)
        let ctx = vm.ctx.unsafelyUnwrapped
        guard let records = recordsClass.native(data!.pointee) else { return JS.undefined }
        let object = JS_NewObject(ctx)
        switch records.next() {
        case .problem(let text):
            JS_FreeValue(ctx, object)
            return HostPromise.rejected(vm, name: "", text)
        case .end:
            JS.define(ctx, object, "done", JS.bool(true))
            JS.define(ctx, object, "value", JS_NewArray(ctx))
        case .record(let json):
            JS.define(ctx, object, "done", JS.bool(false))
            JS.define(ctx, object, "value", json.withUnsafeBufferPointer { JS.parseJSON(ctx, $0) })
        }
        return HostPromise.settled(vm, object)
    }
}
