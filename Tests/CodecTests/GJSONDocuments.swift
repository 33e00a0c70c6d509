// The documents of the gjson tests, and how a result is compared: as JSON with members sorted by name, since
// k6 gives them in no order.

import Base
import Codec

enum GJSONDocuments {
    static let people = #"""
        {"name": {"first": "Tom", "last": "Anderson"}, "age":37, "children": ["Sara","Alex","Jack"], "fav.movie": "Deer Hunter", "a*b":1,"axb":2,"a?c":3,"q\"t":4, "n":null,"t":true,"f":false,"":"empty","0":"zero","@this":"at","!x":9,"#":"hash","a|b":"pipe","u\u0041":"esc",
        "friends": [
        {"first": "Dale", "last": "Murphy", "age": 44, "nets": ["ig", "fb", "tw"]},
        {"first": "Roger", "last": "Craig", "age": 68, "nets": ["fb", "tw"], "ok": true},
        {"first": "Jane", "last": "Murphy", "age": 47, "nets": ["ig", "tw"], "ok": false, "nul": null}
        ], "str":"he said \"hi\" \u00e9\n", "num":-1.5e3, "big":12345678901234567890, "deep":{"a":{"b":[[1,[2,[3]]],[4],[],5]}},"json":"{\"x\":[1,2]}","dup":1,"dup":2,"éa":"uni"}
        """#

    static let mixed = #"""
        [1, 2.5, "three", null, true, false, [1,2,3], {"a":1,"b":{"c":"d"}}, {"a":2,"b":{"c":"e"}}, {"a":"2"}, [], {}, "", "true", "0", "T", "F","{\"a\":1}"]
        """#

    static let values = #"""
        {"vals":[{"id":1,"v":"1"},{"id":2,"v":"true"},{"id":3,"v":"false"},{"id":4,"v":0},{"id":5,"v":1},{"id":6,"v":null},{"id":7},{"id":8,"v":true},{"id":9,"v":false},{"id":10,"v":""},{"id":11,"v":"t"},{"id":12,"v":{"x":1}},{"id":13,"v":"abc"},{"id":14,"v":"F"}],"cols":{"id":[1,2,3],"name":["a","b"],"z":5},"objs":[{"a":1,"b":2},{"b":3,"c":4},5]}
        """#

    static let nested = #"""
        [ [ [ 1 , 2 ] , [ 3 ] ] , { "k" : [ { "x" : 1 } , { "x" : 2 , "y" : [ { "x" : 3 } ] } ] } ]
        """#

    /// Lines of `path → expected`.
    static func cases(_ table: String) -> [(String, String)] {
        table.split(separator: "\n").map { line in
            let parts = line.split(separator: " →", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), String(parts[1].drop { $0 == " " }))
        }
    }

    static func isFound(_ path: String, in document: String) -> Bool {
        Array(document.utf8).withUnsafeBufferPointer { GJSON.find(path, in: $0) } != nil
    }

    /// What `path` finds, as text; empty when it finds nothing.
    static func find(_ path: String, in document: String) -> String {
        let value = Array(document.utf8).withUnsafeBufferPointer { GJSON.find(path, in: $0) }
        switch value {
        case nil: return ""
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .number(let value): return NumberText.shortest(value)
        case .string(let bytes): return GoText.quoted(String(decoding: bytes, as: UTF8.self))
        case .document(let bytes): return sorted(String(decoding: bytes, as: UTF8.self))
        }
    }

    /// JSON with members sorted by name, the first of two with the same name kept, as gjson does.
    static func sorted(_ text: String) -> String {
        do {
            return canonical(try JSONValue.parse(text))
        } catch {
            return "not JSON: \(text)"
        }
    }

    private static func canonical(_ value: JSONValue) -> String {
        switch value {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .number(let text): return NumberText.shortest(Double(text) ?? .nan)
        case .string(let text): return GoText.quoted(text)
        case .array(let values): return "[" + values.map(canonical).joined(separator: ",") + "]"
        case .object(let object):
            var members: [String: String] = [:]
            for member in object.members where members[member.name] == nil {
                members[member.name] = canonical(member.value)
            }
            let parts = members.sorted { $0.key < $1.key }.map { "\(GoText.quoted($0.key)):\($0.value)" }
            return "{" + parts.joined(separator: ",") + "}"
        }
    }
}
