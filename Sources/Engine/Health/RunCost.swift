// What a run cost: requests per vCPU, vCPU-seconds and dollars per million requests. The price comes from
// `--price`, or from the table by region and architecture; without one there is no dollar line. Called by the
// CLI after a run.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Dollars per vCPU-hour and per GB-hour, and where they come from.
public struct Price: Sendable, Equatable {
    public var vCPUHour: Double
    public var gbHour: Double
    /// "us-east-1 x86_64, 2026-03" or "--price".
    public var text: String

    public init(vCPUHour: Double, gbHour: Double, text: String) {
        self.vCPUHour = vCPUHour
        self.gbHour = gbHour
        self.text = text
    }

    public struct Problem: Error, Equatable, CustomStringConvertible {
        public let description: String
    }

    /// Reads `vcpu=DOLLARS,gb=DOLLARS`, both per hour, in any order.
    public static func parse(_ text: String) throws(Problem) -> Price {
        var values: [String: Double] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = pair[0].words.joined()
            guard pair.count == 2, name == "vcpu" || name == "gb" else {
                throw problem(text, "'\(part)' is not 'vcpu=…' or 'gb=…'")
            }
            let written = pair[1].words.joined(separator: " ")
            let isDecimal = written.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
            guard isDecimal, let dollars = Double(written), dollars.isFinite else {
                throw problem(text, "'\(written)' is not a number of dollars")
            }
            if values.updateValue(dollars, forKey: name) != nil {
                throw problem(text, "'\(name)' is given twice")
            }
        }
        guard let vCPUHour = values["vcpu"], let gbHour = values["gb"] else {
            throw problem(text, "'\(values["vcpu"] == nil ? "vcpu" : "gb")' is missing")
        }
        return Price(vCPUHour: vCPUHour, gbHour: gbHour, text: "--price")
    }

    private static func problem(_ text: String, _ what: String) -> Problem {
        Problem(
            description: "invalid price '\(text)': \(what); "
                + "dollars per hour are expected, as in vcpu=0.04048,gb=0.004445"
        )
    }

    /// The override if there is one, else the row of the table.
    /// - Parameters:
    ///   - task: gives the zone when the environment names no region.
    ///   - architecture: nil when the machine is neither of the two Fargate has.
    public static func find(
        override: Price?, environment: (String) -> String?, task: ECSTask?, architecture: Architecture?
    ) -> Measured<Price> {
        if let override { return .known(override) }
        let named = ["AWS_REGION", "AWS_DEFAULT_REGION"].lazy.compactMap(environment).first { !$0.isEmpty }
        guard let region = named ?? task?.availabilityZone.flatMap(region(ofZone:)) else {
            return .unknown("no AWS region is known; --price vcpu=…,gb=… gives a price")
        }
        guard let architecture else { return .unknown("Fargate has no machines of this architecture") }
        guard let row = FargatePrices.row(region: region, architecture: architecture) else {
            return .unknown("no price for \(region) \(architecture.rawValue); --price vcpu=…,gb=… gives one")
        }
        return .known(
            Price(
                vCPUHour: row.vCPUHour, gbHour: row.gbHour,
                text: "\(region) \(architecture.rawValue), \(row.asOf)"))
    }

    /// "us-east-1" of "us-east-1a", also of a local zone such as "us-east-1-bos-1a"; nil when it is not a
    /// zone.
    public static func region(ofZone zone: String) -> String? {
        let parts = zone.split(separator: "-", omittingEmptySubsequences: false)
        guard let index = parts.firstIndex(where: { $0.first?.isNumber ?? false }), index > 0 else {
            return nil
        }
        return (parts[..<index] + [parts[index].prefix { $0.isNumber }]).joined(separator: "-")
    }
}

extension Architecture {
    /// The machine's, as `uname` says; nil for anything but the two Fargate has.
    public static func current() -> Architecture? {
        var name = utsname()
        guard uname(&name) == 0 else { return nil }
        return named(
            withUnsafeBytes(of: &name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
    }

    static func named(_ machine: String) -> Architecture? {
        switch machine {
        case "x86_64": .x86
        case "aarch64", "arm64": .arm
        default: nil
        }
    }
}

/// The efficiency of one run.
public struct RunCost: Sendable {
    public var requests: Int
    public var durationSeconds: Double
    /// vCPUs the process used on average, and those it had (and would pay for).
    public var vCPUUsed: Measured<Double>
    public var vCPUReserved: Double
    public var memory: Measured<MemoryLimit>
    public var price: Measured<Price>

    public init(
        requests: Int, durationSeconds: Double, vCPUUsed: Measured<Double>, vCPUReserved: Double,
        memory: Measured<MemoryLimit>, price: Measured<Price>
    ) {
        self.requests = requests
        self.durationSeconds = durationSeconds
        self.vCPUUsed = vCPUUsed
        self.vCPUReserved = vCPUReserved
        self.memory = memory
        self.price = price
    }

    private var hasRun: Bool { requests > 0 && durationSeconds > 0 }

    /// Requests per second for each vCPU the process really used: requests over CPU seconds.
    public var requestsPerVCPUUsed: Measured<Double> {
        guard hasRun else { return .unknown("no request was completed") }
        switch vCPUUsed {
        case .known(let used) where used > 0: return .known(Double(requests) / (used * durationSeconds))
        case .known: return .unknown("the process used no CPU time that could be measured")
        case .unknown(let reason): return .unknown(reason)
        }
    }

    /// Requests per second for each vCPU of the quota, used or not.
    public var requestsPerVCPUReserved: Measured<Double> {
        guard hasRun, vCPUReserved > 0 else { return .unknown("no request was completed") }
        return .known(Double(requests) / (vCPUReserved * durationSeconds))
    }

    /// CPU seconds the process used per million requests.
    public var vCPUSecondsPerMillion: Measured<Double> { requestsPerVCPUUsed.map { 1e6 / $0 } }

    /// Dollars per million requests for the whole quota and memory over the duration: idle time costs the
    /// same.
    public var dollarsPerMillion: Measured<Double> {
        guard hasRun else { return .unknown("no request was completed") }
        return price.with(memory) { price, memory in
            let perHour = vCPUReserved * price.vCPUHour + memory.gib * price.gbHour
            return perHour * durationSeconds / 3600 / Double(requests) * 1e6
        }
    }
}
