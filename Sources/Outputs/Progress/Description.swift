// What is printed before a run starts: the banner, what will run where, and the plan (the load over time as a
// small curve, thresholds, end). Pure; the CLI prints it, `--dry-run` prints nothing else.

import Base

public struct DescriptionInput: Equatable, Sendable {
    public enum Subject: Equatable, Sendable {
        /// A script's path or URL.
        case script(String)
        /// URL mode: what is requested.
        case target(String)
    }

    public var execution: String
    public var subject: Subject
    /// One description per output, such as "json (out.json)".
    public var outputs: [String]
    public var webDashboardURL: String?
    /// This instance's share of the test, 0...1.
    public var segmentLength: Double
    public var scenarios: [ScenarioFacts]
    public var maxVUs: Int64
    /// The longest the run may take, graceful stops included.
    public var maxDurationNs: Int64

    public init(
        execution: String = "local", subject: Subject, outputs: [String] = [], webDashboardURL: String? = nil,
        segmentLength: Double = 1, scenarios: [ScenarioFacts], maxVUs: Int64, maxDurationNs: Int64
    ) {
        self.execution = execution
        self.subject = subject
        self.outputs = outputs
        self.webDashboardURL = webDashboardURL
        self.segmentLength = segmentLength
        self.scenarios = scenarios
        self.maxVUs = maxVUs
        self.maxDurationNs = maxDurationNs
    }
}

public struct PlanInput: Equatable, Sendable {
    /// One curve: how much load is planned at evenly spaced moments from the start to the regular end.
    public struct Load: Equatable, Sendable {
        /// "VUs", "iterations/s".
        public var unit: String
        public var samples: [Double]

        public init(unit: String, samples: [Double]) {
            self.unit = unit
            self.samples = samples
        }
    }

    public var loads: [Load]
    /// Each as its author would write it: "http_req_duration: p(95)<200".
    public var thresholds: [String]
    /// The regular length; 0 when only iterations or the user end the run.
    public var durationNs: Int64
    /// The longest the run may take, graceful stops included; 0 when there is no bound.
    public var maxDurationNs: Int64

    public init(loads: [Load], thresholds: [String], durationNs: Int64, maxDurationNs: Int64) {
        self.loads = loads
        self.thresholds = thresholds
        self.durationNs = durationNs
        self.maxDurationNs = maxDurationNs
    }
}

public enum DescriptionText {
    /// A swift from below, wings spread.
    private static let bannerLines = [
        #"  `-.__                          __.-'  "#, #"      `'--..__    .--.    __..--'`      "#,
        #"              `'-(    )-'`              "#, #"                  \  /       a p u s      "#,
        #"                  /\/\                  "#,
    ]

    /// The banner with the blank lines around it.
    public static func banner(_ style: TextStyle) -> String {
        "\n" + style.yellow(bannerLines.joined(separator: "\n")) + "\n\n"
    }

    /// The description block; ends with a blank line.
    public static func description(_ input: DescriptionInput, _ style: TextStyle) -> String {
        var lines = [entry("execution", style.cyan(input.execution))]
        switch input.subject {
        case .script(let path): lines.append(entry("script", style.cyan(path)))
        case .target(let url): lines.append(entry("target", style.cyan(url)))
        }
        if let url = input.webDashboardURL { lines.append(entry("web dashboard", style.cyan(url))) }
        let outputs = input.outputs.isEmpty ? "-" : input.outputs.joined(separator: ", ")
        lines += [entry("output", style.cyan(outputs)), ""]
        let share = NumberText.fixed(input.segmentLength * 100, decimals: 2)
        let count = input.scenarios.count == 1 ? "1 scenario" : "\(input.scenarios.count) scenarios"
        let duration = GoDuration.format(input.maxDurationNs)
        let bounds = "\(input.maxVUs) max VUs, \(duration) max duration (incl. graceful stop):"
        lines.append(entry("scenarios", style.cyan("(\(share)%) \(count), \(bounds)")))
        lines += input.scenarios.map { spaces(labelWidth) + "* \($0.name): \($0.description)" }
        return lines.joined(separator: "\n") + "\n\n"
    }

    /// The plan block; ends with a blank line.
    public static func plan(_ input: PlanInput, _ style: TextStyle) -> String {
        var lines: [String] = []
        for load in input.loads {
            let peak = load.samples.max() ?? 0
            let note = "up to \(ValueFormat.plain(peak)) \(load.unit)"
            lines.append(entry("load", style.cyan(Sparkline.text(load.samples)) + "  " + note))
        }
        for (index, threshold) in input.thresholds.enumerated() {
            lines.append(index == 0 ? entry("thresholds", threshold) : spaces(labelWidth + 2) + threshold)
        }
        if input.thresholds.isEmpty { lines.append(entry("thresholds", "-")) }
        lines.append(entry("end", end(input)))
        return lines.joined(separator: "\n") + "\n\n"
    }

    private static func end(_ input: PlanInput) -> String {
        let regular = input.durationNs > 0 ? "after \(GoDuration.format(input.durationNs))" : nil
        let bound = input.maxDurationNs > 0 ? "at most \(GoDuration.format(input.maxDurationNs))" : nil
        let known = [regular, bound].compactMap { $0 }
        return known.isEmpty ? "when stopped" : known.joined(separator: ", ")
    }

    /// Labels end in one column, values start in the next.
    private static let labelWidth = 14

    private static func entry(_ label: String, _ value: String) -> String {
        spaces(labelWidth - displayWidth(label)) + label + ": " + value
    }
}
