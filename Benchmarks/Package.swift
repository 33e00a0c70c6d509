// swift-tools-version: 6.2
// Micro-benchmarks of the hot path's parts, in a package of their own so that Apus itself depends on no
// benchmark library. Run with `swift package --package-path Benchmarks benchmark`;
// docs/decisions/0005-benchmarks.md says why the benchmark package's traits (allocation and reference-count
// interposers) are off.

import PackageDescription

let package = Package(
    name: "apus-benchmarks",
    dependencies: [
        .package(name: "apus", path: "../"),
        .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "Micro",
            dependencies: [
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "ApusCore", package: "apus"),
            ],
            path: "Benchmarks/Micro",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ],
    swiftLanguageModes: [.v6]
)
