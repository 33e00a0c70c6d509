// Scripts that Apus does not run exactly as k6 does yet, beyond what docs/compat.md gives reasons for. The
// suite runs them, but does not compare; whoever mends one takes it off. `APUS_CONFORMANCE_OPEN=1` compares
// them, too.

import Foundation

enum OpenScripts {
    /// Names of scripts, without their endings.
    static let names: Set<String> = isCompared ? [] : list
    private static let isCompared = ProcessInfo.processInfo.environment["APUS_CONFORMANCE_OPEN"] != nil

    static let list: Set<String> = []
}
