// The life of VUs that begin as copies: in runs on one and two workers, when they are cut off while their
// neighbours go on, and what they leave behind. ExhaustionTests has those that run out of memory.

import Base
import Engine
import Glibc
import Metrics
import Plan
import Testing

@testable import Script

private let ms = Ns.perMillisecond

/// Init code with something in every kind of memory, and `kept` to tell whether it is there.
private let initCode = """
    import http from 'k6/http'
    import { check, sleep } from 'k6'
    import exec from 'k6/execution'
    import { Counter } from 'k6/metrics'
    import { SharedArray } from 'k6/data'
    const kept = Array.from({ length: 3000 }, (_, i) => ({ i, name: 'n' + i }))
    const long = 'ab'.repeat(40000), index = new Map(kept.map((k) => [k.name, k]))
    const counter = new Counter('own'), users = new SharedArray('users', () => [{ n: 1 }, { n: 2 }])
    const isKept = () => kept.length === 3000 && kept[2999].name === 'n2999' && long.length === 80000
        && index.get('n77').i === 77 && users[1].n === 2

    """

private func good(_ vus: Int64, ms duration: Int64) -> Scenario {
    Scenario(name: "good", executor: .constantVUs(vus: vus, durationNs: duration * ms), exec: "good")
}

private let goodCode = """

    export function good() {
        check(http.get('http://127.0.0.1:9/'), { kept: isKept, status: (r) => r.status === 200 })
        counter.add(1)
        sleep(0.002)
    }
    """

@Suite(.serialized, .enabled(if: !ScriptHeap.isSanitized)) struct ImageLifeTests {
    @Test(arguments: [1, 2]) func everyVUIsItself(workers: Int) throws {
        let run = try ScriptRun(
            initCode + """
                let iterations = 0
                export default () => {
                    iterations++
                    const isMe = exec.vu.idInInstance === __VU && exec.vu.idInTest === __VU
                    if (isKept() && isMe && iterations === __ITER + 1) console.log('vu ' + __VU + ' ' + __ITER)
                    kept[__ITER].own = __VU
                    if (kept.filter((k) => k.own).some((k) => k.own !== __VU)) console.log('mixed')
                }
                """,
            [
                Scenario(
                    name: "default",
                    executor: .perVUIterations(vus: 12, iterations: 20, maxDurationNs: 60_000 * ms))
            ],
            workers: workers, copies: true)
        #expect(run.madeImage)
        let expected = (1...12).flatMap { vu in (0..<20).map { "vu \(vu) \($0)" } }
        #expect(run.lines.sorted() == expected.sorted())
    }

    /// What init code says is said as often as without images, whether or not there could have been one.
    @Test(arguments: [
        ("console.log('loaded')", false), ("console.log('vu ' + __VU)", false), ("", true),
        ("const t = setTimeout(() => console.log('later'), 1)", false),
        ("const when = Date.now(); if (when < 0) console.log('never')", false),
    ])
    func initCodeIsHeardOncePerVU(code: String, hasImage: Bool) throws {
        func run(copies: Bool) throws -> ScriptRun {
            try ScriptRun(
                code + "\nexport default () => console.log('ran ' + __VU)",
                [
                    Scenario(
                        name: "default",
                        executor: .perVUIterations(vus: 6, iterations: 1, maxDurationNs: 60_000 * ms))
                ],
                copies: copies)
        }
        let (with, without) = (try run(copies: true), try run(copies: false))
        #expect(with.madeImage == hasImage && !without.madeImage)
        #expect(with.lines.sorted() == without.lines.sorted())
    }

    @Test func aCopyIsCutOff() throws {
        try expectAtSomeScale { scale in
            let run = try ScriptRun(
                initCode + goodCode
                    + "\nexport function bad() { if (isKept()) console.log('bad'); while (true) {} }",
                [
                    good(3, ms: 400 * scale),
                    Scenario(
                        name: "bad",
                        executor: .perVUIterations(vus: 2, iterations: 1, maxDurationNs: 200 * ms * scale),
                        gracefulStopNs: 0, exec: "bad"),
                ], copies: true)
            #expect(run.madeImage)
            #expect(run.count(Builtin.checks) == Double(run.completed) * 2)
            let isShown = run.lines == ["bad", "bad"] && run.interrupted == 2 && run.completed > 10
            return isShown ? nil : "\(run.lines) \(run.interrupted) \(run.completed)"
        }
    }

    /// What copies took goes back to the system, and others lie in the same place afterwards.
    @Test func copiesGiveTheirMemoryBack() throws {
        let world = try ImageWorld(
            initCode + "\nexport default () => { kept.push(...kept); return [isKept(), kept.length] }")
        #expect(world.misfit() == nil)
        guard case .made(let image) = world.loaded.shared.images.state else { return }
        let host = world.host()
        let before = host.heap.leftBytes
        var end: UnsafeMutableRawPointer?
        for _ in 0..<3 {
            let results = try world.results(Array(1...30), copies: true, on: host)
            #expect(results == [String](repeating: "[false,6000]", count: 30))
            host.heap.trim()
            // The rest are slabs that are being filled.
            #expect(before - host.heap.leftBytes < 2 << 20)
            #expect(host.heap.state.pointee.copies.isEmpty)
            let now = host.heap.state.pointee.unused
            if let end { #expect(now - end < image.byteCount) }
            end = now
        }
    }

    /// Without room for a copy a VU loads the script.
    @Test func withoutRoomThereIsNoCopy() throws {
        let world = try ImageWorld(initCode + "\nexport default () => isKept()")
        #expect(world.misfit() == nil)
        guard case .made(let image) = world.loaded.shared.images.state else { return }
        let host = world.host()
        // For one copy and half of another.
        let slabs = image.byteCount / ScriptHeap.slabBytes * 3 / 2
        host.heap.state.pointee.unused = host.heap.state.pointee.end - slabs * ScriptHeap.slabBytes
        var vms: [VM] = []
        for number in 1...3 {
            let vm = try host.makeVM(number: Int64(number), vu: nil, image: image)
            try vm.load()
            vms.append(vm)
        }
        #expect(vms.map(\.isCopy) == [true, false, false])
        for vm in vms {
            vm.free()
            host.forget(vm)
        }
    }

    @Test func distancesAreSuchAsTheComparisonNeeds() {
        let (shape, key): (UInt32, UInt64) = (0x9E37_0001, 0x61C8_8646_80B5_83EB)
        #expect(ImageRegion.distances.count >= 8)
        for distance in ImageRegion.distances {
            let low = UInt32(truncatingIfNeeded: distance)
            let signedLow = Int(Int32(bitPattern: low))
            let high = UInt32(truncatingIfNeeded: (distance - signedLow) >> 32)
            #expect(low &* shape &+ high == 0)
            for change in [distance, (distance - signedLow) - signedLow] {
                let moved = UInt64(bitPattern: Int64(change)) &* key
                #expect(moved >= 1 << 62 && moved <= 3 << 62)
            }
            #expect(distance % 8 == 0 && abs(signedLow) + ImageRegion.byteCount < 1 << 31)
        }
        #expect(ImageRegion.three() != nil)
    }
}
