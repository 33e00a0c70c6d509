// ANSI colours and column padding for everything Apus prints for people. Pure; summary, progress and
// description take one `TextStyle` and never write an escape themselves.

public struct TextStyle: Equatable, Sendable {
    public var colors: Bool

    public init(colors: Bool) { self.colors = colors }

    /// `text` in the given SGR codes ("1", "2;36"); as it is where colours are off.
    func paint(_ text: String, _ codes: String) -> String {
        colors ? "\u{1B}[\(codes)m\(text)\u{1B}[0m" : text
    }

    func bold(_ text: String) -> String { paint(text, "1") }
    func faint(_ text: String) -> String { paint(text, "2") }
    func red(_ text: String) -> String { paint(text, "31") }
    func green(_ text: String) -> String { paint(text, "32") }
    func yellow(_ text: String) -> String { paint(text, "33") }
    func cyan(_ text: String) -> String { paint(text, "36") }
    func white(_ text: String) -> String { paint(text, "37") }

    func mark(_ ok: Bool) -> String { ok ? green("✓") : red("✗") }

    /// What a terminal needs where progress bars may stand below: each line also clears what was right of it.
    /// k6 does this to all of its standard output on a terminal.
    public static func clearingLineEnds(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\u{1B}[0K\n")
    }
}

/// Columns a text takes: one per scalar, none for combining marks and colour sequences.
func displayWidth(_ text: String) -> Int {
    var width = 0
    var inEscape = false
    for scalar in text.unicodeScalars {
        if inEscape {
            if scalar == "m" { inEscape = false }
        } else if scalar == "\u{1B}" {
            inEscape = true
        } else if !(0x300...0x36F).contains(scalar.value) {
            width += 1
        }
    }
    return width
}

func spaces(_ count: Int) -> String { String(repeating: " ", count: max(count, 0)) }

func padded(_ text: String, to width: Int) -> String { text + spaces(width - displayWidth(text)) }
