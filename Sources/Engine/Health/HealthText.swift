// Numbers as text without Foundation and without a locale: fixed decimals, percentages, significant digits.
// Used by the health evidence and by the report that prints it.

public enum HealthText {
    /// `value` with exactly `digits` decimals (0 to 9), rounded half away from zero: `fixed(2.345, 1)` is
    /// "2.3".
    public static func fixed(_ value: Double, _ digits: Int) -> String {
        precondition((0...9).contains(digits), "decimals asked for: \(digits)")
        guard value.isFinite, abs(value) < 1e9 else { return "\(value)" }
        var scale: Int64 = 1
        for _ in 0..<digits { scale *= 10 }
        let units = Int64((abs(value) * Double(scale)).rounded(.toNearestOrAwayFromZero))
        let sign = value < 0 && units != 0 ? "-" : ""
        if digits == 0 { return "\(sign)\(units)" }
        let fraction = String(units % scale)
        let zeros = String(repeating: "0", count: digits - fraction.utf8.count)
        return "\(sign)\(units / scale).\(zeros)\(fraction)"
    }

    /// `fixed` without the zeros at the end: "0.5", "2", "1.25".
    public static func trimmed(_ value: Double, _ digits: Int) -> String {
        var text = fixed(value, digits)
        guard text.contains(".") else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    /// About three significant digits, for amounts whose size is not known beforehand: "0.00281", "16.3",
    /// "61200".
    public static func significant(_ value: Double) -> String {
        let size = abs(value)
        if size >= 100 || size == 0 { return fixed(value, 0) }
        var digits = 2
        var bound = 1.0
        if size >= 10 { digits = 1 }
        while size < bound, digits < 9 {
            digits += 1
            bound /= 10
        }
        return trimmed(value, digits)
    }

    /// A share of one as a percentage: 0.934 is "93.4%".
    public static func percent(_ share: Double) -> String { fixed(share * 100, 1) + "%" }

    /// Milliseconds with a unit: "0.12 ms", "4.2 ms", "310 ms"; a microsecond is the least worth telling.
    public static func ms(_ value: Double) -> String {
        value > 0 && value < 0.001 ? "<0.001 ms" : significant(value) + " ms"
    }

    /// A run's length: "12.5 s", "0.4 s", "3.1 ms".
    public static func seconds(_ value: Double) -> String {
        value < 0.1 ? ms(value * 1000) : trimmed(value, 1) + " s"
    }
}
