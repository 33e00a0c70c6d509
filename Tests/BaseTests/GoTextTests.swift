// Numbers and quoting as Go has them; the number tables are what real k6 accepted and refused as threshold
// bounds.

import Base
import Testing

@Suite struct GoTextTests {
    @Test(arguments: [
        ("1", 1.0), ("1_000", 1000), ("-1", -1), ("+1", 1), (".5", 0.5), ("5.", 5), ("1e3", 1000),
        ("1e+3", 1000),
        ("1E-3", 0.001), ("1e1_0", 1e10), ("0x1p4", 16), ("0X1P3", 8), ("0x_1p4", 16), ("0x.8p1", 1),
        ("0x1.p3", 8),
        ("0x1p-2", 0.25), ("0_1", 1), ("inf", .infinity), ("+Inf", .infinity), ("-inf", -.infinity),
        ("INFINITY", .infinity), ("1e-5000", 0), ("2.5", 2.5), ("007", 7),
    ])
    func readsNumbers(text: String, wanted: Double) throws {
        #expect(try GoText.parseFloat(text) == wanted)
    }

    @Test func readsNaN() throws { #expect(try GoText.parseFloat("NaN").isNaN) }

    @Test(arguments: [
        "", " 1", "1 ", "1_", "_1", "1__0", "1_.5", "1._5", "1e_5", "1e", "0x10", "0x", "0x1p", "0x1_p4",
        "0_x1p3",
        ".", "-.", "e5", "+nan", "-NaN", "1.2.3", "--1", "0b1", "0o7", "1ms", "infinit", "1,", "١", "1e5e5",
        "0xp1",
        "1p4", "+", "1\n",
    ])
    func refusesOtherText(text: String) {
        #expect(throws: GoText.NumberError.syntax(text)) { try GoText.parseFloat(text) }
    }

    @Test(arguments: ["1e400", "-1e5000", "0x1p2000"])
    func refusesWhatIsTooLarge(text: String) {
        #expect(throws: GoText.NumberError.range(text)) { try GoText.parseFloat(text) }
    }

    @Test(arguments: [
        ("", "\"\""), ("a\"b\\c", "\"a\\\"b\\\\c\""), ("\t\n\r", "\"\\t\\n\\r\""),
        ("1é\u{1}😀", "\"1é\\x01😀\""),
        ("\u{a0}", "\"\\u00a0\""), ("\u{7f}", "\"\\x7f\""), ("a b", "\"a b\""),
        ("\u{e0001}", "\"\\U000e0001\""),
    ])
    func quotes(text: String, wanted: String) {
        #expect(GoText.quoted(text) == wanted)
    }

    @Test(arguments: [("  a b\t", "a b"), ("\u{a0}x\n", "x"), ("", ""), (" \t ", "")])
    func trims(text: String, wanted: String) {
        #expect(GoText.trimmed(text) == wanted)
    }
}
