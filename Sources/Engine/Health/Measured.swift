// A value that was read, or the reason why it could not be. Every probe of the client's health gives one of
// these, so that a number nobody could read never passes for a good one. Used by the probes, the sizing, the
// verdict and the report.

public enum Measured<Value: Sendable>: Sendable {
    case known(Value)
    /// Why there is no value: a clause that reads well after "unknown: ".
    case unknown(String)

    public var value: Value? {
        switch self {
        case .known(let value): value
        case .unknown: nil
        }
    }

    public var reason: String? {
        switch self {
        case .known: nil
        case .unknown(let reason): reason
        }
    }

    public var isKnown: Bool { value != nil }

    public func map<Other: Sendable>(_ transform: (Value) -> Other) -> Measured<Other> {
        switch self {
        case .known(let value): .known(transform(value))
        case .unknown(let reason): .unknown(reason)
        }
    }

    /// Both values together, or the reason of the first one that is missing.
    public func with<Other: Sendable, Sum: Sendable>(
        _ other: Measured<Other>, _ combine: (Value, Other) -> Sum
    ) -> Measured<Sum> {
        switch (self, other) {
        case (.known(let a), .known(let b)): .known(combine(a, b))
        case (.unknown(let reason), _), (_, .unknown(let reason)): .unknown(reason)
        }
    }

    /// The value as text, or "unknown: " and the reason.
    public func text(_ render: (Value) -> String) -> String {
        switch self {
        case .known(let value): render(value)
        case .unknown(let reason): "unknown: \(reason)"
        }
    }
}

extension Measured: Equatable where Value: Equatable {}
