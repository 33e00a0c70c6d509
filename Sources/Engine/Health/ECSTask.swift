// What ECS says about the task Apus runs in: the CPU and memory limits of the whole task, and its zone. The
// container's own cgroup shows neither on Fargate (the quota sits on a parent outside the container), and the
// container-level "Limits" are shares, not limits; so the task-level ones count. Called by the sizing.

public struct ECSTask: Sendable, Equatable {
    /// vCPUs the task may use, 0.25 to 16; nil when the task definition sets no task-level limit.
    public var vCPU: Double?
    public var memoryMiB: Double?
    public var availabilityZone: String?

    public static let environmentName = "ECS_CONTAINER_METADATA_URI_V4"

    /// Reads the body of the endpoint's `/task`.
    public static func parse(_ body: [UInt8]) throws(MetadataClient.Problem) -> ECSTask {
        let document: HealthJSON
        do throws(HealthJSON.Problem) {
            document = try HealthJSON.parse(body)
        } catch {
            throw MetadataClient.Problem(description: error.description)
        }
        guard case .object = document else { throw MetadataClient.Problem(description: "not a JSON object") }
        let limits = document["Limits"]
        return ECSTask(
            vCPU: try positive(limits?["CPU"], "Limits.CPU"),
            memoryMiB: try positive(limits?["Memory"], "Limits.Memory"),
            availabilityZone: document["AvailabilityZone"]?.string)
    }

    private static func positive(_ value: HealthJSON?, _ name: String) throws(MetadataClient.Problem)
        -> Double?
    {
        guard let value, value != .null else { return nil }
        guard let number = value.number, number > 0 else {
            throw MetadataClient.Problem(description: "\(name) is not a positive number")
        }
        return number
    }
}
