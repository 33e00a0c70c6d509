// The progress of a run: a block of plain lines for pipes, a redrawn frame with bars for terminals. Pure: the
// CLI's control thread calls it once a second, or ten times a second on a terminal, and writes what it
// returns.

import Base

public struct ProgressInput: Equatable, Sendable {
    public enum Phase: Equatable, Sendable {
        /// VUs are being made ready.
        case initializing(ready: Int64, total: Int64)
        /// Something runs before or beside the load: "setup()", "teardown()", "paused".
        case step(String)
        case running
        case paused
    }

    /// What only a terminal shows, from the last snapshot.
    public struct Live: Equatable, Sendable {
        public var requestsPerSecond: Double
        public var p95Ms: Double

        public init(requestsPerSecond: Double, p95Ms: Double) {
            self.requestsPerSecond = requestsPerSecond
            self.p95Ms = p95Ms
        }
    }

    public struct Bar: Equatable, Sendable {
        public var scenario: ScenarioFacts
        /// Nil before the load starts: the bar is drawn empty and says nothing.
        public var now: ScenarioNow?

        public init(scenario: ScenarioFacts, now: ScenarioNow? = nil) {
            self.scenario = scenario
            self.now = now
        }
    }

    public var phase: Phase
    /// Time of the run so far, and the longest it may take, graceful stops included.
    public var spentNs: Int64
    public var maxDurationNs: Int64
    public var activeVUs: Int64
    public var initializedVUs: Int64
    /// The most VUs the run may ever have: it gives the numbers their width.
    public var maxVUs: Int64
    public var completeIterations: Int64
    public var interruptedIterations: Int64
    public var bars: [Bar]
    public var live: Live?

    public init(
        phase: Phase, spentNs: Int64 = 0, maxDurationNs: Int64, activeVUs: Int64 = 0,
        initializedVUs: Int64 = 0,
        maxVUs: Int64, completeIterations: Int64 = 0, interruptedIterations: Int64 = 0, bars: [Bar],
        live: Live? = nil
    ) {
        self.phase = phase
        self.spentNs = spentNs
        self.maxDurationNs = maxDurationNs
        self.activeVUs = activeVUs
        self.initializedVUs = initializedVUs
        self.maxVUs = maxVUs
        self.completeIterations = completeIterations
        self.interruptedIterations = interruptedIterations
        self.bars = bars
        self.live = live
    }
}

public enum ProgressText {
    /// Removes a frame that `terminalFrame` drew and left the cursor on top of.
    public static let erase = "\r\u{1B}[J"

    /// The block for a pipe: a blank line, the status, a line per scenario.
    public static func plainBlock(_ input: ProgressInput) -> String {
        let rows = ProgressRows(input, TextStyle(colors: false), terminal: nil)
        return "\n" + rows.lines().joined(separator: "\n") + "\n"
    }

    /// One frame for a terminal.
    /// - Parameters:
    ///   - columns: the terminal's width now; bars shrink to fit and become percentages where no room is
    ///     left.
    ///   - isLast: leave the frame standing, the cursor below it; otherwise the cursor goes back to its top.
    public static func terminalFrame(
        _ input: ProgressInput, columns: Int, style: TextStyle, isLast: Bool = false
    ) -> String {
        let lines = [""] + ProgressRows(input, style, terminal: columns).lines()
        let frame = lines.map { $0 + "\u{1B}[K\n" }.joined()
        if isLast { return frame }
        // A line wider than the terminal wraps and takes several rows to climb.
        let wrapped = lines.map { max(displayWidth($0) - 1, 0) / max(columns, 1) }.reduce(0, +)
        return frame + erase + "\u{1B}[\(lines.count + wrapped)A"
    }
}

/// The lines of one rendering, aligned with each other.
private struct ProgressRows {
    private let input: ProgressInput
    private let style: TextStyle
    /// Width of the terminal; nil for a pipe.
    private let terminal: Int?
    private let leftWidth: Int
    private let rights: [String]

    private static let nameWidthMax = 30
    private static let barWidthMax = 40
    /// A bar this narrow would say less than a percentage, which is as wide.
    private static let barWidthMin = 9
    private static let firstName = "Init"

    init(_ input: ProgressInput, _ style: TextStyle, terminal: Int?) {
        self.input = input
        self.style = style
        self.terminal = terminal
        let names = input.bars.map { Self.clipped($0.scenario.name) }
        leftWidth = (names + [Self.firstName]).map(displayWidth).max() ?? 0
        rights = Self.aligned(input.bars.map { bar in bar.now.map(bar.scenario.columns) ?? [] })
    }

    func lines() -> [String] {
        let width = barWidth()
        let rows = zip(input.bars, rights).map { bar, right in
            let fraction = bar.now.map(bar.scenario.fraction) ?? 0
            let left = padded(Self.clipped(bar.scenario.name), to: leftWidth)
            return "\(left) \(mark(bar.now?.status)) \(drawn(fraction, width))\(right)"
        }
        return [head(width)] + rows
    }

    private static func clipped(_ name: String) -> String {
        name.count > nameWidthMax ? name.prefix(nameWidthMax - 3) + "..." : name
    }

    /// Columns two blanks apart. The last column of a row does not count for the widths, though it is padded
    /// to them.
    private static func aligned(_ rows: [[String]]) -> [String] {
        var widths: [Int] = []
        for row in rows {
            for (index, column) in row.dropLast().enumerated() {
                if widths.count == index { widths.append(0) }
                widths[index] = max(widths[index], displayWidth(column))
            }
        }
        return rows.map { row in
            row.enumerated().map { index, column in
                " " + padded(column, to: (index < widths.count ? widths[index] : 0) + 1)
            }.joined()
        }
    }

    private func mark(_ status: ScenarioNow.Status?) -> String {
        switch status {
        case .none, .running: " "
        case .waiting: style.colors ? "\u{1B}[2m•\u{1B}[22m" : "•"
        case .stopping: "↓"
        case .interrupted: style.red("✗")
        case .done: style.green("✓")
        }
    }

    // MARK: The first line

    private func head(_ barWidth: Int) -> String {
        switch input.phase {
        case .initializing(let ready, let total):
            let counts = FixedDuration.padded(ready, FixedDuration.digits(total)) + "/\(total)"
            let fraction = total == 0 ? 1 : Double(ready) / Double(total)
            return stepLine("Init", fraction, barWidth, "\(counts) VUs initialized")
        case .step(let name): return stepLine("Run", 1, barWidth, name)
        case .running: return status("running")
        case .paused: return status("paused")
        }
    }

    private func stepLine(_ name: String, _ fraction: Double, _ barWidth: Int, _ text: String) -> String {
        "\(padded(name, to: leftWidth))   \(drawn(fraction, barWidth)) \(text)"
    }

    private func status(_ word: String) -> String {
        let width = FixedDuration.digits(input.maxVUs)
        let vus = [input.activeVUs, input.initializedVUs].map { FixedDuration.padded($0, width) }
            .joined(separator: "/")
        let spent = FixedDuration.text(input.spentNs, maxNs: input.maxDurationNs)
        let line =
            "\(word) (\(spent)), \(vus) VUs, \(input.completeIterations) complete and "
            + "\(input.interruptedIterations) interrupted iterations"
        guard let terminal, let live = input.live else { return line }
        let rate = NumberText.fixed(live.requestsPerSecond, decimals: live.requestsPerSecond < 100 ? 1 : 0)
        let longer = line + ", \(rate) req/s, p95=\(ValueFormat.time(ms: live.p95Ms))"
        return displayWidth(longer) < terminal ? longer : line
    }

    // MARK: Bars

    /// The widest bar with which every line still fits.
    private func barWidth() -> Int {
        guard let terminal else { return 0 }
        var longest = rights.map(displayWidth).max() ?? 0
        switch input.phase {
        case .initializing(_, let total):
            longest = max(longest, 2 * FixedDuration.digits(total) + " / VUs initialized".utf8.count)
        case .step(let name): longest = max(longest, 1 + displayWidth(name))
        case .running, .paused: break
        }
        let room = terminal - 1 - (leftWidth + 3) - longest
        return room < Self.barWidthMin ? 0 : min(room, Self.barWidthMax)
    }

    private func drawn(_ fraction: Double, _ width: Int) -> String {
        if width == 0 {
            let percent = String(Int((fraction * 100).rounded(.toNearestOrEven)))
            return "[ \(spaces(3 - percent.utf8.count))\(percent)% ]"
        }
        let inner = width - 2
        let filled = min(max(Int(fraction * Double(inner)), 0), inner)
        let tip = filled > 0 && filled < inner ? ">" : ""
        let done = String(repeating: "=", count: filled - tip.utf8.count) + tip
        let rest = String(repeating: "-", count: inner - filled)
        return "[" + done + (style.colors ? "\u{1B}[2m\(rest)\u{1B}[22m" : rest) + "]"
    }
}
