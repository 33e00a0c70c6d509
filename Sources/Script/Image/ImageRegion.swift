// Where the three templates of an image lie, and why there. Made by ImageBuilder.

import Glibc

/// Address space of one template; gone with the last reference.
final class ImageRegion {
    /// Where the template's memory begins.
    let base: UnsafeMutableRawPointer
    let byteCount: Int
    private let mapping: UnsafeMutableRawPointer
    private let mappingBytes: Int

    /// Far more than any script's init code has made.
    static let byteCount = 64 << 20
    private static let pageBytes = 4096

    /// - Parameter address: where exactly it is to begin, a multiple of 8.
    private init?(at address: UInt) {
        let page = address & ~UInt(Self.pageBytes - 1)
        let bytes = Self.byteCount + Self.pageBytes
        let wanted = UnsafeMutableRawPointer(bitPattern: page)
        let mapped = mmap(
            wanted, bytes, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0)
        guard let mapped, mapped != MAP_FAILED else { return nil }
        // A kernel that does not know the flag maps somewhere else.
        guard mapped == wanted else {
            munmap(mapped, bytes)
            return nil
        }
        mapping = mapped
        mappingBytes = bytes
        base = mapped + Int(address - page)
        byteCount = Self.byteCount
    }

    deinit { munmap(mapping, mappingBytes) }

    /// Nothing is written there any more.
    func protect() { mprotect(mapping, mappingBytes, PROT_READ) }

    // MARK: - three of them

    /// Comparing three engines shows which of their words are pointers and which are data, if the addresses
    /// are chosen well: whatever an engine makes of an address, except by adding to it, must come out
    /// differently in at least one of them, so that it is found; but one thing must come out alike in all.
    ///
    /// Alike: the engine keeps a number made of a prototype's address with each shape (its description of
    /// objects that look alike): h = ((1 + low) * K + high) * K of the two halves. It looks shapes up by
    /// the number it keeps, so that a copy may keep the original's; a lookup that begins with a prototype
    /// misses them and makes a new shape. The number stays if the halves are moved by lowStep and highStep
    /// with lowStep * K + highStep = 0 mod 2^32, and neither overflows.
    ///
    /// Differently: collections find keys that are objects or symbols by the upper bits of address * M mod
    /// 2^64, with a tag XORed into the lower half. A copy must not have such keys. If an address moves by D
    /// and the product by c = D * M, every table of four or more places shows it as long as c lies between
    /// 2^62 and 3 * 2^62. A table of two places can hide it in one direction, but not in both: hence an
    /// engine on either side, D above and D below. (Older releases take the lower bits of a product. D is a
    /// multiple of 8, copies are moved by multiples of a page: a table so small that D does not show in it
    /// is right in a copy.)
    ///
    /// An engine that does something else with addresses differs in some word, and then there is no image.
    struct Three {
        var middle: ImageRegion
        var above: ImageRegion
        var below: ImageRegion
        /// From `below` to `middle`, and from there to `above`.
        var distance: Int
    }

    private static let shapeFactor: UInt32 = 0x9E37_0001
    private static let keyFactor: UInt64 = 0x61C8_8646_80B5_83EB

    /// Distances that fulfil what is said above, shortest first.
    static let distances: [Int] = {
        // The inverse modulo 2^32, by Newton's iteration: each step doubles the number of right bits.
        var inverse: UInt32 = 1
        for _ in 0..<5 { inverse = inverse &* (2 &- shapeFactor &* inverse) }
        return (1...128).compactMap { step in
            let high = UInt32(step * 8)
            let low = Int(Int32(bitPattern: 0 &- high &* inverse))
            // The middle begins in the middle of the lower half's range.
            guard abs(low) + byteCount + pageBytes < 1 << 31 else { return nil }
            func shows(_ distance: Int) -> Bool {
                let change = UInt64(bitPattern: Int64(distance)) &* keyFactor
                return change >= 1 << 62 && change <= 3 << 62
            }
            // With all bits of the lower half turned round by the tag, it moves the other way.
            let distance = Int(high) << 32 + low
            return shows(distance) && shows(Int(high) << 32 - low) ? distance : nil
        }
    }()

    /// nil: no such addresses are free.
    static func three() -> Three? {
        // Somewhere below what the system itself would choose.
        let probe = mmap(
            nil, pageBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let probe, probe != MAP_FAILED else { return nil }
        munmap(probe, pageBytes)
        let anchor = Int(bitPattern: probe)
        for distance in distances.prefix(8) {
            for attempt in 1...8 {
                let near = anchor - distance - attempt << 34
                let middle = near & ~(1 << 32 - 1) | 1 << 31
                guard middle - distance > 1 << 32, let first = ImageRegion(at: UInt(middle)),
                    let above = ImageRegion(at: UInt(middle + distance)),
                    let below = ImageRegion(at: UInt(middle - distance))
                else { continue }
                return Three(middle: first, above: above, below: below, distance: distance)
            }
        }
        return nil
    }
}
