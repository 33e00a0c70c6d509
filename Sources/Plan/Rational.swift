// Exact fractions for execution segments: parsed from what people write (decimals, fractions, percentages),
// always reduced, compared and subtracted without rounding. Used by ExecutionSegment and by the rates of the
// descriptions.

/// A reduced fraction with a positive denominator.
public struct Rational: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let numerator: Int64
    public let denominator: Int64

    public static let zero = Rational(0, 1)
    public static let one = Rational(1, 1)

    /// - Precondition: `denominator` > 0.
    public init(_ numerator: Int64, _ denominator: Int64) {
        precondition(denominator > 0, "a fraction needs a positive denominator")
        let divisor = max(1, greatestCommonDivisor(numerator.magnitude, denominator.magnitude))
        self.numerator = numerator / Int64(divisor)
        self.denominator = denominator / Int64(divisor)
    }

    /// Reads `1/4`, `0.25`, `25e-2`, `.25`, with an optional sign.
    /// - Returns: nil if `text` is none of these or does not fit 64 bits.
    public init?(parsing text: some StringProtocol) {
        let bytes = Array(text.utf8)
        if let slash = bytes.firstIndex(of: UInt8(ascii: "/")) {
            guard let numerator = Rational.signedDigits(bytes[..<slash]),
                let denominator = Rational.digits(bytes[(slash + 1)...]), denominator > 0
            else { return nil }
            self.init(numerator, denominator)
            return
        }
        guard let parsed = Rational.decimal(bytes[...]) else { return nil }
        self = parsed
    }

    public static func < (left: Rational, right: Rational) -> Bool {
        Int128(left.numerator) * Int128(right.denominator) < Int128(right.numerator)
            * Int128(left.denominator)
    }

    /// - Returns: nil if the reduced difference does not fit 64 bits.
    public func subtracting(_ other: Rational) -> Rational? {
        let top =
            Int128(numerator) * Int128(other.denominator) - Int128(other.numerator) * Int128(denominator)
        let bottom = Int128(denominator) * Int128(other.denominator)
        let divisor = max(1, Int128(greatestCommonDivisor(top.magnitude, bottom.magnitude)))
        guard let reducedTop = Int64(exactly: top / divisor),
            let reducedBottom = Int64(exactly: bottom / divisor)
        else { return nil }
        return Rational(reducedTop, reducedBottom)
    }

    public var approximate: Double { Double(numerator) / Double(denominator) }

    /// `1/4`, and `0` or `1` for whole numbers.
    public var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }

    private static func digits(_ bytes: ArraySlice<UInt8>) -> Int64? {
        guard !bytes.isEmpty, bytes.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int64(String(decoding: bytes, as: UTF8.self))
    }

    static func signedDigits(_ bytes: ArraySlice<UInt8>) -> Int64? {
        guard let first = bytes.first else { return nil }
        let isNegative = first == UInt8(ascii: "-")
        let isSigned = isNegative || first == UInt8(ascii: "+")
        guard let magnitude = digits(isSigned ? bytes.dropFirst() : bytes) else { return nil }
        return isNegative ? -magnitude : magnitude
    }

    private static func decimal(_ bytes: ArraySlice<UInt8>) -> Rational? {
        var mantissa = bytes
        var exponent: Int64 = 0
        if let e = bytes.firstIndex(where: { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }) {
            guard let power = signedDigits(bytes[(e + 1)...]) else { return nil }
            exponent = power
            mantissa = bytes[..<e]
        }
        var whole = mantissa
        if let dot = mantissa.firstIndex(of: UInt8(ascii: ".")) {
            let fraction = mantissa[(dot + 1)...]
            let (reduced, overflow) = exponent.subtractingReportingOverflow(Int64(fraction.count))
            if overflow { return nil }
            exponent = reduced
            whole = mantissa[..<dot] + fraction
        }
        guard let value = signedDigits(whole), exponent.magnitude <= 18 else { return nil }
        var power: Int64 = 1
        for _ in 0..<exponent.magnitude { power *= 10 }
        if exponent <= 0 { return Rational(value, power) }
        let (scaled, overflow) = value.multipliedReportingOverflow(by: power)
        return overflow ? nil : Rational(scaled, 1)
    }
}

func greatestCommonDivisor<T: UnsignedInteger>(_ left: T, _ right: T) -> T {
    var (a, b) = (left, right)
    while b != 0 { (a, b) = (b, a % b) }
    return a
}
