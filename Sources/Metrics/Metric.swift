// What a metric is: kind, unit, a small number for its identity, and the built-in metrics with numbers fixed at compile
// time so that hot code never looks a name up. Read by every other file of this module and by whoever records or shows.

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

/// The metrics every run has. The order is that of `table`; the tests hold the two together.
public enum Builtin {
    public static let vus = MetricID(raw: 0)
    public static let vusMax = MetricID(raw: 1)
    public static let iterations = MetricID(raw: 2)
    public static let iterationDuration = MetricID(raw: 3)
    public static let droppedIterations = MetricID(raw: 4)
    public static let checks = MetricID(raw: 5)
    public static let groupDuration = MetricID(raw: 6)
    public static let httpReqs = MetricID(raw: 7)
    public static let httpReqDuration = MetricID(raw: 8)
    public static let httpReqBlocked = MetricID(raw: 9)
    public static let httpReqConnecting = MetricID(raw: 10)
    public static let httpReqTLSHandshaking = MetricID(raw: 11)
    public static let httpReqSending = MetricID(raw: 12)
    public static let httpReqWaiting = MetricID(raw: 13)
    public static let httpReqReceiving = MetricID(raw: 14)
    public static let httpReqFailed = MetricID(raw: 15)
    public static let dataSent = MetricID(raw: 16)
    public static let dataReceived = MetricID(raw: 17)
    public static let wsSessions = MetricID(raw: 18)
    public static let wsMsgsSent = MetricID(raw: 19)
    public static let wsMsgsReceived = MetricID(raw: 20)
    public static let wsPing = MetricID(raw: 21)
    public static let wsSessionDuration = MetricID(raw: 22)
    public static let wsConnecting = MetricID(raw: 23)
    public static let grpcReqDuration = MetricID(raw: 24)
    /// Actual minus scheduled start of an iteration in open-loop runs.
    public static let startLateness = MetricID(raw: 25)
    /// End minus scheduled start of an iteration in open-loop runs.
    public static let responseTime = MetricID(raw: 26)

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
