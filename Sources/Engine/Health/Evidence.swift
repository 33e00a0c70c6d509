// What a verdict is based on: plain numbers of one run, filled in by the control thread from the workers'
// loops, the metrics and the probes. A number nobody measured is an unknown with its reason, never a zero.

import Base

/// How the plan decides when requests start.
public enum LoadModel: String, Sendable {
    /// VUs start the next iteration when the last one ended.
    case closed
    /// Iterations start by a schedule, whatever the server does.
    case open
    /// Scenarios of both kinds ran.
    case mixed
}

/// One worker's loop over the whole run.
public struct WorkerEvidence: Sendable {
    /// Share of wall time the loop was not waiting for events, 0 to 1. Time it was busy but had no CPU
    /// counts; time it spun on purpose (pacing) does not.
    public var busyShare: Measured<Double>
    /// CPU time of the thread over wall time.
    public var cpuShare: Measured<Double>
    /// How late the loop got to what was due, in milliseconds.
    public var lagP99Ms: Measured<Double>
    public var lagMaxMs: Measured<Double>
    /// Share of wall time spent inside scripts, and the longest stretch of it in milliseconds; nil in a run
    /// without a script.
    public var scriptShare: Double?
    public var scriptLongestMs: Double?

    public init(
        busyShare: Measured<Double>, cpuShare: Measured<Double>, lagP99Ms: Measured<Double>,
        lagMaxMs: Measured<Double>, scriptShare: Double? = nil, scriptLongestMs: Double? = nil
    ) {
        self.scriptShare = scriptShare
        self.scriptLongestMs = scriptLongestMs
        self.busyShare = busyShare
        self.cpuShare = cpuShare
        self.lagP99Ms = lagP99Ms
        self.lagMaxMs = lagMaxMs
    }
}

/// The schedule of the open-loop part of a run and what became of it.
public struct OpenLoopEvidence: Sendable {
    /// Iterations per second that were due, and that were started.
    public var offeredPerSecond: Double
    public var startedPerSecond: Double
    /// Iterations dropped because no VU was free when they were due.
    public var dropped: Int
    public var scheduled: Int
    /// Actual minus scheduled start, in milliseconds.
    public var latenessP99Ms: Measured<Double>
    /// Mean response time of the first and of the last third of the run, in milliseconds.
    public var drift: Measured<Drift>
    /// Mean duration of an iteration in seconds, and the most VUs the plan allows: what the offered rate
    /// would need.
    public var iterationSeconds: Measured<Double>
    public var vusMax: Int

    public struct Drift: Sendable, Equatable {
        public var firstMs: Double
        public var lastMs: Double

        public init(firstMs: Double, lastMs: Double) {
            self.firstMs = firstMs
            self.lastMs = lastMs
        }
    }

    public init(
        offeredPerSecond: Double, startedPerSecond: Double, dropped: Int, scheduled: Int,
        latenessP99Ms: Measured<Double>, drift: Measured<Drift>, iterationSeconds: Measured<Double>,
        vusMax: Int
    ) {
        self.offeredPerSecond = offeredPerSecond
        self.startedPerSecond = startedPerSecond
        self.dropped = dropped
        self.scheduled = scheduled
        self.latenessP99Ms = latenessP99Ms
        self.drift = drift
        self.iterationSeconds = iterationSeconds
        self.vusMax = vusMax
    }
}

/// Where the time of the active VUs went; shares of one that add up to at most 1.
public struct VUTime: Sendable, Equatable {
    /// Connecting, handshake, sending, waiting and receiving: the server and the network.
    public var server: Double
    /// Sleeping because the script or the plan said so (think time, minimum iteration duration, `rps`).
    public var think: Double
    /// Everything else: running scripts, queued in the client, blocked for a connection.
    public var client: Double

    public init(server: Double, think: Double, client: Double) {
        self.server = server
        self.think = think
        self.client = client
    }
}

/// Mean phases of a request in milliseconds, as in k6's metrics.
public struct PhaseMeans: Sendable, Equatable {
    public var blockedMs, connectingMs, tlsMs, sendingMs, waitingMs, receivingMs: Double

    public init(
        blockedMs: Double, connectingMs: Double, tlsMs: Double, sendingMs: Double, waitingMs: Double,
        receivingMs: Double
    ) {
        self.blockedMs = blockedMs
        self.connectingMs = connectingMs
        self.tlsMs = tlsMs
        self.sendingMs = sendingMs
        self.waitingMs = waitingMs
        self.receivingMs = receivingMs
    }
}

public struct ConnectionCounts: Sendable, Equatable {
    /// Connections the run tried to open, that were established, and that were in use at the same time on
    /// average.
    public var requested: Int
    public var established: Int
    public var activeMean: Double

    public init(requested: Int, established: Int, activeMean: Double) {
        self.requested = requested
        self.established = established
        self.activeMean = activeMean
    }
}

/// A supply that runs out: descriptors, ports.
public struct Supply: Sendable, Equatable {
    public var used: Int
    public var available: Int
    public var left: Int { max(available - used, 0) }

    public init(used: Int, available: Int) {
        self.used = used
        self.available = available
    }
}

public struct Evidence: Sendable {
    public var loadModel: LoadModel
    public var durationSeconds: Double
    /// Requests completed, and the share of them that failed (0 to 1).
    public var requests: Int
    public var failedShare: Double
    public var workers: [WorkerEvidence] = []
    public var openLoop: OpenLoopEvidence?
    public var vuTime: Measured<VUTime> = .unknown("not measured")
    public var phases: Measured<PhaseMeans> = .unknown("not measured")
    public var connections: Measured<ConnectionCounts> = .unknown("not measured")
    /// Connections that failed because the process had no descriptor left (EMFILE, ENFILE).
    public var descriptorErrors = 0
    /// Connections that failed because no local port was left (EADDRNOTAVAIL).
    public var portErrors = 0

    // The machine: filled by `take(_:sizing:)`.
    public var vCPULimit: Measured<Double> = .unknown("not measured")
    public var vCPULimitText = ""
    public var vCPUUsed: Measured<Double> = .unknown("not measured")
    public var throttling: Measured<Throttling> = .unknown("not measured")
    public var stealShare: Measured<Double> = .unknown("not measured")
    /// Time ready without a CPU over the workers' wall time.
    public var readyWaitShare: Measured<Double> = .unknown("not measured")
    public var descriptors: Measured<Supply> = .unknown("not measured")
    /// Ports to one destination from one local address; `used` is an upper bound.
    public var ports: Measured<Supply> = .unknown("not measured")

    public init(loadModel: LoadModel, durationSeconds: Double, requests: Int, failedShare: Double) {
        self.loadModel = loadModel
        self.durationSeconds = durationSeconds
        self.requests = requests
        self.failedShare = failedShare
    }

    /// Fills in what the probes saw between the start and the end of the run.
    public mutating func take(_ difference: HealthDifference, sizing: Sizing) {
        vCPULimit = .known(sizing.cpu.vCPU)
        vCPULimitText = sizing.cpu.text
        vCPUUsed = difference.vCPUUsed
        throttling = difference.throttling
        stealShare = difference.stealShare
        let wallNs = Double(difference.durationNs) * Double(sizing.workers)
        readyWaitShare =
            wallNs > 0
            ? difference.readyWaitNs.map { Double($0) / wallNs } : .unknown("no time between the readings")
        let end = difference.end
        descriptors = end.descriptorsOpen.with(end.descriptorsMax) { Supply(used: $0, available: $1) }
        ports = end.portsUsed.with(end.ports) { Supply(used: $0, available: $1.count) }
    }
}
