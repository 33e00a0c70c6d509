// Durations of one width for the progress lines, so that a redrawn line does not jump: every part down to
// tenths of a second, the leading part as wide as that of the longest duration to come.

import Base

enum FixedDuration {
    /// `ns` rounded to 100 ms in the parts that `maxNs` has: "00m02.5s" below ten minutes and more, "0.5s"
    /// below ten seconds, "0d00h00m02.0s" below days.
    static func text(_ ns: Int64, maxNs: Int64) -> String {
        let tenth = Ns.perSecond / 10
        let tenths = (max(ns, 0) + tenth / 2) / tenth
        let seconds = tenths / 10
        let fraction = ".\(tenths % 10)s"
        if maxNs < Ns.perMinute { return padded(seconds, digits(maxNs / Ns.perSecond)) + fraction }
        let low = padded(seconds % 60, 2) + fraction
        let minutes = seconds / 60
        if maxNs < Ns.perHour { return padded(minutes, digits(maxNs / Ns.perMinute)) + "m" + low }
        let middle = padded(minutes % 60, 2) + "m" + low
        let hours = minutes / 60
        if maxNs < Ns.perDay { return padded(hours, digits(maxNs / Ns.perHour)) + "h" + middle }
        return padded(hours / 24, digits(maxNs / Ns.perDay)) + "d" + padded(hours % 24, 2) + "h" + middle
    }

    /// `number` with zeros in front up to `width` digits.
    static func padded(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(width - text.utf8.count, 0)) + text
    }

    static func digits(_ number: Int64) -> Int { String(number).utf8.count }
}
