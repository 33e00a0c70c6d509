// What scripts ask of the world while they are loaded: files, remote modules, newer syntax rewritten by
// esbuild. Hands the loader its functions.

import Base
import Codec
import Glibc
import Script

enum ScriptAccess {
    /// - Parameter isSealed: an archive's script finds what is in the archive and nothing else.
    static func make(isSealed: Bool) -> SourceAccess {
        SourceAccess(
            readFile: { path throws(ScriptError) in isSealed ? nil : try readFile(path) },
            fetch: { url throws(ScriptError) in
                if isSealed { throw ScriptError(.script, "\(url) is not in the archive") }
                return try ModuleFetch.fetch(url)
            },
            transform: { code, url throws(ScriptError) in try Esbuild.transform(code, url: url) })
    }

    /// nil when there is no such file.
    private static func readFile(_ path: String) throws(ScriptError) -> [UInt8]? {
        do { return try FileAccess.system.read(path) } catch {
            if error.isMissing { return nil }
            if error.isDirectory {
                throw ScriptError(.generic, "open() can't be used with directories, path: \"\(path)\"")
            }
            throw ScriptError(.generic, "open \(path): \(error.reason)")
        }
    }
}

/// esbuild as a process: one source in, JavaScript and its map out.
enum Esbuild {
    static func transform(_ code: [UInt8], url: String) throws(ScriptError) -> TransformedSource {
        let loader = url.hasSuffix(".ts") ? "ts" : "js"
        let name = url.hasPrefix("file://") ? String(url.dropFirst(7)) : url
        let arguments = [
            "esbuild", "--loader=\(loader)", "--target=es2022", "--charset=utf8", "--sourcemap=inline",
            "--sources-content=false", "--sourcefile=\(name)", "--log-level=error", "--color=false",
        ]
        let result = try run(arguments, input: code)
        if result.status != 0 {
            throw ScriptError(.script, message(result.errors, url, name))
        }
        return split(result.output)
    }

    /// esbuild's first complaint as one line, with its place in the source.
    private static func message(_ errors: [UInt8], _ url: String, _ name: String) -> String {
        let lines = String(decoding: errors, as: UTF8.self).split(separator: "\n")
        let marker = "[ERROR] "
        guard let headline = lines.first(where: { Text.split(String($0), at: "]") != nil }),
            let (_, text) = Text.split(String(headline), at: "]"), headline.contains(marker)
        else { return "\(url): \(lines.first.map(String.init) ?? "esbuild says nothing of its failure")" }
        // "    name:line:column:"
        for line in lines {
            let place = line.drop { $0 == " " }
            guard place.hasPrefix(name + ":") else { continue }
            let numbers = place.dropFirst(name.count + 1).split(separator: ":")
            guard numbers.count >= 2 else { continue }
            return "\(url): Line \(numbers[0]):\(numbers[1])\(text)"
        }
        return url + ":" + text
    }

    /// The code, and the map out of the comment at its end.
    private static func split(_ output: [UInt8]) -> TransformedSource {
        let marker = Array("//# sourceMappingURL=data:application/json;base64,".utf8)
        guard
            let line = output.lastIndex(of: UInt8(ascii: "/")).flatMap({ _ in
                lastRange(of: marker, in: output)
            })
        else { return TransformedSource(code: output, map: []) }
        let text = output[(line + marker.count)...].filter { $0 > 32 }
        let map = Base64.decode(String(decoding: text, as: UTF8.self), .standard) ?? []
        return TransformedSource(code: Array(output[..<line]), map: map)
    }

    private static func lastRange(of marker: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= marker.count else { return nil }
        for start in stride(from: bytes.count - marker.count, through: 0, by: -1)
        where bytes[start..<(start + marker.count)].elementsEqual(marker) {
            return start
        }
        return nil
    }

    private struct Outcome {
        var status: Int32
        var output: [UInt8]
        var errors: [UInt8]
    }

    /// Runs a program to its end. Its three streams are memory files, so that none can block the other.
    private static func run(_ arguments: [String], input: [UInt8]) throws(ScriptError) -> Outcome {
        let files = try (0..<3).map { number throws(ScriptError) in try memoryFile("apus-esbuild-\(number)") }
        defer { for file in files { close(file) } }
        input.withUnsafeBytes { writeAll(files[0], $0) }
        lseek(files[0], 0, SEEK_SET)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (stream, file) in files.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, file, Int32(stream))
        }
        var child = pid_t()
        let words = arguments.map { strdup($0) }
        defer { for word in words { free(word) } }
        let code = posix_spawnp(&child, arguments[0], &actions, nil, words + [nil], environ)
        if code != 0 {
            throw ScriptError(
                .generic,
                "this script needs esbuild (TypeScript or newer syntax), which cannot be started: "
                    + "\(String(cString: strerror(code))); install the package esbuild")
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return Outcome(status: status, output: readAll(files[1]), errors: readAll(files[2]))
    }

    /// A file without a name, gone with its descriptor.
    private static func memoryFile(_ name: String) throws(ScriptError) -> Int32 {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var path = Array("\(folder)/\(name)-XXXXXX".utf8CString)
        let file = mkstemp(&path)
        if file < 0 {
            throw ScriptError(.generic, "a temporary file for esbuild: \(String(cString: strerror(errno)))")
        }
        unlink(path)
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        return file
    }

    private static func writeAll(_ file: Int32, _ bytes: UnsafeRawBufferPointer) {
        var start = 0
        while start < bytes.count {
            let count = write(file, bytes.baseAddress! + start, bytes.count - start)
            if count < 0 { return }
            start += count
        }
    }

    private static func readAll(_ file: Int32) -> [UInt8] {
        let size = Int(lseek(file, 0, SEEK_END))
        guard size > 0 else { return [] }
        lseek(file, 0, SEEK_SET)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = max(read(file, buffer.baseAddress, size), 0)
        }
    }
}
