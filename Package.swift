// swift-tools-version: 6.2
// The targets, in the order a request meets them. Tests/TidyTests checks that a target imports only what it
// lists here.

import PackageDescription

/// Hot targets are built without dynamic exclusivity checks in release; debug builds and the tests keep them.
/// docs/decisions/0003-exclusivity.md has the numbers.
let hot: [SwiftSetting] = [
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
]

func system(_ name: String, _ pkgConfig: String) -> Target {
    .systemLibrary(name: name, path: "Sources/\(name)", pkgConfig: pkgConfig)
}

func target(_ name: String, _ dependencies: [Target.Dependency], hot isHot: Bool = false) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: isHot ? hot : [])
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource]? = nil
) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, resources: resources)
}

let package = Package(
    name: "apus",
    products: [
        .executable(name: "apus", targets: ["apus"]),
        .library(name: "ApusCore", targets: ["Base", "Plan", "Metrics", "HTTP"]),
    ],
    dependencies: [
        // Without its traits it needs the small half of Foundation only.
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0", traits: [])
    ],
    targets: [
        system("CUV", "libuv"),
        system("CLLHTTP", "libllhttp"),
        system("COpenSSL", "openssl"),
        system("CZlib", "zlib"),
        system("CBrotli", "libbrotlidec libbrotlienc"),
        system("CZstd", "libzstd"),
        system("CSnappy", "snappy"),
        system("CQuickJS", "quickjs"),
        system("CGumbo", "gumbo"),
        .target(name: "CFiber", cSettings: [.unsafeFlags(["-O2"])]),

        target("Base", [], hot: true),
        target("Plan", ["Base"]),
        target("Metrics", ["Base"], hot: true),
        target("Codec", ["Base", "CZlib", "CBrotli", "CZstd", "CSnappy", "COpenSSL"]),
        target("EventLoop", ["Base", "CUV"], hot: true),
        target("TLS", ["Base", "COpenSSL"], hot: true),
        target("HTTP", ["Base", "Codec", "CLLHTTP"], hot: true),
        target("HTTPClient", ["Base", "EventLoop", "HTTP", "TLS"], hot: true),
        target("Engine", ["Base", "Plan", "HTTP", "Metrics", "EventLoop"], hot: true),
        target("HTML", ["Base", "CGumbo"]),
        target(
            "Script",
            [
                "Base", "Engine", "Plan", "HTTP", "HTML", "Metrics", "Codec", "EventLoop", "CQuickJS",
                "CFiber",
            ],
            hot: true),
        // Messages made of remote_write.proto, which says how.
        .target(
            name: "PrometheusProto",
            dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
            exclude: ["remote_write.proto"]),
        target(
            "Outputs",
            ["Base", "Metrics", "HTTPClient", "HTTP", "EventLoop", "Codec", "TLS", "PrometheusProto"]),
        target("Control", ["Base", "EventLoop", "HTTP", "TLS", "Engine", "Codec"], hot: true),
        target(
            "CLI",
            [
                "Base", "Plan", "Metrics", "Codec", "EventLoop", "TLS", "HTTP", "HTTPClient", "Engine",
                "Script", "Outputs", "Control",
            ]),
        .executableTarget(name: "apus", dependencies: ["CLI"]),

        // Test support: what the tests and the fuzzer share.
        target("WireCorpus", ["Base", "HTTP"]),
        .target(name: "ProcessSupport", dependencies: [], path: "Tests/ProcessSupport"),
        .target(name: "TestSupport", dependencies: [], path: "Tests/TestSupport"),
        .executableTarget(
            name: "apus-fuzz",
            dependencies: [
                "Base", "Plan", "Metrics", "Codec", "TLS", "HTTP", "Outputs", "CLI", "WireCorpus",
            ]),

        tests("BaseTests", ["Base"]),
        tests("HTTPTests", ["Base", "HTTP", "WireCorpus"]),
        tests("PlanTests", ["Base", "Plan"]),
        tests("EngineTests", ["Base", "Plan", "Metrics", "HTTP", "EventLoop", "Engine", "TestSupport"]),
        tests("SimulationTests", ["Base", "Plan", "Metrics", "HTTP", "Engine"]),
        tests("ControlTests", ["Base", "EventLoop", "HTTP", "TLS", "Codec", "Control", "TestSupport"]),
        tests("CodecTests", ["Base", "Codec", "CSnappy"]),
        tests(
            "ScriptTests",
            ["Base", "Codec", "CQuickJS", "Engine", "EventLoop", "HTTP", "Metrics", "Plan", "Script"]),
        tests(
            "HTTPClientTests",
            ["Base", "Codec", "Control", "EventLoop", "HTTP", "HTTPClient", "TLS", "TestSupport"]),
        tests("HTMLTests", ["Base", "HTML", "Script"]),
        tests("TLSTests", ["Base", "COpenSSL", "TLS"]),
        tests("MetricsTests", ["Metrics", "Base"]),
        tests("CLITests", ["CLI", "Base", "Metrics", "Outputs", "Plan"], resources: [.copy("Fixtures")]),
        tests(
            "OutputsTests", ["Outputs", "Base", "Codec", "Control", "HTTP", "Metrics", "PrometheusProto"],
            resources: [.copy("Fixtures")]
        ),
        tests("TidyTests", []),
        tests("HealthTests", ["Engine", "CLI", "Base"]),
        // The built binary, as a user runs it; beside k6, whose side is recorded.
        tests("EndToEndTests", ["apus", "ProcessSupport", "TestSupport"]),
        tests("ScriptConformance", ["apus", "ProcessSupport"], exclude: ["Scripts", "Recorded"]),
    ],
    swiftLanguageModes: [.v6]
)
