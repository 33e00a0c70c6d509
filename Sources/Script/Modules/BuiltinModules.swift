// The modules a script can import by name, and what is said of those Apus does not have. The loader asks
// here.

import CQuickJS

enum BuiltinModules {
    private static let all: [String: BuiltinModule] = {
        let list = [
            K6Module.module, HTTPModule.module, MetricsModule.module, ExecutionModule.module,
            DataModule.module, TimersModule.module, EncodingModule.module, CryptoModule.module,
            X509Module.module, FSModule.module, CSVModule.module, SecretsModule.module, HTMLModule.module,
        ]
        return Dictionary(uniqueKeysWithValues: list.map { ($0.name, $0) })
    }()

    static func find(_ name: String) -> BuiltinModule? { all[name] }

    /// k6's modules that have no counterpart here yet.
    private static let missing: Set<String> = [
        "k6/ws", "k6/websockets", "k6/experimental/websockets", "k6/net/grpc", "k6/browser",
        "k6/experimental/streams", "k6/experimental/redis",
    ]
    /// Modules that k6 had once and now points away from.
    private static let graduated: [String: String] = [
        "k6/experimental/browser": "k6/browser", "k6/experimental/grpc": "k6/net/grpc",
        "k6/experimental/timers": "k6/timers", "k6/experimental/webcrypto": "the global crypto object",
        "k6/experimental/tracing": "the jslib http-instrumentation-tempo",
    ]

    /// Why a module cannot be imported.
    static func refusal(_ name: String) -> String {
        if missing.contains(name) { return "Apus does not have the module \(name) yet" }
        if let other = graduated[name] { return "\(name) is gone; use \(other) instead" }
        return "unknown module: \(name)"
    }

    /// What importing a name gives that a module does not have: `undefined` where k6's module is an object of
    /// its own, else `null`.
    static func missingExport(_ name: String) -> JSValue {
        ["k6/http", "k6/execution", "k6/html"].contains(name) ? JS.undefined : JS.null
    }

    /// Globals that come from modules.
    static func addGlobals(_ ctx: JSContextRef, _ global: JSValue) { WebCrypto.attach(ctx, to: global) }
}
