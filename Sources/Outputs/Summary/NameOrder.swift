// The order of names in a summary. Used by its texts and its JSON.

import Base

enum NameOrder {
    /// Parents first, then their sub-metrics.
    static func precedes(_ a: SummaryMetric, _ b: SummaryMetric) -> Bool {
        if a.parentName != b.parentName { return precedes(a.parentName, b.parentName) }
        return precedes(a.name, b.name)
    }

    static func precedes(_ a: String, _ b: String) -> Bool { TextOrder.compare(a, b) < 0 }
}
