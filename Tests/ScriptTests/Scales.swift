// Runs of a given length show what they should only where the machine gave them their share of it: a run that
// showed nothing is made again at a larger scale.

import Testing

/// Tries `body` at growing scales, by which it lengthens its times, until it shows what it should. What must
/// hold in every run, however slow the machine, `body` expects itself.
/// - Parameter body: returns what was seen instead; nil when all was shown.
func expectAtSomeScale(
    _ scales: [Int64] = [1, 4, 16], sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (_ scale: Int64) throws -> String?
) rethrows {
    var seen: [String] = []
    for scale in scales {
        guard let instead = try body(scale) else { return }
        seen.append("at scale \(scale): \(instead)")
    }
    Issue.record("\(seen.joined(separator: "; "))", sourceLocation: sourceLocation)
}
