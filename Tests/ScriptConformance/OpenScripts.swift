// Scripts that Apus does not run exactly as k6 does yet, beyond what docs/compat.md gives reasons for. The
// suite runs them, but does not compare; whoever mends one takes it off. `APUS_CONFORMANCE_OPEN=1` compares
// them, too.

import Foundation

enum OpenScripts {
    /// Names of scripts, without their endings.
    static let names: Set<String> = isCompared ? [] : list
    private static let isCompared = ProcessInfo.processInfo.environment["APUS_CONFORMANCE_OPEN"] != nil

    static let list: Set<String> = [
        "011-url-names", "014-verbs", "015-headers", "016-cookies-params", "023-basic-auth",
        "024-digest-auth", "025-timeouts", "026-throw", "027-request-compression", "028-response-coding",
        "029-response-types", "031-response-callback", "032-batch-list", "033-batch-object",
        "034-batch-errors", "034-null-params", "035-async-request", "036-forms", "037-multipart",
        "039-build-errors", "041-json-errors", "044-click-link", "045-refused", "046-no-such-host",
        "047-faults", "048-http-object", "049-response-object", "051-blocked", "056-tls", "057-tls-unknown",
        "058-tls-unchecked", "240-tag-flag",
    ]
}
