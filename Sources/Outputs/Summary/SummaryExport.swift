// `--summary-export` of a script with handleSummary: made of the object that function was given, as it left
// it. Called by the CLI.

import Base

extension SummaryJSON {
    /// nil when the script made something else of the object: then the run's own numbers are exported.
    public static func export(data: JSONValue) -> String? {
        guard let data = data.members, let root = data["root_group"]?.members,
            let metrics = data["metrics"]?.members
        else { return nil }
        var json = JSONWriter(indentSpaces: 4)
        json.object { json in
            json.key("root_group")
            export(group: root, to: &json)
            json.key("metrics")
            json.object { json in
                for metric in metrics.members {
                    guard let parts = metric.value.members else { continue }
                    json.key(metric.name)
                    export(metric: parts, to: &json)
                }
            }
            if let setup = data["setup_data"] {
                json.key("setup_data")
                json.value(setup)
            }
        }
        return json.text
    }

    private static func export(group: JSONObject, to json: inout JSONWriter) {
        json.object { json in
            for name in ["name", "path", "id"] {
                json.key(name)
                json.value(group[name] ?? .null)
            }
            json.key("groups")
            json.object { json in
                for child in group["groups"]?.elements ?? [] {
                    guard let child = child.members else { continue }
                    json.key(child["name"]?.text ?? "")
                    export(group: child, to: &json)
                }
            }
            json.key("checks")
            json.object { json in
                for check in group["checks"]?.elements ?? [] {
                    json.key(check.members?["name"]?.text ?? "")
                    json.value(check)
                }
            }
        }
    }

    /// The values without the object around them; a rate's is called `value`, and a threshold's flag says
    /// whether it was crossed.
    private static func export(metric: JSONObject, to json: inout JSONWriter) {
        let isRate = metric["type"]?.text == "rate"
        json.object { json in
            for value in metric["values"]?.members?.members ?? [] {
                json.key(isRate && value.name == "rate" ? "value" : value.name)
                json.value(value.value)
            }
            guard let thresholds = metric["thresholds"]?.members else { return }
            json.key("thresholds")
            json.object { json in
                for threshold in thresholds.members {
                    json.key(threshold.name)
                    json.value(threshold.value.members?["ok"]?.boolean != true)
                }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag): self.value(flag)
        case .number(let text): raw(text)
        case .string(let text): self.value(text)
        case .array(let elements): array(elements) { $0.value($1) }
        case .object(let object):
            self.object { json in
                for member in object.members {
                    json.key(member.name)
                    json.value(member.value)
                }
            }
        }
    }
}
