// `--summary-export` of what handleSummary left of its data: of data nobody touched it is the same as
// without.

import Base
import Testing

@testable import Outputs

@Suite struct SummaryExportTests {
    private let input = SummaryInput(
        metrics: [
            SummaryMetric(
                name: "my_rate", kind: .rate, values: ["rate": 0.25, "passes": 1, "fails": 3],
                thresholds: [
                    SummaryThreshold(source: "rate>0.5", ok: false),
                    SummaryThreshold(source: "rate<0.6", ok: true),
                ]),
            SummaryMetric(name: "hits", kind: .counter, values: ["count": 4, "rate": 1.5]),
            SummaryMetric(
                name: "time", kind: .trend, contains: .time,
                values: ["avg": 1.5, "min": 1, "med": 1.5, "max": 2, "p(90)": 1.9, "p(95)": 1.95]),
        ],
        rootGroup: SummaryGroup(
            name: "", path: "", id: "1",
            groups: [
                SummaryGroup(
                    name: "in \"it\"", path: "::in \"it\"", id: "2", groups: [],
                    checks: [
                        SummaryCheck(name: "ok", path: "::in \"it\"::ok", id: "3", passes: 2, fails: 1)
                    ])
            ], checks: []),
        durationNs: Ns.perSecond, setupDataJSON: "{\"a\":[1,null,true,\"x\"]}", options: SummaryOptions())

    private func value(_ text: String) throws -> JSONValue { try JSONValue.parse(text) }

    @Test func untouchedDataAreExportedAlike() throws {
        let text = try #require(SummaryJSON.export(data: try value(SummaryJSON.handleSummaryData(input))))
        #expect(try Self.sorted(value(text)) == Self.sorted(value(SummaryJSON.export(input))))
    }

    @Test func changesShow() throws {
        let data = """
            {"root_group": {"name": "", "path": "", "id": "1", "groups": [], "checks": [{"name": "new", "passes": 7}]},
             "metrics": {"own": {"type": "counter", "values": {"count": 5}, "thresholds": {"count>1": {"ok": true}}},
                         "r": {"type": "rate", "values": {"rate": 0.5}}, "odd": 5}}
            """
        let expected = """
            {"root_group": {"name": "", "path": "", "id": "1", "groups": {}, "checks": {"new": {"name": "new", "passes": 7}}},
             "metrics": {"own": {"count": 5, "thresholds": {"count>1": false}}, "r": {"value": 0.5}}}
            """
        let text = try #require(SummaryJSON.export(data: try value(data)))
        #expect(try value(text) == value(expected))
    }

    @Test(arguments: [
        "{}", "[]", "5", "{\"metrics\": {}, \"root_group\": 1}", "{\"metrics\": [], \"root_group\": {}}",
    ])
    func whatIsNoSummaryAnyMoreIsNotExported(_ data: String) throws {
        #expect(SummaryJSON.export(data: try value(data)) == nil)
    }

    /// Members by name.
    private static func sorted(_ value: JSONValue) -> JSONValue {
        guard case .object(let object) = value else { return value }
        return .object(
            JSONObject(
                object.members.sorted { $0.name < $1.name }.map {
                    JSONObject.Member(name: $0.name, value: sorted($0.value))
                }))
    }
}
