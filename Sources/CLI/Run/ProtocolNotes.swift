// What servers said to ProtocolProbe, as log lines: one for each that would have spoken HTTP/2. Called by
// RunAttempt at each interval's edge and at the run's end.

import HTTPClient

extension Logger {
    func log(_ findings: [ProtocolProbe.Finding]) {
        for finding in findings {
            let server = finding.destination
            switch finding.answer {
            case .http2:
                log(
                    .info,
                    "\(server) would speak HTTP/2 (\"h2\"), which k6 would have used; Apus requests over HTTP/1.1"
                )
            case .another: break
            case .unknown(let reason):
                log(.debug, "whether \(server) would speak HTTP/2 is unknown: \(reason)")
            }
        }
    }
}
