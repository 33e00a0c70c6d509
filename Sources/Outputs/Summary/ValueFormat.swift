// How a summary prints one number: times, bytes, shares, plain numbers and per-second rates. Pure; the
// summary, the progress line and the blocks of Apus use it, so that a value looks the same wherever it is
// shown.

import Base

public enum ValueFormat {
    /// Any metric value by its content; `timeUnit` as in `SummaryOptions.timeUnit`.
    public static func value(_ number: Double, _ content: SummaryContent, timeUnit: String = "") -> String {
        switch content {
        case .standard: plain(number)
        case .data: bytes(number)
        case .time: timeUnit.isEmpty ? time(ms: number) : time(ms: number, unit: timeUnit)
        }
    }

    /// At most six decimals, rounded, without trailing zeros.
    public static func plain(_ number: Double) -> String {
        if !number.isFinite || number.magnitude >= 1e21 { return NumberText.shortest(number) }
        guard let rounded = Double(NumberText.fixed(number, decimals: 6)) else {
            preconditionFailure("a number whose text does not read back: \(number)")
        }
        return NumberText.shortest(rounded)
    }

    /// A share (0...1) in per cent with two decimals, cut and not rounded: 2/3 is "66.66%".
    public static func percent(_ share: Double) -> String { cut(share * 100, decimals: 2) + "%" }

    /// Bytes in powers of 1000: one decimal below ten of a unit, none above. Below 10 bytes the number as it
    /// is.
    public static func bytes(_ number: Double) -> String {
        if !(number >= 10) { return NumberText.shortest(number) + " B" }
        var divisor = 1.0
        var unit = 0
        while number / divisor >= 1000, unit < byteUnits.count - 1 {
            divisor *= 1000
            unit += 1
        }
        let tenths = (number / divisor * 10 + 0.5).rounded(.down) / 10
        return NumberText.fixed(tenths, decimals: tenths < 10 ? 1 : 0) + " " + byteUnits[unit]
    }

    /// Milliseconds in the unit that suits them, cut to two decimals; from a minute on in whole seconds.
    public static func time(ms: Double) -> String {
        if ms == 0 { return "0s" }
        if ms.isNaN { return "NaN" }
        if ms < 0.001 { return NumberText.shortest((ms * 1_000_000).rounded(.towardZero)) + "ns" }
        if ms < 1 { return cutShort(ms * 1000, decimals: 2) + "µs" }
        if ms < 1000 { return cutShort(ms, decimals: 2) + "ms" }
        let minutes = (ms / 60_000).rounded(.down)
        let seconds = ms.truncatingRemainder(dividingBy: 60_000) / 1000
        if minutes < 1 { return cutShort(seconds, decimals: 2) + "s" }
        let tail = NumberText.shortest(seconds.rounded(.down)) + "s"
        if minutes < 60 { return NumberText.shortest(minutes) + "m" + tail }
        let hours = (minutes / 60).rounded(.down)
        let rest = NumberText.shortest(minutes.truncatingRemainder(dividingBy: 60))
        return "\(NumberText.shortest(hours))h\(rest)m\(tail)"
    }

    /// Milliseconds in a given unit ("s", "ms", "us"), two decimals, rounded.
    public static func time(ms: Double, unit: String) -> String {
        switch unit {
        case "s": NumberText.fixed(ms * 0.001, decimals: 2) + "s"
        case "us": NumberText.fixed(ms * 1000, decimals: 2) + "µs"
        default: NumberText.fixed(ms, decimals: 2) + "ms"
        }
    }

    /// A check's share of passes in whole per cent, rounded down.
    static func wholePercent(passes: Int64, fails: Int64) -> String {
        let total = passes + fails
        return total == 0 ? "NaN%" : "\(Int64((100 * Double(passes) / Double(total)).rounded(.down)))%"
    }

    private static let byteUnits = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]

    private static func cutNumber(_ number: Double, decimals: Int) -> Double {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        return (scale * number).rounded(.towardZero) / scale
    }

    private static func cut(_ number: Double, decimals: Int) -> String {
        NumberText.fixed(cutNumber(number, decimals: decimals), decimals: decimals)
    }

    private static func cutShort(_ number: Double, decimals: Int) -> String {
        NumberText.shortest(cutNumber(number, decimals: decimals))
    }
}
