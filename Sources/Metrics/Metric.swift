// What a metric is: kind, unit, a small number for its identity, and the built-in metrics with numbers fixed
// at compile time so that hot code never looks a name up. Read by every other file of this module and by
// whoever records or shows.

/// How samples of a metric are summed up.
public enum MetricKind: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    case counter, gauge, rate, trend

    /// k6's word for it ("trend").
    public var description: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .rate: "rate"
        case .trend: "trend"
        }
    }
}

/// What the numbers of a metric measure. Times are milliseconds, data are bytes.
public enum MetricContains: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    case plain, time, data

    /// k6's word for it ("default", "time", "data").
    public var description: String {
        switch self {
        case .plain: "default"
        case .time: "time"
        case .data: "data"
        }
    }
}

/// Number of a metric in its registry: dense, from 0, the same in every shard of a run.
public struct MetricID: Hashable, Comparable, Sendable {
    public let raw: Int32

    @inlinable @inline(__always) public init(raw: Int32) { self.raw = raw }
    @inlinable @inline(__always) public var index: Int { Int(raw) }
    public static func < (a: MetricID, b: MetricID) -> Bool { a.raw < b.raw }
}

public struct MetricDefinition: Hashable, Sendable {
    public let id: MetricID
    public let name: String
    public let kind: MetricKind
    public let contains: MetricContains
}

/// The metrics every run has. The order is that of `table`; the tests hold the two together. Computed,
/// because a stored constant is reached through a call from other targets.
public enum Builtin {
    @inlinable public static var vus: MetricID { MetricID(raw: 0) }
    @inlinable public static var vusMax: MetricID { MetricID(raw: 1) }
    @inlinable public static var iterations: MetricID { MetricID(raw: 2) }
    @inlinable public static var iterationDuration: MetricID { MetricID(raw: 3) }
    @inlinable public static var droppedIterations: MetricID { MetricID(raw: 4) }
    @inlinable public static var checks: MetricID { MetricID(raw: 5) }
    @inlinable public static var groupDuration: MetricID { MetricID(raw: 6) }
    @inlinable public static var httpReqs: MetricID { MetricID(raw: 7) }
    @inlinable public static var httpReqDuration: MetricID { MetricID(raw: 8) }
    @inlinable public static var httpReqBlocked: MetricID { MetricID(raw: 9) }
    @inlinable public static var httpReqConnecting: MetricID { MetricID(raw: 10) }
    @inlinable public static var httpReqTLSHandshaking: MetricID { MetricID(raw: 11) }
    @inlinable public static var httpReqSending: MetricID { MetricID(raw: 12) }
    @inlinable public static var httpReqWaiting: MetricID { MetricID(raw: 13) }
    @inlinable public static var httpReqReceiving: MetricID { MetricID(raw: 14) }
    @inlinable public static var httpReqFailed: MetricID { MetricID(raw: 15) }
    @inlinable public static var dataSent: MetricID { MetricID(raw: 16) }
    @inlinable public static var dataReceived: MetricID { MetricID(raw: 17) }
    @inlinable public static var wsSessions: MetricID { MetricID(raw: 18) }
    @inlinable public static var wsMsgsSent: MetricID { MetricID(raw: 19) }
    @inlinable public static var wsMsgsReceived: MetricID { MetricID(raw: 20) }
    @inlinable public static var wsPing: MetricID { MetricID(raw: 21) }
    @inlinable public static var wsSessionDuration: MetricID { MetricID(raw: 22) }
    @inlinable public static var wsConnecting: MetricID { MetricID(raw: 23) }
    @inlinable public static var grpcReqDuration: MetricID { MetricID(raw: 24) }
    /// Actual minus scheduled start of an iteration in open-loop runs.
    @inlinable public static var startLateness: MetricID { MetricID(raw: 25) }
    /// End minus scheduled start of an iteration in open-loop runs.
    @inlinable public static var responseTime: MetricID { MetricID(raw: 26) }

    static let table: [(name: String, kind: MetricKind, contains: MetricContains)] = [
        ("vus", .gauge, .plain), ("vus_max", .gauge, .plain),
        ("iterations", .counter, .plain), ("iteration_duration", .trend, .time),
        ("dropped_iterations", .counter, .plain),
        ("checks", .rate, .plain), ("group_duration", .trend, .time),
        ("http_reqs", .counter, .plain), ("http_req_duration", .trend, .time),
        ("http_req_blocked", .trend, .time), ("http_req_connecting", .trend, .time),
        ("http_req_tls_handshaking", .trend, .time), ("http_req_sending", .trend, .time),
        ("http_req_waiting", .trend, .time), ("http_req_receiving", .trend, .time),
        ("http_req_failed", .rate, .plain),
        ("data_sent", .counter, .data), ("data_received", .counter, .data),
        ("ws_sessions", .counter, .plain), ("ws_msgs_sent", .counter, .plain),
        ("ws_msgs_received", .counter, .plain), ("ws_ping", .trend, .time),
        ("ws_session_duration", .trend, .time), ("ws_connecting", .trend, .time),
        ("grpc_req_duration", .trend, .time),
        ("apus_start_lateness", .trend, .time), ("apus_response_time", .trend, .time),
    ]
}
