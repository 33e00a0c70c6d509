// The heap against a sorted list, and the order of equal deadlines.

import Base
import Testing

@Suite struct DeadlineHeapTests {
    @Test(arguments: [1, 2, 3, 99] as [UInt64])
    func comesOutSortedAndStable(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var heap = DeadlineHeap(capacity: 2)
        var expected: [(at: Int64, owner: UInt64)] = []
        for owner in 0..<1_000 {
            let at = Int64(random.below(50))
            heap.insert(at: Instant(ns: at), owner: UInt64(owner), generation: 0)
            expected.append((at, UInt64(owner)))
        }
        expected.sort { ($0.at, $0.owner) < ($1.at, $1.owner) }
        for entry in expected {
            let popped = heap.popDue(now: Instant(ns: 50))
            #expect(popped?.at.ns == entry.at)
            #expect(popped?.owner == entry.owner)
        }
        let left = heap.count
        #expect(left == 0)
    }

    @Test func keepsWhatIsNotDue() {
        var heap = DeadlineHeap()
        heap.insert(at: Instant(ns: 10), owner: 1, generation: 7)
        let early = heap.popDue(now: Instant(ns: 9))?.at
        let earliest = heap.earliest
        let due = heap.popDue(now: Instant(ns: 10))
        let again = heap.popDue(now: Instant(ns: 10))?.at
        #expect(early == nil)
        #expect(earliest == Instant(ns: 10))
        #expect(due?.generation == 7)
        #expect(again == nil)
    }
}
