// Built-in metrics have the numbers their constants say; scripts' own are named and re-registered by k6's
// rules.

import Testing

@testable import Metrics

@Suite struct RegistryTests {
    static let builtins: [(MetricID, String, MetricKind, MetricContains)] = [
        (Builtin.vus, "vus", .gauge, .plain), (Builtin.vusMax, "vus_max", .gauge, .plain),
        (Builtin.iterations, "iterations", .counter, .plain),
        (Builtin.iterationDuration, "iteration_duration", .trend, .time),
        (Builtin.droppedIterations, "dropped_iterations", .counter, .plain),
        (Builtin.checks, "checks", .rate, .plain), (Builtin.groupDuration, "group_duration", .trend, .time),
        (Builtin.httpReqs, "http_reqs", .counter, .plain),
        (Builtin.httpReqDuration, "http_req_duration", .trend, .time),
        (Builtin.httpReqBlocked, "http_req_blocked", .trend, .time),
        (Builtin.httpReqConnecting, "http_req_connecting", .trend, .time),
        (Builtin.httpReqTLSHandshaking, "http_req_tls_handshaking", .trend, .time),
        (Builtin.httpReqSending, "http_req_sending", .trend, .time),
        (Builtin.httpReqWaiting, "http_req_waiting", .trend, .time),
        (Builtin.httpReqReceiving, "http_req_receiving", .trend, .time),
        (Builtin.httpReqFailed, "http_req_failed", .rate, .plain),
        (Builtin.dataSent, "data_sent", .counter, .data),
        (Builtin.dataReceived, "data_received", .counter, .data),
        (Builtin.wsSessions, "ws_sessions", .counter, .plain),
        (Builtin.wsMsgsSent, "ws_msgs_sent", .counter, .plain),
        (Builtin.wsMsgsReceived, "ws_msgs_received", .counter, .plain),
        (Builtin.wsPing, "ws_ping", .trend, .time),
        (Builtin.wsSessionDuration, "ws_session_duration", .trend, .time),
        (Builtin.wsConnecting, "ws_connecting", .trend, .time),
        (Builtin.grpcReqDuration, "grpc_req_duration", .trend, .time),
        (Builtin.startLateness, "apus_start_lateness", .trend, .time),
        (Builtin.responseTime, "apus_response_time", .trend, .time),
    ]

    @Test(arguments: builtins)
    func constantsNameTheirMetric(id: MetricID, name: String, kind: MetricKind, contains: MetricContains) {
        let definition = MetricRegistry()[id]
        #expect(definition == MetricDefinition(id: id, name: name, kind: kind, contains: contains))
        #expect(MetricRegistry().find(name) == definition)
    }

    @Test func thereAreNoOthers() { #expect(MetricRegistry().count == Self.builtins.count) }

    @Test(arguments: ["ab", "_a", "A9_", "a1", String(repeating: "a", count: 129)])
    func acceptsNames(name: String) throws {
        var registry = MetricRegistry()
        let id = try registry.register(name, .trend, .time)
        #expect(registry[id].name == name)
        #expect(try registry.register(name, .trend, .time) == id)
    }

    @Test(arguments: ["", "a", "1a", "a-b", "é_a", "my counter", "a.b", String(repeating: "a", count: 130)])
    func refusesNames(name: String) {
        var registry = MetricRegistry()
        #expect(throws: MetricError.invalidName(name)) { try registry.register(name, .counter) }
    }

    @Test func refusesAnotherKindOrUnit() throws {
        var registry = MetricRegistry()
        func message(_ name: String, _ kind: MetricKind, _ contains: MetricContains) -> String? {
            do {
                try registry.register(name, kind, contains)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(message("http_req_duration", .trend, .time) == nil)
        #expect(
            message("http_req_duration", .trend, .plain)
                == "metric 'http_req_duration' already exists but with a value type time, instead of default")
        #expect(
            message("http_req_duration", .counter, .plain)
                == "metric 'http_req_duration' already exists but with type trend, instead of counter")
    }
}
