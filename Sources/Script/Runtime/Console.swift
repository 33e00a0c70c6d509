// `console`: a log line per call, arguments joined by spaces, objects as JSON.

import CQuickJS

enum Console {
    static let functions = FunctionTable([
        .magic("log", 1, 1, write), .magic("info", 1, 1, write), .magic("debug", 1, 0, write),
        .magic("warn", 1, 2, write), .magic("error", 1, 3, write),
    ])

    private static let levels: [ScriptLogLevel] = [.debug, .info, .warning, .error]

    private static let write: JSMagicFunction = { ctx, _, argc, argv, level in
        let arguments = Arguments(ctx, argc, argv)
        let vm = VM.of(ctx)
        if vm.isTerminating { return vm.throwTerminated() }
        var parts: [String] = []
        for index in 0..<arguments.count {
            guard let part = text(arguments.ctx, arguments[index]) else { return JS.exception }
            parts.append(part)
        }
        // What was asked for its text may have been cut off meanwhile.
        if vm.isTerminating { return vm.throwTerminated() }
        vm.host.log(
            ScriptLogLine(
                levels[Int(level)], parts.joined(separator: " "), fields: ["source": "console"],
                isConsole: true))
        return JS.undefined
    }

    /// A value as k6's console shows it; nil with an exception pending.
    static func text(_ ctx: JSContextRef, _ value: JSValue) -> String? {
        if JS_IsSymbol(value) != 0 {
            let description = JS.get(ctx, value, "description")
            defer { JS_FreeValue(ctx, description) }
            return JS.isString(description) ? JS.text(ctx, description) : ""
        }
        guard JS.isObject(value) else { return JS.text(ctx, value) }
        if JS.isFunction(ctx, value) { return "null" }
        if let json = JS.json(ctx, value) { return escaped(json) }
        if JS_HasException(ctx) == 0 { return "null" }
        if VM.of(ctx).isTerminating { return nil }
        // What has no JSON (a circle) is shown by its string.
        JS.dropException(ctx)
        return JS.text(ctx, value)
    }

    /// JSON text as k6's console writes it: what could end a script or a line within HTML stands as its
    /// number, as Go's encoder does.
    private static func escaped(_ json: String) -> String {
        // 0xE2 begins U+2028 and U+2029, which end a line.
        let suspects: [UInt8] = [UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), 0xE2]
        guard json.utf8.contains(where: suspects.contains) else { return json }
        var text = ""
        text.reserveCapacity(json.utf8.count + 64)
        for scalar in json.unicodeScalars {
            switch scalar {
            case "<", ">", "&": text += "\\u00" + String(scalar.value, radix: 16)
            case "\u{2028}", "\u{2029}": text += "\\u" + String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
