// Apus's own blocks (verdict, Little's law, cost) in the look of k6's sections: a titled part of aligned
// `key: value` lines. Called by `SummaryText` for what stands behind k6's part.

struct SummaryBlocks {
    private let style: TextStyle

    init(_ style: TextStyle) { self.style = style }

    /// - Parameter afterLegacy: the legacy layout ends without the blank line that parts sections.
    func lines(_ blocks: [SummaryBlock], afterLegacy: Bool) -> [String] {
        if blocks.isEmpty { return afterLegacy ? [] : [""] }
        let gap = afterLegacy ? [""] : []
        return gap + blocks.flatMap { ["", "  █ " + style.bold($0.title) + " ", ""] + body($0) + [""] }
            + (afterLegacy ? [] : [""])
    }

    private func body(_ block: SummaryBlock) -> [String] {
        let keyWidth = block.lines.map { displayWidth($0.key) }.max() ?? 0
        let valueWidth =
            block.lines.filter { !$0.key.isEmpty && !$0.extra.isEmpty }
            .map { displayWidth($0.value) }.max() ?? 0
        return block.lines.map { line in
            let value = paint(line)
            if line.key.isEmpty {
                return "    " + value + (line.extra.isEmpty ? "" : " " + style.paint(line.extra, "2"))
            }
            let dots = style.paint(
                String(repeating: ".", count: keyWidth - displayWidth(line.key) + 3) + ":",
                TablePalette.sections.dots)
            let head = "    \(line.key)\(dots) \(value)"
            if line.extra.isEmpty { return head }
            let gap = spaces(valueWidth - displayWidth(line.value) + 1)
            return head + gap + style.paint(line.extra, TablePalette.sections.extra)
        }
    }

    private func paint(_ line: SummaryBlock.Line) -> String {
        switch line.tone {
        case .plain: line.key.isEmpty ? line.value : style.cyan(line.value)
        case .good: style.green(line.value)
        case .bad: style.red(line.value)
        case .faint: style.faint(line.value)
        }
    }
}
