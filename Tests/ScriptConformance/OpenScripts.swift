// Scripts that Apus does not run exactly as k6 does yet, beyond what docs/compat.md gives reasons for. The
// suite runs them, but does not compare; whoever mends one takes it off. `APUS_CONFORMANCE_OPEN=1` compares
// them, too.

import Foundation

enum OpenScripts {
    /// Names of scripts, without their endings.
    static let names: Set<String> = isCompared ? [] : list
    private static let isCompared = ProcessInfo.processInfo.environment["APUS_CONFORMANCE_OPEN"] != nil

    static let list: Set<String> = [
        "007-check-names", "008-groups", "009-group-errors", "012-system-tags", "060-setup-teardown",
        "069-handle-summary-wrong", "076-init-throws-per-vu", "077-default-throws", "078-throw-values",
        "081-async-throws", "087-bare-module", "088-missing-export", "089-missing-k6-export",
        "092-setup-not-a-function", "101-init-context", "102-error-stack", "103-fail", "111-metric-values",
        "112-metric-names", "115-thresholds-empty", "120-thresholds-off", "130-exec-values",
        "133-exec-abort-init", "135-exec-options", "136-vu-tags-errors", "163-interop", "164-require",
        "166-open-missing", "167-open-folder", "168-shared-array", "169-shared-array-errors",
        "173-typescript-errors", "181-import-meta", "185-typescript-bundle-user", "190-timers",
        "191-timers-module", "195-console-methods", "198-environment", "200-globals", "232-fs",
        "233-csv-parse", "250-no-summary",
    ]
}
