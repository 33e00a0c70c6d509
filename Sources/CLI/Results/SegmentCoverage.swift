// Whether the parts of a merged result are the whole of a test, by their execution segments: what is missing,
// and what was run twice. Pure; called by `apus merge`.

import Outputs
import Plan

struct SegmentCoverage: Equatable {
    struct Overlap: Equatable {
        var name: String
        var other: String
        var segment: String
    }

    /// Segments nobody ran, in order.
    private(set) var missing: [String] = []
    private(set) var overlaps: [Overlap] = []

    /// - Throws: when a part's segment cannot be read.
    init(_ parts: [ResultPart]) throws(ResultProblem) {
        var segments: [(part: ResultPart, segment: ExecutionSegment)] = []
        for part in parts {
            do { segments.append((part, try ExecutionSegment(parsing: part.segment))) } catch {
                throw ResultProblem("its execution segment is none: \(error.description)")
            }
        }
        segments.sort { ($0.segment.from, $0.segment.to) < ($1.segment.from, $1.segment.to) }
        var reached = Rational.zero
        var last = ""
        for (part, segment) in segments {
            if segment.from > reached { missing.append("\(reached):\(segment.from)") }
            if segment.from < reached {
                let end = min(segment.to, reached)
                overlaps.append(
                    Overlap(name: part.name, other: last, segment: "\(segment.from):\(end)"))
            }
            if segment.to > reached { (reached, last) = (segment.to, part.name) }
        }
        if reached < .one { missing.append("\(reached):1") }
    }
}
