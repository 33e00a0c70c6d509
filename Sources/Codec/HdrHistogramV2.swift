// HdrHistogram's V2 wire format: counts by index as ZigZag LEB128 with runs of zeros, compressed by zlib, as
// base64 in logs. Used by result files and exports. Reading trusts nothing: what comes in may be cut off or
// hostile.

import Base
import CZlib

extension Limits {
    /// More than this is not decompressed from one histogram. 54 octaves of 1024 counts, nine bytes each, are
    /// an eighth of it.
    public static let hdrPayloadBytesMax = 4 * 1024 * 1024
}

public enum HdrHistogramV2 {
    static let payloadCookie: UInt32 = 0x1c84_9313
    static let compressedCookie: UInt32 = 0x1c84_9314
    static let headBytes = 40

    // MARK: Writing

    /// The compressed form, as base64: what a log's line holds.
    public static func encode(_ histogram: HdrHistogram) -> String {
        let packed = compress(payload(histogram))
        var bytes: [UInt8] = []
        put(compressedCookie, &bytes)
        put(UInt32(packed.count), &bytes)
        return Base64.encode(bytes + packed)
    }

    static func payload(_ histogram: HdrHistogram) -> [UInt8] {
        var counts: [UInt8] = []
        var next = 0
        for entry in histogram.counts {
            precondition(entry.index >= next && entry.count > 0, "counts are in order and above 0")
            if entry.index > next { putVariable(Int64(next - entry.index), &counts) }
            putVariable(entry.count, &counts)
            next = entry.index + 1
        }
        var bytes: [UInt8] = []
        put(payloadCookie, &bytes)
        put(UInt32(counts.count), &bytes)
        put(UInt32(0), &bytes)
        put(UInt32(histogram.significantDigits), &bytes)
        put(UInt64(histogram.lowest), &bytes)
        put(UInt64(histogram.highest), &bytes)
        put(histogram.ratio.bitPattern, &bytes)
        return bytes + counts
    }

    private static func put<Number: FixedWidthInteger>(_ number: Number, _ bytes: inout [UInt8]) {
        for place in stride(from: Number.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> Number(place)))
        }
    }

    /// Seven bits a byte, lowest first; a ninth byte holds the last eight.
    private static func putVariable(_ number: Int64, _ bytes: inout [UInt8]) {
        var rest = UInt64(bitPattern: number << 1 ^ number >> 63)
        for _ in 0..<8 {
            if rest < 0x80 { return bytes.append(UInt8(rest)) }
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func compress(_ bytes: [UInt8]) -> [UInt8] {
        var length = compressBound(UInt(bytes.count))
        return [UInt8](unsafeUninitializedCapacity: Int(length)) { room, count in
            let status = CZlib.compress2(
                room.baseAddress, &length, bytes, UInt(bytes.count), Z_DEFAULT_COMPRESSION)
            precondition(status == Z_OK, "zlib could not compress: out of memory")
            count = Int(length)
        }
    }

    // MARK: Reading

    public static func decode(_ text: some StringProtocol) throws(HdrHistogram.Problem) -> HdrHistogram {
        guard let bytes = Base64.decode(text) else { throw HdrHistogram.Problem("it is no base64") }
        guard let cookie = number(bytes, at: 0, UInt32.self), let length = number(bytes, at: 4, UInt32.self)
        else { throw HdrHistogram.Problem("it is cut off") }
        if cookie != compressedCookie {
            throw HdrHistogram.Problem("it is no compressed V2 histogram (cookie \(hex(cookie)))")
        }
        if Int(length) > bytes.count - 8 { throw HdrHistogram.Problem("it is cut off") }
        return try decode(payload: try decompress(Array(bytes[8..<8 + Int(length)])))
    }

    static func decode(payload: [UInt8]) throws(HdrHistogram.Problem) -> HdrHistogram {
        guard let cookie = number(payload, at: 0, UInt32.self),
            let length = number(payload, at: 4, UInt32.self),
            let offset = number(payload, at: 8, UInt32.self),
            let digits = number(payload, at: 12, UInt32.self),
            let lowest = number(payload, at: 16, UInt64.self),
            let highest = number(payload, at: 24, UInt64.self),
            let ratio = number(payload, at: 32, UInt64.self), Int(length) <= payload.count - headBytes
        else { throw HdrHistogram.Problem("its counts are cut off") }
        if cookie != payloadCookie {
            throw HdrHistogram.Problem("its payload is no V2 histogram (cookie \(hex(cookie)))")
        }
        if offset != 0 { throw HdrHistogram.Problem("its indices are shifted, which is not supported") }
        // 2^40 as the smallest value leaves room for every number of digits.
        guard (1...5).contains(digits), (1...1 << 40).contains(lowest), highest <= UInt64(Int64.max),
            highest / 2 >= lowest
        else { throw HdrHistogram.Problem("its range of values is impossible") }
        var histogram = HdrHistogram(
            significantDigits: Int(digits), lowest: Int64(lowest), highest: Int64(highest),
            ratio: Double(bitPattern: ratio))
        if !(histogram.ratio > 0 && histogram.ratio.isFinite) {
            throw HdrHistogram.Problem("its value ratio is \(histogram.ratio)")
        }
        try readCounts(payload[headBytes..<headBytes + Int(length)], into: &histogram)
        return histogram
    }

    private static func readCounts(
        _ bytes: ArraySlice<UInt8>, into histogram: inout HdrHistogram
    ) throws(HdrHistogram.Problem) {
        var at = bytes.startIndex
        var index = 0
        var total: Int64 = 0
        while at < bytes.endIndex {
            guard let number = variable(bytes, &at) else {
                throw HdrHistogram.Problem("its counts are cut off")
            }
            let places = number < 0 ? number.magnitude : 1
            if places > UInt64(histogram.indexEnd - index) {
                throw HdrHistogram.Problem("its counts go beyond its range of values")
            }
            if number > 0 {
                let (sum, isTooMuch) = total.addingReportingOverflow(number)
                if isTooMuch { throw HdrHistogram.Problem("its counts do not fit 63 bits") }
                total = sum
                histogram.counts.append(.init(index: index, count: number))
            }
            index += Int(places)
        }
    }

    private static func variable(_ bytes: ArraySlice<UInt8>, _ at: inout Int) -> Int64? {
        var bits: UInt64 = 0
        for place in 0..<9 {
            guard at < bytes.endIndex else { return nil }
            let byte = bytes[at]
            at += 1
            if place == 8 {
                bits |= UInt64(byte) << 56
                break
            }
            bits |= UInt64(byte & 0x7F) << UInt64(7 * place)
            if byte < 0x80 { break }
        }
        return Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1)
    }

    private static func decompress(_ bytes: [UInt8]) throws(HdrHistogram.Problem) -> [UInt8] {
        let decoder = ZlibDecoder(.zlib)
        var payload: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        var start = 0
        while true {
            let step = bytes.withUnsafeBytes { all in
                chunk.withUnsafeMutableBytes { room in
                    decoder.step(UnsafeRawBufferPointer(rebasing: all[start...]), into: room)
                }
            }
            start += step.consumed
            payload += chunk[..<step.produced]
            if payload.count > Limits.hdrPayloadBytesMax {
                throw HdrHistogram.Problem("it is larger than \(Limits.hdrPayloadBytesMax) bytes")
            }
            switch step.state {
            case .ended: return payload
            case .failed(let error): throw HdrHistogram.Problem("\(error)")
            case .running:
                if step.produced == 0, step.consumed == 0 { throw HdrHistogram.Problem("it is cut off") }
            }
        }
    }

    private static func number<Number: FixedWidthInteger>(
        _ bytes: [UInt8], at start: Int, _ type: Number.Type
    ) -> Number? {
        let size = Number.bitWidth / 8
        if bytes.count < start + size { return nil }
        return bytes[start..<start + size].reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    private static func hex(_ number: UInt32) -> String { "0x" + String(number, radix: 16) }
}
