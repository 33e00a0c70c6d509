// What of an address may be shown: everything but what may be a user and a password.

import HTTP
import Testing

@Suite struct HiddenCredentialsTests {
    @Test(arguments: [
        ("http://me:secret@h:80/x", "http://****@h:80/x"), ("https://me@h", "https://****@h"),
        ("me:secret@h", "****@h"), ("//me:secret@h", "//****@h"),
        ("http:///me:secret@h/x", "http:///****@h/x"),
        // A password may hold every sign there is.
        ("http://me:se/cret@h/x", "http://****@h/x"), ("http://me:se?cret@h", "http://****@h"),
        ("http://me:se#cret@h", "http://****@h"), ("http://me:se@cret@h", "http://****@h"),
        ("http://me:12/secret@h", "http://me:12/secret@h"), ("http://me:123456/secret@h", "http://****@h"),
        ("http:/me:secret@h", "****@h"), ("influxdb=http://me:secret@h/db", "influxdb=http://****@h/db"),
        // None of them: an address in a query, a host and its port alone.
        ("http://h/x?to=a@b", "http://h/x?to=a@b"), ("http://h:80/x?to=a@b", "http://h:80/x?to=a@b"),
        ("http://[::1]:80/@", "http://[::1]:80/@"), ("http://h", "http://h"), ("", ""), ("@", "****@"),
    ])
    func hides(text: String, shown: String) { #expect(HiddenCredentials.hidden(in: text) == shown) }

    @Test(arguments: [
        "me:secret@h", "http://me:secret@", "http://me:secret@h:port/", "http://me:secret@h:99999/",
        "http://me:secret%zz@h/", "http://me:sec/ret@h/", "http://me:secret@[::1/", "ftp://me:secret@h/",
        "http://me:secret@h/\n", "http://me:secret@<h>/", "http://me:s%cret@h",
    ])
    func anErrorOfAnAddressShowsNoPassword(text: String) {
        let error = #expect(throws: URLError.self) { try RequestURL(parsing: text) }
        for piece in ["secret", "sec", "cret", "me:"] {
            #expect(error?.description.contains(piece) == false, "\(error?.description ?? "")")
        }
    }
}
