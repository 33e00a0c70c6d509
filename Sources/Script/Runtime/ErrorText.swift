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
            let frames = self.frames(lines, vm.host.program, headline: text)
            if !frames.isEmpty { text += "\n" + frames }
        }
        return text
    }

    /// `String(value)`; an error's is "Name: message".
    static func headline(_ ctx: JSContextRef, _ value: JSValue) -> String {
        // What reads `stack` is compiled as another name, which the engine's own messages quote.
        if let text = JS.text(ctx, value) { return text.replacing(StackReads.property, with: "stack") }
        JS.dropException(ctx)
        // A symbol has no text of its own.
        let description = JS.get(ctx, value, "description")
        defer { JS_FreeValue(ctx, description) }
        if JS.isString(description), let text = JS.text(ctx, description) { return text }
        JS.dropException(ctx)
        return "an exception whose text cannot be had"
    }

    /// The engine's frames as k6 prints them, each ending in a line break.
    static func frames(_ stack: String, _ program: ScriptProgram, headline: String = "") -> String {
        var text = ""
        var isMissingName = headline.hasPrefix("ReferenceError: ") && headline.hasSuffix(" is not defined")
        var native: [Substring] = []
        var caller = Initialiser.none
        for line in stack.split(separator: "\n") {
            guard var frame = Frame(line) else { continue }
            guard let place = frame.place else {
                native.append(frame.name)
                continue
            }
            var found = program.position(
                url: String(place.url), line: place.line, column: place.column, isMissingName: isMissingName,
                function: frame.name, isStackRead: native.last == StackReads.function[...])
            isMissingName = false
            if found.kind == .hidden { continue }
            if caller.isLeftOut(found) {
                caller = .none
                continue
            }
            caller = caller.apply(to: &frame.name, &found, program, url: String(place.url))
            // k6 shows no frame of a constructor of its engine, but one of `Error` called without `new`.
            if found.kind == .construction, !native.isEmpty { native.removeLast() }
            if found.kind == .errorCall, native.isEmpty { native.append("Error") }
            for name in native where !hostNames.contains(name) { text += "\tat \(name) (native)\n" }
            native = []
            let position = "\(found.url):\(found.line):\(found.column)"
            text +=
                frame.name.isEmpty || found.isConstructor
                ? "\tat \(position)\n" : "\tat \(frame.name) (\(position))\n"
        }
        for name in native where !hostNames.contains(name) { text += "\tat \(name) (native)\n" }
        return text
    }

    /// Where the script was when `error` was made: its innermost frame.
    static func place(_ vm: VM, _ error: JSValue) -> String? {
        let ctx = vm.ctx.unsafelyUnwrapped
        let stack = JS.get(ctx, error, "stack")
        defer { JS_FreeValue(ctx, stack) }
        guard JS.isString(stack), let lines = JS.text(ctx, stack) else { return nil }
        let frames = self.frames(lines, vm.host.program)
        let first = frames.split(separator: "\n").first { !$0.hasSuffix("(native)") }
        return first.map { String($0.dropFirst(4)) }
    }

    /// The innermost place of an engine's stack.
    static func firstPlace(_ stack: String) -> (url: String, line: Int, column: Int)? {
        guard let line = stack.split(separator: "\n").first, let place = Frame(line)?.place else {
            return nil
        }
        return (String(place.url), place.line, place.column)
    }

    /// The file of the outermost frame, not looking beyond a `require`.
    static func outermostURL(_ stack: String) -> String? {
        var url: Substring?
        for line in stack.split(separator: "\n") {
            guard let frame = Frame(line) else { continue }
            if let place = frame.place { url = place.url } else if frame.name == "require" { break }
        }
        return url.map(String.init)
    }

    /// Functions of Apus's own that call back into the script; k6 shows names of its source for them.
    private static let hostNames: Set<Substring> = [
        "require", "open", "group", StackReads.function[...], "check", "batch", "SharedArray", "each",
        "filter", "is", "map", "not",
    ]

    /// What called the code of the latest frame, where that was the initialiser of a class or its fields: the
    /// engine has other frames for these than k6.
    private enum Initialiser {
        case none
        /// The constructor of the object whose fields are being set, which to k6 has not begun.
        case constructor
        /// The class's own initialiser, by the block it is running.
        case block(ClassMember)
        /// What defines the class.
        case definition(ClassMember)

        func isLeftOut(_ found: ScriptProgram.FramePosition) -> Bool {
            if case .constructor = self { found.isConstructorsBeginning } else { false }
        }

        /// Changes the frame's name and place to k6's. - Returns: what called its code.
        func apply(
            to name: inout Substring, _ found: inout ScriptProgram.FramePosition, _ program: ScriptProgram,
            url: String
        ) -> Initialiser {
            switch self {
            case .block(let member):
                name = "<static_initializer>"
                found = program.position(url: url, offset: member.start)
                return .definition(member)
            case .definition(let member): found = program.position(url: url, offset: member.classStart)
            case .none, .constructor: break
            }
            guard name.isEmpty, let member = found.member else { return .none }
            switch member.kind {
            case .field:
                name = "<instance_members_initializer>"
                return .constructor
            case .staticField:
                name = "<static_initializer>"
                return .definition(member)
            case .staticBlock: return .block(member)
            }
        }
    }

    /// A line of the engine's stack.
    private struct Frame {
        /// Empty for code without a name.
        var name: Substring
        /// nil: native.
        var place: (url: Substring, line: Int, column: Int)?

        /// nil for what is no frame, or one of the engine's own evaluations.
        init?(_ line: Substring) {
            let trimmed = line.drop { $0 == " " }
            guard trimmed.hasPrefix("at ") else { return nil }
            let content = trimmed.dropFirst(3)
            guard content.hasSuffix(")"), let open = content.lastIndex(of: "(") else {
                guard let place = Frame.place(content) else { return nil }
                (name, self.place) = ("", place)
                return
            }
            name = content[..<open].drop { $0 == " " }.trimmedEnd
            if name == "<anonymous>" { name = "" }
            // Of accessors k6 shows the property.
            if name.hasPrefix("get ") || name.hasPrefix("set ") { name = name.dropFirst(4) }
            let inner = content[content.index(after: open)...].dropLast()
            if inner == "native" { return }
            guard let place = Frame.place(inner) else { return nil }
            self.place = place
        }

        /// "url:line:column".
        private static func place(_ text: Substring) -> (url: Substring, line: Int, column: Int)? {
            guard let second = text.lastIndex(of: ":"), let column = Int(text[text.index(after: second)...]),
                let first = text[..<second].lastIndex(of: ":"),
                let line = Int(text[text.index(after: first)..<second])
            else { return nil }
            let url = text[..<first]
            return String(url).range(of: "://") == nil ? nil : (url, line, column)
        }
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

    struct FramePosition {
        enum Kind { case plain, construction, errorCall, hidden }
        var url: String
        var line: Int
        var column: Int
        var kind = Kind.plain
        /// The frame is that of a class's constructor.
        var isConstructor = false
        /// The very beginning of one, from which fields are set.
        var isConstructorsBeginning = false
        /// Of a frame without a name: the part of a class it is in.
        var member: ClassMember?
    }

    /// A position of the engine as the one k6 shows, in the source as it was written; both count from 1.
    /// - Parameters:
    ///   - function: the name of the frame's function.
    ///   - isStackRead: what it calls is the function that gives a `stack`.
    func position(
        url: String, line: Int, column: Int, isMissingName: Bool = false, function: Substring = "",
        isStackRead: Bool = false
    ) -> FramePosition {
        var found = FramePosition(url: url, line: line, column: column)
        guard let module = modules[url] else { return found }
        if module.kind == .commonJS, line == 1 {
            found.column = max(column - Self.commonJSPrefix.utf8.count, 1)
        }
        var place = StackRead.source(module.stackReads, line: found.line, column: found.column)
        if isStackRead, !place.isRead,
            let read = StackRead.next(module.stackReads, line: place.line, column: place.column)
        {
            // The engine points at `return`.
            place = (read.nameLine, read.nameColumn, true)
        }
        (found.line, found.column) = (place.line, place.column)
        (module.generated ?? sources[url])?.withUnsafeBufferPointer { text in
            if !place.isRead { adjust(&found, text, isMissingName) }
            guard let offset = TextPosition.offset(text, line: found.line, column: found.column) else {
                return
            }
            if function.isEmpty {
                found.member = ClassMember.find(text, offset)
            } else {
                found.isConstructor = SourcePosition.isConstructor(of: String(function), text, offset)
                found.isConstructorsBeginning = SourcePosition(text).isWord("constructor", at: offset)
            }
        }
        map(&found, module)
        return found
    }

    /// An offset in a module's text, or in what was generated of it, as a place in its source.
    func position(url: String, offset: Int) -> FramePosition {
        var found = FramePosition(url: url, line: 1, column: 1)
        guard let module = modules[url] else { return found }
        (module.generated ?? sources[url])?.withUnsafeBufferPointer { text in
            (found.line, found.column) = TextPosition.lineAndColumn(text, offset, from: 1)
        }
        map(&found, module)
        return found
    }

    private func map(_ found: inout FramePosition, _ module: CompiledModule) {
        guard let source = module.map?.source(line: found.line, column: found.column) else { return }
        (found.line, found.column) = (source.line, source.column)
        if let url = source.url { found.url = url }
    }

    /// Moves a position to the character that k6's engine would name.
    private func adjust(
        _ found: inout FramePosition, _ text: UnsafeBufferPointer<UInt8>, _ isMissingName: Bool
    ) {
        guard var offset = TextPosition.offset(text, line: found.line, column: found.column) else { return }
        switch SourcePosition.find(text, offset, isMissingName: isMissingName) {
        case .at(let index): offset = index
        case .errorCall(let index): (offset, found.kind) = (index, .errorCall)
        case .construction(let index): (offset, found.kind) = (index, .construction)
        case .hidden: found.kind = .hidden
        }
        (found.line, found.column) = TextPosition.lineAndColumn(text, offset, from: found.line)
    }
}

/// Lines and columns of a text, counted from 1; columns are characters.
enum TextPosition {
    static func offset(_ text: UnsafeBufferPointer<UInt8>, line: Int, column: Int) -> Int? {
        var index = 0
        var left = line - 1
        while left > 0 {
            guard let end = text[index...].firstIndex(of: 10) else { return nil }
            index = end + 1
            left -= 1
        }
        var passed = 1
        while passed < column, index < text.count, text[index] != 10 {
            index += 1
            // Bytes that continue a character count nothing.
            while index < text.count, text[index] & 0xC0 == 0x80 { index += 1 }
            passed += 1
        }
        return index
    }

    /// The line and column of an offset, which lies near a known line.
    static func lineAndColumn(
        _ text: UnsafeBufferPointer<UInt8>, _ offset: Int, from line: Int
    ) -> (line: Int, column: Int) {
        guard let start = self.offset(text, line: line, column: 1) else { return (line, 1) }
        var (line, lineStart) = (line, start)
        if offset < start {
            line = 1 + text[..<offset].count { $0 == 10 }
            lineStart = (text[..<offset].lastIndex(of: 10) ?? -1) + 1
        } else {
            for index in start..<min(offset, text.count) where text[index] == 10 {
                line += 1
                lineStart = index + 1
            }
        }
        let column = text[lineStart..<min(offset, text.count)].count { $0 & 0xC0 != 0x80 } + 1
        return (line, column)
    }
}
