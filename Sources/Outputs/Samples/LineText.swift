// The pieces a line of raw samples is made of, written straight into memory: numbers and times as k6 writes
// them. Hand-made, because at hundreds of thousands of lines a second everything else is too slow. Used by
// the JSON and CSV outputs.

import Base

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A place to write to; whoever makes one has seen to the room.
struct LineCursor {
    private(set) var end: UnsafeMutablePointer<UInt8>

    init(_ start: UnsafeMutablePointer<UInt8>) { end = start }

    @inline(__always) mutating func put(_ byte: UInt8) {
        end.pointee = byte
        end += 1
    }

    @inline(__always) mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        memcpy(end, bytes.baseAddress!, bytes.count)
        end += bytes.count
    }

    @inline(__always) mutating func put(_ text: StaticString) {
        memcpy(end, text.utf8Start, text.utf8CodeUnitCount)
        end += text.utf8CodeUnitCount
    }

    @_disfavoredOverload
    mutating func put(_ text: String) { for byte in text.utf8 { put(byte) } }

    mutating func put(_ number: UInt64) {
        var digits = 1
        var bound: UInt64 = 10
        while number >= bound, digits < 20 {
            digits += 1
            let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
            if overflow { break }
            bound = next
        }
        put(number, digits: digits)
    }

    /// Exactly `digits` digits, with leading zeros.
    @inline(__always) mutating func put(_ number: UInt64, digits: Int) {
        var rest = number
        var place = end + digits
        while place > end {
            place -= 1
            place.pointee = 48 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        end += digits
    }

    /// A fraction in `digits` digits, without the zeros at its end; nothing at all for 0.
    @inline(__always) mutating func putFraction(_ fraction: UInt64, digits: Int) {
        if fraction == 0 { return }
        put(UInt8(ascii: "."))
        put(fraction, digits: digits)
        while (end - 1).pointee == 48 { end -= 1 }
    }

    // MARK: Values

    /// Times are whole nanoseconds shown as milliseconds: those are the values worth a short way.
    @inline(__always) private static func millionths(_ value: Double) -> UInt64? {
        let scaled = (value * 1e6).rounded()
        return scaled < 1e15 && scaled / 1e6 == value ? UInt64(scaled) : nil
    }

    /// As Go's %g writes it: the shortest text that reads back as `value`. At most 32 bytes.
    mutating func putShortest(_ value: Double) {
        if value >= 1e-4, value < 1e6, let number = Self.millionths(value) {
            put(number / 1_000_000)
            putFraction(number % 1_000_000, digits: 6)
        } else {
            put(NumberText.general(value))
        }
    }

    /// As Go's %f writes it: six decimals. At most 320 bytes.
    mutating func putFixed(_ value: Double) {
        if value >= 0, value < 1e9, value.sign == .plus, let number = Self.millionths(value) {
            put(number / 1_000_000)
            put(UInt8(ascii: "."))
            put(number % 1_000_000, digits: 6)
        } else if value.isFinite {
            let room = UnsafeMutableRawPointer(end).assumingMemoryBound(to: CChar.self)
            end += Int(withVaList([value]) { vsnprintf(room, 320, "%.6f", $0) })
        } else {
            put(NumberText.general(value))
        }
    }
}

/// Wall-clock times in the local zone, in the form of RFC 3339. Keeps the text of the second it wrote last.
struct WallClockText {
    private var second = Int64.min
    private var text: [UInt8] = []
    private var zone: [UInt8] = []
    static let bytesMax = 40

    init() {}

    /// - Parameter hasFraction: nanoseconds, without the zeros at their end; nothing for a whole second.
    @inline(__always)
    mutating func put(_ wallNs: Int64, hasFraction: Bool, _ cursor: inout LineCursor) {
        let at = wallNs / Ns.perSecond
        if at != second { enter(at) }
        text.withUnsafeBufferPointer { cursor.put($0) }
        if hasFraction { cursor.putFraction(UInt64(wallNs % Ns.perSecond), digits: 9) }
        zone.withUnsafeBufferPointer { cursor.put($0) }
    }

    private mutating func enter(_ at: Int64) {
        second = at
        var time = time_t(at)
        var parts = tm()
        localtime_r(&time, &parts)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = "\(1900 + parts.tm_year)-\(two(Int(parts.tm_mon) + 1))-\(two(Int(parts.tm_mday)))"
        let clock = "\(two(Int(parts.tm_hour))):\(two(Int(parts.tm_min))):\(two(Int(parts.tm_sec)))"
        text = Array("\(date)T\(clock)".utf8)
        let minutes = Int(parts.tm_gmtoff) / 60
        let sign = minutes < 0 ? "-" : "+"
        zone = Array(
            (minutes == 0 ? "Z" : "\(sign)\(two(abs(minutes) / 60)):\(two(abs(minutes) % 60))").utf8)
    }
}
