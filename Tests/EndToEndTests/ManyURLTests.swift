// Scripts that make up a URL for each request: more than a worker remembers, good ones and such that cannot
// be requested.

import ProcessSupport
import Testing

@Suite struct ManyURLTests {
    /// A worker remembers 2048 requests.
    @Test(arguments: [
        ("TARGET/status/200?n=${n}", "http_req_failed", "0.00% 0 out of 5000"),
        ("http://127.0.0.1:${100000 + n}/", "http_req_failed", "100.00% 5000 out of 5000"),
    ])
    func moreThanAreRemembered(url: String, metric: String, value: String) throws {
        let target = try Target()
        let script = """
            import http from 'k6/http';
            export default function () {
              for (let n = 0; n < 2500; n++) {
                http.get(`\(url.replacing("TARGET", with: target.url))`);
                http.head(`\(url.replacing("TARGET", with: target.url))`);
              }
            }
            """
        let end = try Apus.run("-i", "1", "--log-output", "none", try Scratch.write(script, "urls.js"))
        #expect(end.code == 0, "\(end.err)")
        #expect(end.metric(metric) == value)
        #expect(end.count("iterations") == 1)
    }
}
