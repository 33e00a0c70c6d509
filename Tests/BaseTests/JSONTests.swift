// The JSON reader: what it keeps of a document, and what it refuses.

import Base
import Testing

@Suite struct JSONTests {
    @Test(
        arguments: [
            ("null", .null), (" true ", .bool(true)), ("false", .bool(false)), ("0", .number("0")),
            ("-0", .number("-0")),
            ("1e1", .number("1e1")), ("-1.50E+3", .number("-1.50E+3")),
            ("9223372036854775808", .number("9223372036854775808")),
            ("\"\"", .string("")), (#""a\"\\\/\b\f\n\r\té""#, .string("a\"\\/\u{8}\u{C}\n\r\té")),
            (#""\u00e9\u20AC""#, .string("é€")), (#""\ud83d\ude00""#, .string("😀")),
            (#""\ud83dx""#, .string("\u{FFFD}x")),
            (#""\ude00""#, .string("\u{FFFD}")), (#""\ud83d\u0041""#, .string("\u{FFFD}A")),
            ("[]", .array([])),
            ("[ 1 , [2] ]", .array([.number("1"), .array([.number("2")])])), ("{}", .object(JSONObject())),
            (
                "{\"b\":1,\"a\":null}\n",
                .object(JSONObject([.init(name: "b", value: .number("1")), .init(name: "a", value: .null)]))
            ),
        ] as [(String, JSONValue)])
    func reads(text: String, value: JSONValue) throws { #expect(try JSONValue.parse(text) == value) }

    @Test(arguments: [
        "", " ", "nul", "tru", "True", "NaN", "+1", "01", "-", "1.", ".5", "1e", "1e+", "0x10", "'a'", "\"a",
        "\"\\x\"",
        "\"\\u12\"", "\"\\u12G4\"", "\"\n\"", "[1,]", "[1 2]", "[", "{", "{a:1}", "{\"a\"}", "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\":1", "1 2", "{} x", "[1],",
    ])
    func refuses(text: String) { #expect(throws: JSONValue.ParseError.self) { try JSONValue.parse(text) } }

    @Test func refusesBytesThatAreNotUTF8() {
        #expect(throws: JSONValue.ParseError.self) { try JSONValue.parse([0x22, 0xFF, 0x22]) }
    }

    @Test func saysWhere() {
        #expect(throws: JSONValue.ParseError.self) { try JSONValue.parse("{\n  \"a\": 1,\n  b: 2}") }
        do { _ = try JSONValue.parse("{\n  \"a\": 1,\n  b: 2}") } catch {
            #expect(error.description == "a member's name in double quotes should be here (line 3, column 3)")
        }
    }

    @Test func boundsDepth() throws {
        let deep = Limits.jsonDepthMax
        _ = try JSONValue.parse(String(repeating: "[", count: deep) + String(repeating: "]", count: deep))
        let deeper = String(repeating: "[", count: deep + 1) + String(repeating: "]", count: deep + 1)
        #expect(throws: JSONValue.ParseError.self) { try JSONValue.parse(deeper) }
    }

    @Test func keepsOrderAndTakesTheLastOfTwins() throws {
        let object = try #require(try JSONValue.parse(#"{"z":1,"a":2,"z":3}"#).members)
        #expect(object.members.map(\.name) == ["z", "a", "z"])
        #expect(object["z"] == .number("3"))
        #expect(object["q"] == nil)
    }

    @Test func tellsWholeNumbers() throws {
        #expect(try JSONValue.parse("10").int64 == 10)
        #expect(try JSONValue.parse("1e1").int64 == nil)
        #expect(try JSONValue.parse("1.0").int64 == nil)
        #expect(try JSONValue.parse("1e1").double == 10)
        #expect(try JSONValue.parse("9223372036854775808").int64 == nil)
    }

    /// Any prefix of a document is refused or is a document itself; nothing traps.
    @Test func survivesEveryCut() {
        let text = #"{"a":[1,-2.5e3,true,null,"x\u00e9\ud83d\ude00"],"b":{"c":{}}}"#
        let bytes = Array(text.utf8)
        for length in 0..<bytes.count {
            #expect(throws: JSONValue.ParseError.self) { try JSONValue.parse(bytes.prefix(length)) }
        }
        for index in bytes.indices {
            for byte: UInt8 in [0, 0x22, 0x2C, 0x5C, 0x7B, 0xC3, 0xFF] {
                var mutated = bytes
                mutated[index] = byte
                do { _ = try JSONValue.parse(mutated) } catch { #expect(!error.description.isEmpty) }
            }
        }
    }
}
