// Every preset, scaled down: its thresholds hold on a healthy server, and break on a slow and on a failing
// one. All eighteen runs go at once, slowly, so that they do not disturb each other.

import ProcessSupport
import Testing

@Suite(.serialized) struct PresetTests {
    /// The flags that make a preset last a second; `--rps` keeps the closed loops from taking the machine.
    static let presets: [(name: String, flags: [String])] = [
        ("smoke", ["--vus", "3", "--rps", "50"]), ("load", ["--vus", "5", "--rps", "50"]),
        ("stress", ["--vus", "5", "--rps", "50"]), ("spike", ["--vus", "10", "--rps", "50"]),
        ("soak", ["--vus", "5", "--rps", "50"]), ("breakpoint", ["--rate", "50"]),
    ]

    @Test func everyPreset() throws {
        let target = try Target()
        // Longer than the largest p(95) any preset allows.
        let places = [("/", Int32(0)), ("/delay/2200", 99), ("/status/500", 99)]
        var runs: [(name: String, place: String, code: Int32, child: Child)] = []
        for preset in Self.presets {
            for (place, code) in places {
                let arguments =
                    ["run", "-q", "--preset", preset.name, "--duration", "1s"] + preset.flags + [
                        target.url + place
                    ]
                runs.append((preset.name, place, code, try Apus.start(arguments)))
            }
        }
        for run in runs {
            let end = try run.child.finish(within: 30)
            #expect(end.code == run.code, "\(run.name) on \(run.place): \(end.out)\(end.err)")
            #expect(end.out.contains("  █ THRESHOLDS"))
            let broken = run.place == "/delay/2200" ? "http_req_duration" : "http_req_failed"
            #expect(end.err.contains(broken) == (run.code == 99), "\(run.name) on \(run.place): \(end.err)")
        }
    }

    @Test func everyPresetIsListedAndTested() throws {
        let listed = try Apus.start(["presets"]).finish().out.split(separator: "\n").map {
            String($0.split(separator: " ")[0])
        }
        #expect(listed == Self.presets.map(\.name))
    }

    @Test func ownThresholdReplacesThePresets() throws {
        let target = try Target()
        let end = try Apus.run(
            "--preset", "smoke", "-d", "1s", "--rps", "50", "--threshold", "http_req_failed: rate==1",
            target.url + "/status/500")
        #expect(end.code == 0)
    }
}
