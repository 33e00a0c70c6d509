// Members that accept certain words or numbers only. The results are what the binary of k6 v1.1.0 printed.

import HTML
import Testing

@Suite struct ElementChoiceTests {
    /// "tag.member attribute", then the attribute's values with the member's results.
    static let choices: [(String, [(String, String)])] = [
        (
            "button.formEnctype formenctype",
            [
                ("multipart/form-data", "string:\"multipart/form-data\""),
                ("text/plain", "string:\"text/plain\""),
                ("MULTIPART/FORM-DATA", "string:\"application/x-www-form-urlencoded\""),
            ]
        ),
        (
            "button.formMethod formmethod",
            [
                ("post", "string:\"post\""),
                ("POST", "string:\"post\""),
                ("get", "string:\"get\""),
                ("put", "string:\"get\""),
            ]
        ),
        (
            "button.type type",
            [
                ("submit", "string:\"submit\""),
                ("reset", "string:\"reset\""),
                ("button", "string:\"button\""),
                ("menu", "string:\"menu\""),
                ("BUTTON", "string:\"submit\""),
            ]
        ),
        (
            "form.autocomplete autocomplete",
            [
                ("on", "string:\"on\""),
                ("off", "string:\"off\""),
                ("OFF", "string:\"on\""),
            ]
        ),
        (
            "form.encoding enctype",
            [
                ("multipart/form-data", "string:\"multipart/form-data\""),
                ("text/plain", "string:\"text/plain\""),
            ]
        ),
        (
            "form.enctype enctype",
            [
                ("multipart/form-data", "string:\"multipart/form-data\""),
                ("text/plain", "string:\"text/plain\""),
                ("TEXT/PLAIN", "string:\"application/x-www-form-urlencoded\""),
            ]
        ),
        (
            "form.method method",
            [
                ("post", "string:\"post\""),
                ("POST", "string:\"get\""),
                ("get", "string:\"get\""),
                ("put", "string:\"get\""),
                ("dialog", "string:\"get\""),
            ]
        ),
        (
            "input.type type",
            [
                ("button", "string:\"button\""),
                ("checkbox", "string:\"checkbox\""),
                ("color", "string:\"color\""),
                ("date", "string:\"date\""),
                ("datetime", "string:\"text\""),
                ("datetime-local", "string:\"datetime-local\""),
                ("email", "string:\"email\""),
                ("file", "string:\"file\""),
                ("hidden", "string:\"hidden\""),
                ("image", "string:\"image\""),
                ("month", "string:\"month\""),
                ("number", "string:\"number\""),
                ("password", "string:\"password\""),
                ("radio", "string:\"radio\""),
                ("range", "string:\"range\""),
                ("reset", "string:\"reset\""),
                ("search", "string:\"search\""),
                ("submit", "string:\"submit\""),
                ("tel", "string:\"tel\""),
                ("text", "string:\"text\""),
                ("time", "string:\"time\""),
                ("url", "string:\"url\""),
                ("week", "string:\"week\""),
                ("CHECKBOX", "string:\"text\""),
                ("foo", "string:\"text\""),
            ]
        ),
        (
            "input.autocomplete autocomplete",
            [
                ("on", "string:\"on\""),
                ("off", "string:\"off\""),
                ("name", "string:\"on\""),
            ]
        ),
        (
            "input.formMethod formmethod",
            [
                ("post", "string:\"post\"")
            ]
        ),
        (
            "input.formEnctype formenctype",
            [
                ("text/plain", "string:\"text/plain\"")
            ]
        ),
        (
            "audio.preload preload",
            [
                ("none", "string:\"none\""),
                ("metadata", "string:\"metadata\""),
                ("auto", "string:\"auto\""),
                ("x", "string:\"auto\""),
            ]
        ),
        (
            "audio.crossOrigin crossorigin",
            [
                ("anonymous", "string:\"anonymous\""),
                ("use-credentials", "string:\"use-credentials\""),
                ("ANONYMOUS", "undefined"),
            ]
        ),
        (
            "img.crossOrigin crossorigin",
            [
                ("anonymous", "string:\"anonymous\""),
                ("use-credentials", "string:\"use-credentials\""),
                ("x", "undefined"),
            ]
        ),
        (
            "link.crossOrigin crossorigin",
            [
                ("anonymous", "string:\"anonymous\""),
                ("use-credentials", "string:\"use-credentials\""),
            ]
        ),
        (
            "script.crossOrigin crossorigin",
            [
                ("anonymous", "string:\"anonymous\""),
                ("x", "string:\"x\""),
            ]
        ),
        (
            "a.referrerPolicy referrerpolicy",
            [
                ("no-referrer", "string:\"no-referrer\""),
                ("no-referrer-when-downgrade", "string:\"no-referrer-when-downgrade\""),
                ("origin", "string:\"origin\""),
                ("origin-when-cross-origin", "string:\"origin-when-cross-origin\""),
                ("unsafe-url", "string:\"unsafe-url\""),
                ("same-origin", "string:\"\""),
                ("strict-origin", "string:\"\""),
            ]
        ),
        (
            "img.referrerPolicy referrerpolicy",
            [
                ("unsafe-url", "string:\"unsafe-url\""),
                ("same-origin", "string:\"\""),
            ]
        ),
        (
            "iframe.referrerPolicy referrerpolicy",
            [
                ("origin", "string:\"origin\""),
                ("same-origin", "string:\"\""),
            ]
        ),
        (
            "link.referrerPolicy referrerpolicy",
            [
                ("no-referrer", "string:\"no-referrer\""),
                ("same-origin", "string:\"\""),
            ]
        ),
        (
            "keygen.keytype keytype",
            [
                ("DSA", "string:\"DSA\""),
                ("EC", "string:\"EC\""),
                ("RSA", "string:\"RSA\""),
                ("dsa", "string:\"RSA\""),
            ]
        ),
        (
            "li.type type",
            [
                ("1", "string:\"1\""),
                ("a", "string:\"a\""),
                ("A", "string:\"A\""),
                ("i", "string:\"i\""),
                ("I", "string:\"I\""),
                ("disc", "string:\"disc\""),
                ("circle", "string:\"circle\""),
                ("square", "string:\"square\""),
                ("x", "string:\"\""),
            ]
        ),
        (
            "ol.type type",
            [
                ("1", "string:\"1\""),
                ("a", "string:\"a\""),
                ("A", "string:\"A\""),
                ("i", "string:\"i\""),
                ("I", "string:\"I\""),
                ("disc", "string:\"1\""),
            ]
        ),
        (
            "ul.type type",
            [
                ("disc", "string:\"disc\""),
                ("1", "string:\"1\""),
            ]
        ),
        (
            "meta.httpEquiv http-equiv",
            [
                ("content-type", "string:\"content-type\""),
                ("default-style", "string:\"default-style\""),
                ("refresh", "string:\"refresh\""),
                ("x", "string:\"content-type\""),
                ("REFRESH", "string:\"content-type\""),
                ("content-security-policy", "string:\"content-type\""),
                ("x-ua-compatible", "string:\"content-type\""),
                ("content-language", "string:\"content-type\""),
            ]
        ),
        (
            "textarea.autocapitalize autocapitalize",
            [
                ("none", "string:\"none\""),
                ("off", "string:\"off\""),
                ("characters", "string:\"characters\""),
                ("words", "string:\"words\""),
                ("sentences", "string:\"sentences\""),
                ("on", "string:\"sentences\""),
            ]
        ),
        (
            "textarea.autocomplete autocomplete",
            [
                ("on", "string:\"on\""),
                ("off", "string:\"off\""),
            ]
        ),
        (
            "textarea.wrap wrap",
            [
                ("soft", "string:\"soft\""),
                ("hard", "string:\"hard\""),
                ("off", "string:\"off\""),
                ("x", "string:\"soft\""),
            ]
        ),
        (
            "track.kind kind",
            [
                ("subtitle", "string:\"subtitle\""),
                ("subtitles", "string:\"subtitle\""),
                ("captions", "string:\"captions\""),
                ("descriptions", "string:\"descriptions\""),
                ("chapters", "string:\"chapters\""),
                ("metadata", "string:\"metadata\""),
            ]
        ),
        (
            "th.scope scope",
            [
                ("row", "string:\"row\""),
                ("col", "string:\"col\""),
                ("colgroup", "string:\"colgroup\""),
                ("rowgroup", "string:\"rowgroup\""),
                ("x", "string:\"\""),
            ]
        ),
        (
            "progress.value value",
            [
                ("+7", "number:7"),
                ("1e2", "number:100"),
                ("1_0", "number:10"),
                ("0x10", "number:0"),
                (" 7", "number:0"),
                (".5", "number:0.5"),
                ("inf", "number:null"),
                ("nan", "number:null"),
            ]
        ),
        (
            "input.maxLength maxlength",
            [
                ("+7", "number:7"),
                (" 7", "number:-1"),
                ("007", "number:7"),
                ("1e2", "number:-1"),
                ("2147483648", "number:2147483648"),
                ("99999999999999999999", "number:-1"),
                ("0x10", "number:-1"),
                ("1_0", "number:-1"),
                ("", "number:-1"),
            ]
        ),
        (
            "link.relList rel",
            [
                (
                    " x  y z ",
                    "[string:\"\", string:\"x\", string:\"\", string:\"y\", string:\"z\", string:\"\"]"
                ),
                ("x\ty", "[string:\"x\\ty\"]"),
            ]
        ),
        (
            "a.relList rel",
            [
                ("a b", "[string:\"a\", string:\"b\"]")
            ]
        ),
    ]

    @Test(arguments: Self.choices)
    func chooses(member: String, results: [(String, String)]) throws {
        let words = member.split(separator: " ").map(String.init)
        for (value, result) in results {
            #expect(try Show.member(words[0], "\(words[1])=\"\(value)\"") == result, "\(value)")
        }
    }
}
