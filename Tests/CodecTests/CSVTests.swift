// The reader of comma-separated values: records, and the errors real k6 v1.1.0 gave for the same texts.

import Codec
import Testing

@Suite struct CSVTests {
    private func read(_ text: String, delimiter: Character = ",") -> [[String]] {
        var reader = CSVReader(Array(text.utf8), delimiter: delimiter.asciiValue!)
        var records: [[String]] = []
        while let record = reader.next() {
            switch record {
            case .success(let fields): records.append(fields)
            case .failure(let problem): records.append(["!", problem.description])
            }
        }
        return records
    }

    @Test(arguments: [
        ("a,b,c\n1,2,3\n", [["a", "b", "c"], ["1", "2", "3"]]),
        ("", []),
        ("\n\r\n\n", []),
        ("a", [["a"]]),
        ("a,\n,b", [["a", ""], ["", "b"]]),
        ("a,b\r\n\r\n1,2\r", [["a", "b"], ["1", "2"]]),
        ("\"x \"\"y\"\"\",7\n\"m\r\nl\",\"\"", [["x \"y\"", "7"], ["m\nl", ""]]),
        (" 2 ,\t3", [[" 2 ", "\t3"]]),
        ("\u{FEFF}a,é", [["\u{FEFF}a", "é"]]),
    ])
    func records(text: String, expected: [[String]]) { #expect(read(text) == expected) }

    @Test func otherDelimiter() {
        #expect(
            read("a;b\r\n1;\"x;y\"\r\n\r\n 2 ; 3\n\"m\nl\";\"q\"\"q\"\n", delimiter: ";")
                == [["a", "b"], ["1", "x;y"], [" 2 ", " 3"], ["m\nl", "q\"q"]])
    }

    @Test(arguments: [
        (
            "a,b\n1,2,3\n4,5\n",
            [["a", "b"], ["!", "record on line 2: wrong number of fields"], ["4", "5"]]
        ),
        (
            "a\n1;\"x\n2",
            [["a"], ["!", "parse error on line 2, column 3: bare \" in non-quoted-field"], ["2"]]
        ),
        (
            "a,b\n1,\"x\n",
            [
                ["a", "b"],
                ["!", "parse error on line 2, column 6: extraneous or missing \" in quoted-field"],
            ]
        ),
        (
            "a,b\n1,\"x\"y\n",
            [
                ["a", "b"],
                ["!", "parse error on line 2, column 5: extraneous or missing \" in quoted-field"],
            ]
        ),
        (
            "a\n\"m\nl\";2\nz",
            [
                ["a"],
                [
                    "!",
                    "record on line 2; parse error on line 3, column 2: extraneous or missing \" in quoted-field",
                ], ["z"],
            ]
        ),
    ])
    func problems(text: String, expected: [[String]]) { #expect(read(text) == expected) }

    @Test func startsWhereTold() {
        var reader = CSVReader(Array("a,b\n1,2\n".utf8), from: 4)
        #expect(reader.next().map { $0.map { $0 == ["1", "2"] } } == .success(true))
    }
}
