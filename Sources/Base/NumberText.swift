// Numbers as text the way ECMAScript writes them: shortest round-trip digits, and a fixed count of decimals
// with exact ties going up. JSON writers and the summary use it; k6 formats its numbers by the same two
// rules. Pure, no locale.

public enum NumberText {
    /// The shortest decimal text that reads back as `value`: "0.1", "1e+21", "1e-7", "NaN"; never "-0" or
    /// "1.0".
    public static func shortest(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        if value == 0 { return "0" }
        if value < 0 { return "-" + shortest(-value) }
        if value < 1e15, value == value.rounded(.towardZero) { return String(Int64(value)) }
        let (digits, point) = decompose(value)
        if point > 21 || point < -5 {
            let exponent = point - 1
            let mantissa = digits.count == 1 ? digits : digits.prefix(1) + "." + digits.dropFirst()
            return "\(mantissa)e\(exponent < 0 ? "-" : "+")\(abs(exponent))"
        }
        if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.count { return digits + String(repeating: "0", count: point - digits.count) }
        return digits.prefix(point) + "." + digits.dropFirst(point)
    }

    /// The shortest text that reads back as `value` in the form of Go's %g: "0.1", "1e+06", "1e-05", "+Inf".
    public static func general(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value.sign == .minus { return "-" + general(-value) }
        if value == 0 { return "0" }
        let (digits, point) = decompose(value)
        let exponent = point - 1
        if exponent < -4 || exponent >= 6 {
            let mantissa = digits.count == 1 ? digits : digits.prefix(1) + "." + digits.dropFirst()
            let size = abs(exponent)
            return "\(mantissa)e\(exponent < 0 ? "-" : "+")\(size < 10 ? "0" : "")\(size)"
        }
        if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.count { return digits + String(repeating: "0", count: point - digits.count) }
        return digits.prefix(point) + "." + digits.dropFirst(point)
    }

    /// `value` with exactly `decimals` (0...9) digits behind the point, rounded on its exact binary value,
    /// ties away from zero. From 1e21 on it is `shortest`.
    public static func fixed(_ value: Double, decimals: Int) -> String {
        precondition((0...9).contains(decimals), "fixed() takes 0...9 decimals")
        if !value.isFinite || value.magnitude >= 1e21 { return shortest(value) }
        if value < 0 { return "-" + fixed(-value, decimals: decimals) }
        var whole = value.rounded(.down)
        var scale: Int64 = 1
        for _ in 0..<decimals { scale *= 10 }
        // The product is rounded; the fused multiply-add gives what rounding lost, so the tie is judged
        // exactly.
        let fraction = value - whole
        let product = fraction * Double(scale)
        let lost = (-product).addingProduct(fraction, Double(scale))
        let floor = product.rounded(.down)
        let overHalf = (product - floor) - 0.5
        var count = Int64(floor)
        if overHalf >= -lost { count += 1 }
        if count == scale {
            count = 0
            whole += 1
        }
        let head = String(UInt128(whole))
        if decimals == 0 { return head }
        let tail = String(count)
        return head + "." + String(repeating: "0", count: decimals - tail.utf8.count) + tail
    }

    /// The shortest digits of a positive number and where the decimal point stands in them (0: before the
    /// first).
    private static func decompose(_ value: Double) -> (digits: String, point: Int) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        let text = Array(value.description.utf8)
        for (index, byte) in text.enumerated() {
            if byte == UInt8(ascii: ".") {
                point = digits.count
            } else if byte == UInt8(ascii: "e") {
                let tail = String(decoding: text[(index + 1)...], as: UTF8.self)
                guard let read = Int(tail) else {
                    preconditionFailure("a number without an exponent: \(tail)")
                }
                exponent = read
                break
            } else {
                digits.append(byte)
            }
        }
        var position = (point ?? digits.count) + exponent
        let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(leading)
        position -= leading
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (String(decoding: digits, as: UTF8.self), position)
    }
}
