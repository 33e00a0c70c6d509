// Exceptions as people see them, in k6's shape: the error's text, then a line per frame with file, line and
// column of the source as it was written. Called wherever an exception leaves the script.

import CQuickJS

enum ErrorText {
    /// The text of a thrown value. - Parameter withStack: frames follow, each on a line of its own.
    static func of(_ vm: VM, _ value: JSValue, withStack: Bool = true) -> String {
        let ctx = vm.ctx.unsafelyUnwrapped
        var text = headline(ctx, value)
        if let secrets = vm.host.settings.secrets { text = secrets.redacted(text) }
        guard withStack, JS_IsError(ctx, value) != 0 else { return text }
        let stack = JS.get(ctx, value, "stack")
        defer { JS_FreeValue(ctx, stack) }
        if JS.isString(stack), let lines = JS.text(ctx, stack) {
            let frames = self.frames(lines, vm.host.program)
            if !frames.isEmpty { text += "\n" + frames }
        }
        return text
    }

    /// `String(value)`; an error's is "Name: message".
    static func headline(_ ctx: JSContextRef, _ value: JSValue) -> String {
        if let text = JS.text(ctx, value) { return text }
        JS.dropException(ctx)
        return "an exception whose text cannot be had"
    }

    /// The engine's frames as k6 prints them, each ending in a line break.
    static func frames(_ stack: String, _ program: ScriptProgram) -> String {
        var text = ""
        for line in stack.split(separator: "\n") {
            if let frame = frame(line, program) { text += "\tat \(frame)\n" }
        }
        return text
    }

    private static func frame(_ line: Substring, _ program: ScriptProgram) -> String? {
        let trimmed = line.drop { $0 == " " }
        guard trimmed.hasPrefix("at ") else { return nil }
        let content = trimmed.dropFirst(3)
        guard content.hasSuffix(")"), let open = content.lastIndex(of: "(") else {
            return position(content, program)
        }
        let name = content[..<open].drop { $0 == " " }.trimmedEnd
        let place = content[content.index(after: open)...].dropLast()
        if place == "native" { return "\(name) (native)" }
        guard let position = position(place, program) else { return nil }
        return name.isEmpty || name == "<anonymous>" ? position : "\(name) (\(position))"
    }

    /// "url:line:column" in terms of the source.
    private static func position(_ place: Substring, _ program: ScriptProgram) -> String? {
        let parts = place.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 3, let column = Int(parts[parts.count - 1]), let line = Int(parts[parts.count - 2])
        else {
            // Frames of the engine's own evaluations have no place.
            return place.contains("/") ? String(place) : nil
        }
        let url = parts.dropLast(2).joined(separator: ":")
        let found = program.position(url: url, line: line, column: column)
        return "\(url):\(found.line):\(found.column)"
    }
}

extension Substring {
    fileprivate var trimmedEnd: Substring {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

extension ScriptProgram {
    /// CommonJS modules are compiled as the body of a function; this stands before their first line.
    static let commonJSPrefix = "(function (module, exports) {"

    /// A position of the engine as one of the source, both from 1.
    func position(url: String, line: Int, column: Int) -> (line: Int, column: Int) {
        guard let module = modules[url] else { return (line, column) }
        var column = column
        if module.kind == .commonJS, line == 1 { column = max(column - Self.commonJSPrefix.utf8.count, 1) }
        return module.map?.source(line: line, column: column) ?? (line, column)
    }
}
