// Whether a text is JSON to Go, and what k6's error says when it is not. Every message is real k6 v1.1.0's
// for `res.json()` of the same body.

import Base
import Codec
import Testing

@Suite struct GoJSONTests {
    private static let place = "cannot parse json due to an error at line "

    /// Bodies with line, character and message.
    private static let cases: [(String, Int, Int, String)] = [
        ("", 1, 0, "unexpected end of JSON input"),
        (" ", 1, 1, "unexpected end of JSON input"),
        ("x", 1, 1, "invalid character 'x' looking for beginning of value"),
        ("{", 1, 1, "unexpected end of JSON input"),
        ("[", 1, 1, "unexpected end of JSON input"),
        ("{\"a\"", 1, 4, "unexpected end of JSON input"),
        ("{\"a\":", 1, 5, "unexpected end of JSON input"),
        ("{\"a\":1", 1, 6, "unexpected end of JSON input"),
        ("{\"a\":1,", 1, 7, "unexpected end of JSON input"),
        ("{\"a\":1,}", 1, 8, "invalid character '}' looking for beginning of object key string"),
        ("[1,]", 1, 4, "invalid character ']' looking for beginning of value"),
        ("[1 2]", 1, 5, "invalid character '2' after array element"),
        ("{\"a\" 1}", 1, 7, "invalid character '1' after object key"),
        ("{a:1}", 1, 3, "invalid character 'a' looking for beginning of object key string"),
        ("{'a':1}", 1, 3, "invalid character '\\'' looking for beginning of object key string"),
        ("'", 1, 1, "invalid character '\\'' looking for beginning of value"),
        ("tru", 1, 3, "invalid character ' ' in literal true (expecting 'e')"),
        ("trux", 1, 4, "invalid character 'x' in literal true (expecting 'e')"),
        ("nul", 1, 3, "invalid character ' ' in literal null (expecting 'l')"),
        ("falsy", 1, 5, "invalid character 'y' in literal false (expecting 'e')"),
        ("\"abc", 1, 4, "unexpected end of JSON input"),
        ("\"a\\x\"", 1, 5, "invalid character 'x' in string escape code"),
        ("\"a\\u12g4\"", 1, 8, "invalid character 'g' in \\u hexadecimal character escape"),
        ("\"a\nb\"", 2, 2, "invalid character '\\n' in string literal"),
        ("\"a\tb\"", 1, 4, "invalid character '\\t' in string literal"),
        ("01", 1, 2, "invalid character '1' after top-level value"),
        ("-", 1, 1, "invalid character ' ' in numeric literal"),
        ("-a", 1, 2, "invalid character 'a' in numeric literal"),
        ("1.", 1, 2, "invalid character ' ' after decimal point in numeric literal"),
        ("1.x", 1, 3, "invalid character 'x' after decimal point in numeric literal"),
        ("1e", 1, 2, "invalid character ' ' in exponent of numeric literal"),
        ("1e+", 1, 3, "invalid character ' ' in exponent of numeric literal"),
        ("1ex", 1, 3, "invalid character 'x' in exponent of numeric literal"),
        ("1.5e5.5", 1, 7, "invalid character '.' after top-level value"),
        ("{} x", 1, 4, "invalid character 'x' after top-level value"),
        ("[] ]", 1, 4, "invalid character ']' after top-level value"),
        ("1 2", 1, 3, "invalid character '2' after top-level value"),
        ("<html>\n<body>", 1, 2, "invalid character '<' looking for beginning of value"),
        ("\u{FEFF}{}", 1, 3, "invalid character 'ï' looking for beginning of value"),
        ("\u{1}", 1, 1, "invalid character '\\x01' looking for beginning of value"),
        ("\u{7F}", 1, 1, "invalid character '\\x7f' looking for beginning of value"),
        ("{\"a\":\n1,\n\"b\" 2}", 3, 7, "invalid character '2' after object key"),
        ("\n\n\n  x", 4, 4, "invalid character 'x' looking for beginning of value"),
        ("[-1e400, x]", 1, 11, "invalid character 'x' looking for beginning of value"),
        ("{\"éé\":x}", 1, 8, "invalid character 'x' looking for beginning of value"),
        ("{\"中\":\n\"中\" x}", 2, 7, "invalid character 'x' after object key:value pair"),
        ("[é]", 1, 3, "invalid character 'Ã' looking for beginning of value"),
        ("[\"é\",😀]", 1, 7, "invalid character 'ð' looking for beginning of value"),
        ("\"\\", 1, 2, "invalid character ' ' in string escape code"),
        ("\"\\u", 1, 3, "invalid character ' ' in \\u hexadecimal character escape"),
        ("\"\\u12", 1, 5, "invalid character ' ' in \\u hexadecimal character escape"),
        ("nope", 1, 3, "invalid character 'o' in literal null (expecting 'u')"),
        ("NaN", 1, 2, "invalid character 'N' looking for beginning of value"),
        ("Infinity", 1, 2, "invalid character 'I' looking for beginning of value"),
        ("+1", 1, 2, "invalid character '+' looking for beginning of value"),
        (".5", 1, 2, "invalid character '.' looking for beginning of value"),
        ("0x10", 1, 3, "invalid character 'x' after top-level value"),
        ("undefined", 1, 2, "invalid character 'u' looking for beginning of value"),
        ("{\"a\":1}\n{\"b\":2}", 2, 3, "invalid character '{' after top-level value"),
        ("{\"a\":\"\\\"}", 1, 9, "unexpected end of JSON input"),
        ("{\"a\":[1,2,{\"b\":tru}]}", 1, 20, "invalid character '}' in literal true (expecting 'e')"),
        ("{\"a\":\"b\"\r\n\"c\":1}", 2, 3, "invalid character '\"' after object key:value pair"),
        ("\\", 1, 1, "invalid character '\\\\' looking for beginning of value"),
        ("\"", 1, 1, "unexpected end of JSON input"),
        ("\u{A0}", 1, 1, "invalid character 'Â' looking for beginning of value"),
    ]

    @Test(arguments: cases)
    func problems(text: String, line: Int, character: Int, message: String) {
        let expected = "\(Self.place)\(line), character \(character) , error: \(message)"
        #expect(Array(text.utf8).withUnsafeBufferPointer { GoJSON.k6Error($0) } == expected)
    }

    /// Bytes that are no UTF-8 are named by their Latin-1 characters.
    @Test(arguments: [
        ([233] as [UInt8], 1, 1, "invalid character 'é' looking for beginning of value"),
        ([133] as [UInt8], 1, 1, "invalid character '\\u0085' looking for beginning of value"),
        ([255] as [UInt8], 1, 1, "invalid character 'ÿ' looking for beginning of value"),
        ([34, 255, 254, 34, 32, 120] as [UInt8], 1, 6, "invalid character 'x' after top-level value"),
        ([173] as [UInt8], 1, 1, "invalid character '\\u00ad' looking for beginning of value"),
    ])
    func problemsInOtherEncodings(bytes: [UInt8], line: Int, character: Int, message: String) {
        let expected = "\(Self.place)\(line), character \(character) , error: \(message)"
        #expect(bytes.withUnsafeBufferPointer { GoJSON.k6Error($0) } == expected)
    }

    @Test(arguments: [
        #"{"a": [1, -2.5e+3, true, null, "x\u00e9\n"], "b": {}}"#, "[]", " 0 ", "\"\\uD800\"", "\"\u{7F}\"",
        "-0.0E1",
    ])
    func valid(text: String) {
        #expect(Array(text.utf8).withUnsafeBufferPointer { GoJSON.k6Error($0) } == nil)
    }

    /// The fast pass and the one that finds out what is wrong say the same of texts with faults.
    @Test func validatorsAgree() {
        let good = Array(
            #"{"a": [1, -2.5e+3, 0.1, true, false, null, "x\u00e9\n\\\""], "b": {"c": {}, "": []}}"#.utf8)
        let bytes = Array("{}[]\",:0123456789eE+-.tfnu\\ \n\t\u{1}x".utf8)
        var random = SeededRandom(seed: 11)
        var invalidCount = 0
        for _ in 0..<20_000 {
            var text = good
            for _ in 0...(random.next() % 3) where !text.isEmpty {
                let place = Int(random.next() % UInt64(text.count))
                switch random.next() % 4 {
                case 0: text.remove(at: place)
                case 1: text.insert(bytes[Int(random.next() % UInt64(bytes.count))], at: place)
                case 2: text[place] = bytes[Int(random.next() % UInt64(bytes.count))]
                default: text = Array(text[...place])
                }
            }
            let (isValid, problem) = text.withUnsafeBufferPointer { (GoJSON.isValid($0), GoJSON.problem($0)) }
            if problem != nil { invalidCount += 1 }
            #expect(isValid == (problem == nil), "\(String(decoding: text, as: UTF8.self))")
        }
        #expect((1_000..<20_000).contains(invalidCount))
    }

    @Test func depth() {
        let deepest = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
        #expect(Array(deepest.utf8).withUnsafeBufferPointer { GoJSON.isValid($0) })
        let deeper = Array(("[" + deepest + "]").utf8).withUnsafeBufferPointer { GoJSON.k6Error($0) }
        #expect(deeper == "\(Self.place)1, character 10002 , error: invalid character '[' exceeded max depth")
    }

    @Test(arguments: ["1e400", "[1, -1e999]", "{\"a\":1" + String(repeating: "0", count: 400) + "}"])
    func outOfRange(text: String) throws {
        let message = try #require(Array(text.utf8).withUnsafeBufferPointer { GoJSON.k6Error($0) })
        #expect(message.hasPrefix("json: cannot unmarshal number "))
        #expect(message.hasSuffix(" into Go value of type float64"))
    }
}
