// What AWS Fargate costs: one row per region and architecture, each with the month it was read and where.
// Prices are dollars per hour, Linux, on demand; no Spot, storage, traffic or image pull. A region that is
// not here gets no dollar line: `--price vcpu=…,gb=…` fills it in. Used by RunCost; update a row together
// with its month and source.

public enum Architecture: String, Sendable, Equatable {
    case x86 = "x86_64"
    case arm = "arm64"
}

public struct FargatePrice: Sendable, Equatable {
    public var region: String
    public var architecture: Architecture
    public var vCPUHour: Double
    public var gbHour: Double
    /// Year and month the price was read.
    public var asOf: String
    public var source: String
}

public enum FargatePrices {
    public static let rows: [FargatePrice] = [
        FargatePrice(
            region: "us-east-1", architecture: .x86, vCPUHour: 0.04048, gbHour: 0.004445, asOf: "2026-03",
            source: "https://cloudburn.io/blog/aws-fargate-pricing"),
        FargatePrice(
            region: "us-east-1", architecture: .arm, vCPUHour: 0.03238, gbHour: 0.00356, asOf: "2026-03",
            source: "https://cloudburn.io/blog/aws-fargate-pricing, https://vantage.sh/blog/fargate-pricing"),
        // The source prints the GB-hour as 0.005536; the list price has five decimals.
        FargatePrice(
            region: "ap-northeast-1", architecture: .x86, vCPUHour: 0.05056, gbHour: 0.00553, asOf: "2025-09",
            source: "https://www.clyr.co.jp/posts/aws-fargate-pricing-breakdown-estimate-tips-3920"),
    ]

    public static func row(region: String, architecture: Architecture) -> FargatePrice? {
        rows.first { $0.region == region && $0.architecture == architecture }
    }
}
