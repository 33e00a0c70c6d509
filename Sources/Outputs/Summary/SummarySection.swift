// Which section of the summary a metric belongs to, and which metrics a mode hides. Decided by name prefixes
// alone, as k6 does, so a custom metric whose name starts like a built-in one lands beside it.

enum SummarySection: String, CaseIterable {
    case custom = "CUSTOM"
    case http = "HTTP"
    case execution = "EXECUTION"
    case network = "NETWORK"
    case browser = "BROWSER"
    case webVitals = "WEB_VITALS"
    case grpc = "GRPC"
    case websocket = "WEBSOCKET"
    /// Metrics of Apus itself, behind everything k6 knows.
    case apus = "APUS"

    static func of(_ name: String) -> SummarySection {
        rules.first { rule in rule.prefixes.contains(where: name.hasPrefix) }?.section ?? .custom
    }

    static func isShown(_ name: String, _ mode: SummaryMode) -> Bool {
        !hidden(mode).contains(where: name.hasPrefix)
    }

    /// The first rule that fits decides.
    private static let rules: [(section: SummarySection, prefixes: [String])] = [
        (.apus, ["apus_"]),
        (.http, ["http_reqs", "http_req_duration", "http_req_failed"] + httpPhases),
        (.execution, ["vus", "iterations", "iteration_duration", "dropped_iterations"]),
        (.network, ["data_sent", "data_received"]),
        (.webVitals, ["browser_web_vital_"]),
        (.browser, ["browser_"]),
        (.grpc, ["grpc_"]),
        (.websocket, ["ws_"]),
    ]

    private static let httpPhases = [
        "http_req_blocked", "http_req_connecting", "http_req_receiving", "http_req_sending",
        "http_req_tls_handshaking", "http_req_waiting",
    ]

    private static func hidden(_ mode: SummaryMode) -> [String] {
        switch mode {
        case .compact: ["checks", "group_duration"] + httpPhases
        case .full: ["checks", "group_duration"]
        case .legacy: []
        }
    }
}
