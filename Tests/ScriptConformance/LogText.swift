// Log lines without what no two runs share: the time, program counters, the engine's own wording. Used by the
// observer for standard error and for files of console lines.

import Foundation

enum LogText {
    static func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).reversed().drop {
            $0.isEmpty
        }
        .reversed()
    }

    static func normalised(_ line: String, exactMessages: Bool) -> String {
        var line = line.replacing(#/^time="[^"]*" /#, with: "")
        line = line.replacing(#/"time":"[^"]*"/#, with: "\"time\":\"…\"")
        // What `--http-debug` makes up for a request, and when its server answered.
        line = line.replacing(#/request_id(=|":")[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/#) {
            "request_id\($0.1)…"
        }
        line = line.replacing(#/Date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/#, with: "Date: …")
        // A frame's program counter, and frames of the program's own functions.
        line = line.replacing(#/:(\d+):(\d+)\(\d+\)/#) { ":\($0.1):\($0.2)" }
        line = line.replacing(#/(?:\\n\\tat|\n\tat) (?:[^\\\n"]|\\")*\(native\)/#, with: "")
        // Who was asked for a name.
        line = line.replacing(#/(lookup \S+) on \S+:\d+: no such host/#) { "\($0.1): no such host" }
        // The port a connection left from.
        line = line.replacing(#/127\.0\.0\.1:\d+->/#, with: "127.0.0.1:{port}->")
        // What cannot be parsed: the file and the position.
        line = line.replacing(
            #/(?:GoError|SyntaxError): ((?:file|https):\/\/[^ "]+): Line (\d+):(\d+) (?:[^\\"]|\\")*/#
        ) { "cannot be parsed at \($0.1):\($0.2):\($0.3)" }
        line = line.replacing(
            #/SyntaxError: (?:[^\\"\n]|\\")*\\n\\tat ((?:file|https):\/\/[^ "]+:\d+:\d+)(?=\\n" hint)/#
        ) { "cannot be parsed at \($0.1)" }
        if !exactMessages {
            line = line.replacing(
                #/\b(TypeError|ReferenceError|SyntaxError|RangeError|URIError|EvalError): (?:[^\\"\n]|\\")*/#
            ) { "\($0.1): …" }
        }
        return line
    }
}
