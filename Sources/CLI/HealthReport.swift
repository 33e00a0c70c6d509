// Apus's own blocks of the end-of-run summary: the verdict with its evidence, Little's law, cost and
// efficiency. Made into titled lines here, printed by the run command after k6's part of the summary.

import Engine

/// A titled block of `key: value` lines.
public struct HealthBlock: Sendable {
    public var title: String
    public var lines: [(key: String, value: String)]

    public init(title: String, lines: [(key: String, value: String)]) {
        self.title = title
        self.lines = lines
    }

    /// The block as text: the title, then each line with its key filled up with dots to `keyWidth`, as k6
    /// aligns its metrics. Ends with a line end.
    public func text(keyWidth: Int) -> String {
        var text = "  █ \(title)\n\n"
        for line in lines {
            let dots = String(repeating: ".", count: max(keyWidth - line.key.count, 0))
            text += "    \(line.key)\(dots): \(line.value)\n"
        }
        return text
    }
}

public enum HealthReport {
    static let verdictTitle = "VERDICT"

    /// The blocks of one run, in the order they are printed.
    public static func blocks(_ verdict: Verdict, _ audit: Measured<LittlesLaw>, _ cost: RunCost)
        -> [HealthBlock]
    {
        [block(verdict), block(audit), block(cost)]
    }

    /// All blocks as one text, keys aligned across them.
    public static func text(_ blocks: [HealthBlock]) -> String {
        let keyWidth = (blocks.flatMap(\.lines).map(\.key.count).max() ?? 0) + 1
        return blocks.map { $0.text(keyWidth: keyWidth) }.joined(separator: "\n")
    }

    public static func block(_ verdict: Verdict) -> HealthBlock {
        let evidence = verdict.evidence.map { line in
            (key: line.name, value: line.mark == .against ? "✗ \(line.text)" : line.text)
        }
        return HealthBlock(title: verdictTitle, lines: [(key: "verdict", value: verdict.headline)] + evidence)
    }

    public static func block(_ audit: Measured<LittlesLaw>) -> HealthBlock {
        let title = "LITTLE'S LAW"
        guard case .known(let law) = audit else {
            return HealthBlock(title: title, lines: [(key: "vus", value: audit.text { _ in "" })])
        }
        let ms = { (seconds: Double) in HealthText.ms(seconds * 1000) }
        let gap = law.gapPercent.map { HealthText.fixed($0, 1) + "%" } ?? "unknown: no VU was active"
        let flag = law.isFlagged ? "✗ " : "✓ "
        let bound = HealthText.trimmed(LittlesLaw.gapPercentMax, 1)
        return HealthBlock(
            title: title,
            lines: [
                (key: "vus counted", value: HealthText.fixed(law.vusMean, 2)),
                (
                    key: "vus explained",
                    value: "\(HealthText.fixed(law.vusExplained, 2)) = "
                        + "\(HealthText.significant(law.requestsPerSecond))/s × "
                        + "(request \(ms(law.requestSeconds)) + think \(ms(law.thinkSeconds)) + "
                        + "client \(ms(law.overheadSeconds)))"
                ),
                (key: "gap", value: "\(flag)\(gap) (bound \(bound)%)"),
            ])
    }

    public static func block(_ cost: RunCost) -> HealthBlock {
        let reserved = HealthText.trimmed(cost.vCPUReserved, 2)
        let used = cost.vCPUUsed.value.map { " (used \(HealthText.fixed($0, 2)) of \(reserved) vCPU)" } ?? ""
        var lines = [
            (key: "rps per vcpu used", value: cost.requestsPerVCPUUsed.text(HealthText.significant) + used),
            (key: "rps per vcpu reserved", value: cost.requestsPerVCPUReserved.text(HealthText.significant)),
            (
                key: "vcpu-seconds per million requests",
                value: cost.vCPUSecondsPerMillion.text(HealthText.significant)
            ),
        ]
        if let dollars = cost.dollarsPerMillion.value, let price = cost.price.value,
            let memory = cost.memory.value
        {
            let size = "\(reserved) vCPU, \(HealthText.trimmed(memory.gib, 2)) GB, \(price.text)"
            lines.append(
                (
                    key: "fargate dollars per million requests",
                    value: "$\(HealthText.significant(dollars)) (\(size))"
                ))
        }
        return HealthBlock(title: "COST / EFFICIENCY", lines: lines)
    }
}
