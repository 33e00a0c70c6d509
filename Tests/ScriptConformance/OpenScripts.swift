// Scripts that Apus does not run exactly as k6 does yet, beyond what docs/compat.md gives reasons for. The
// suite runs them, but does not compare; whoever mends one takes it off. `APUS_CONFORMANCE_OPEN=1` compares
// them, too.

import Foundation

enum OpenScripts {
    /// Names of scripts, without their endings.
    static let names: Set<String> = isCompared ? [] : list
    private static let isCompared = ProcessInfo.processInfo.environment["APUS_CONFORMANCE_OPEN"] != nil

    static let list: Set<String> = [
        "004-login-flow", "007-check-names", "008-groups", "009-group-errors", "011-url-names",
        "012-system-tags", "014-verbs", "015-headers", "016-cookies-params", "019-response-cookies",
        "021-redirect-limits", "023-basic-auth", "024-digest-auth", "025-timeouts", "026-throw",
        "027-request-compression", "028-response-coding", "029-response-types", "031-response-callback",
        "032-batch-list", "033-batch-object", "034-batch-errors", "034-null-params", "035-async-request",
        "036-forms", "037-multipart", "039-build-errors", "041-json-errors", "044-click-link",
        "045-refused", "046-no-such-host", "047-faults", "048-http-object", "049-response-object",
        "051-blocked", "056-tls", "057-tls-unknown", "058-tls-unchecked", "060-setup-teardown",
        "069-handle-summary-wrong", "076-init-throws-per-vu", "077-default-throws", "078-throw-values",
        "081-async-throws", "087-bare-module", "088-missing-export", "089-missing-k6-export",
        "092-setup-not-a-function", "101-init-context", "102-error-stack", "103-fail", "111-metric-values",
        "112-metric-names", "115-thresholds-empty", "120-thresholds-off", "130-exec-values",
        "133-exec-abort-init", "135-exec-options", "136-vu-tags-errors", "163-interop", "164-require",
        "166-open-missing", "167-open-folder", "168-shared-array", "169-shared-array-errors",
        "173-typescript-errors", "181-import-meta", "185-typescript-bundle-user", "187-not-yet-ws",
        "188-not-yet-grpc", "189-not-yet-browser", "190-timers", "191-timers-module", "195-console-methods",
        "198-environment", "200-globals", "232-fs", "233-csv-parse", "240-tag-flag", "250-no-summary",
    ]
}
