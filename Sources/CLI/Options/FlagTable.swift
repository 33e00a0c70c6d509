// Every flag of every command: name, letter, value, environment name, group, one line of help. The parser,
// the help pages, "did you mean" and the option bindings read this and nothing else. Help lines fit one
// terminal line each: `apus run --help` has to fit two screens.

public enum FlagTable {
    public static let global: [Flag] = [
        Flag(
            "address", short: "a", .value, "ADDR", env: "K6_ADDRESS", in: .global,
            "REST API address; empty switches it off"),
        Flag(
            "config", short: "c", .value, "FILE", env: "K6_CONFIG", in: .global,
            "JSON config file (~/.config/k6/config.json)"),
        Flag("log-format", .value, "FMT", env: "K6_LOG_FORMAT", in: .global, "text, json or raw"),
        Flag(
            "log-output", .value, "TO", env: "K6_LOG_OUTPUT", in: .global,
            "stderr, stdout, none or file=PATH[,level=L]"),
        Flag("no-color", .bool, env: "K6_NO_COLOR", in: .global, "no colours"),
        Flag("profiling-enabled", .bool, env: "K6_PROFILING_ENABLED", in: .global, "pprof on the REST API"),
        Flag("quiet", short: "q", .bool, in: .global, "no banner, no plan, no progress; the summary stays"),
        Flag(
            "secret-source", .list, "SRC", env: "K6_SECRET_SOURCE", in: .global,
            "where secrets come from; repeatable"),
        Flag("verbose", short: "v", .bool, in: .global, "log debug messages as well"),
        Flag("help", short: "h", .bool, in: .global, "this text"),
    ]

    static let load: [Flag] = [
        Flag("vus", short: "u", .value, "N", env: "K6_VUS", in: .load, "virtual users (1)"),
        Flag("duration", short: "d", .value, "TIME", env: "K6_DURATION", in: .load, "how long: 30s, 1m30s"),
        Flag(
            "iterations", short: "i", .value, "N", env: "K6_ITERATIONS", in: .load,
            "iterations in all, shared by the VUs"),
        Flag(
            "stage", short: "s", .list, "TIME:N", env: "K6_STAGES", in: .load,
            "ramp to N VUs within TIME; repeatable"),
        Flag("rate", .value, "N[/TIME]", in: .load, "open loop: start N iterations per second (or per TIME)"),
        Flag("pre-allocated-vus", .value, "N", in: .load, "VUs made ready before a --rate run starts"),
        Flag("max-vus", .value, "N", in: .load, "VUs a --rate run may grow to"),
        Flag(
            "preset", .value, "NAME", in: .load,
            "a ready-made shape: smoke, stress, spike … (apus presets)"),
        Flag(
            "threshold", .list, "'M: EXPR'", in: .load,
            "pass or fail: 'http_req_duration: p(95)<200'; repeatable"),
        Flag("rps", .value, "N", env: "K6_RPS", in: .load, "at most N requests per second over all VUs"),
        Flag(
            "min-iteration-duration", .value, "TIME", env: "K6_MIN_ITERATION_DURATION", in: .load,
            "shortest iteration"),
        Flag("execution-segment", .value, "SEG", in: .load, "run this share of the test only: 25%, 1/4:1/2"),
        Flag("execution-segment-sequence", .value, "SEQ", in: .load, "all shares' borders: 0,1/4,1/2,1"),
        Flag("paused", short: "p", .bool, env: "K6_PAUSED", in: .load, "start paused"),
    ]

    static let request: [Flag] = [
        Flag("method", short: "X", .value, "METHOD", in: .request, "request method (GET; POST with a body)"),
        Flag("header", short: "H", .list, "'N: VALUE'", in: .request, "request header; repeatable"),
        Flag(
            "body", short: "b", .value, "TEXT|@FILE", in: .request, "request body, or its file"),
        Flag("timeout", .value, "TIME", in: .request, "time-out of one request (60s)"),
        Flag("url", .bool, in: .request, "the argument is a target, even if it looks like a script"),
        Flag("max-redirects", .value, "N", env: "K6_MAX_REDIRECTS", in: .request, "redirects followed (10)"),
        Flag(
            "user-agent", .value, "TEXT", env: "K6_USER_AGENT", in: .request,
            "User-Agent header; empty sends none"),
        Flag(
            "discard-response-bodies", .bool, env: "K6_DISCARD_RESPONSE_BODIES", in: .request,
            "read response bodies without keeping them"),
        Flag(
            "http-debug", .optionalValue("headers"), "[=full]", env: "K6_HTTP_DEBUG", in: .request,
            "log requests and responses"),
    ]

    static let connection: [Flag] = [
        Flag(
            "no-connection-reuse", .bool, env: "K6_NO_CONNECTION_REUSE", in: .connection,
            "a new connection per request"),
        Flag(
            "no-vu-connection-reuse", .bool, env: "K6_NO_VU_CONNECTION_REUSE", in: .connection,
            "new connections for every iteration"),
        Flag(
            "insecure-skip-tls-verify", .bool, env: "K6_INSECURE_SKIP_TLS_VERIFY", in: .connection,
            "accept any certificate"),
        Flag(
            "dns", .value, "SETTINGS", env: "K6_DNS", in: .connection,
            "ttl=5m,select=random,policy=preferIPv4"),
        Flag(
            "local-ips", .value, "LIST", env: "K6_LOCAL_IPS", in: .connection,
            "connect from these: IP, IP-IP or CIDR"),
        Flag(
            "blacklist-ip", .list, "CIDR", env: "K6_BLACKLIST_IPS", in: .connection,
            "never connect to these networks"),
        Flag(
            "block-hostnames", .list, "NAME", env: "K6_BLOCK_HOSTNAMES", in: .connection,
            "never connect to these names; * leads"),
    ]

    static let result: [Flag] = [
        Flag(
            "out", short: "o", .list, "NAME[=ARG]", env: "K6_OUT", in: .result,
            "send metrics to an output; repeatable"),
        Flag("save", .value, "FILE", in: .result, "keep the whole result: see apus merge and apus export"),
        Flag(
            "summary-mode", .value, "MODE", env: "K6_SUMMARY_MODE", in: .result,
            "compact, full, legacy or disabled"),
        Flag(
            "summary-export", .value, "FILE", env: "K6_SUMMARY_EXPORT", in: .result,
            "write the summary as JSON"),
        Flag(
            "summary-trend-stats", .list, "STATS", env: "K6_SUMMARY_TREND_STATS", in: .result,
            "columns of timings: avg,min,med,max,p(90),p(95)"),
        Flag("summary-time-unit", .value, "UNIT", env: "K6_SUMMARY_TIME_UNIT", in: .result, "s, ms or us"),
        Flag("no-summary", .bool, env: "K6_NO_SUMMARY", in: .result, "no summary at the end"),
        Flag("no-thresholds", .bool, env: "K6_NO_THRESHOLDS", in: .result, "do not evaluate thresholds"),
        Flag("tag", .list, "NAME=VALUE", env: "K6_TAGS", in: .result, "tag on every sample; repeatable"),
        Flag("system-tags", .list, "TAGS", env: "K6_SYSTEM_TAGS", in: .result, "built-in tags to record"),
        Flag("price", .value, "PRICES", in: .result, "vcpu=USD,gb=USD per hour, for the cost line"),
        Flag("region", .value, "NAME", in: .result, "region whose listed prices count"),
        Flag("arch", .value, "NAME", in: .result, "x86_64 or arm64, for the listed prices"),
    ]

    static let machine: [Flag] = [
        Flag("threads", .value, "N", in: .run, "worker threads (one per core of the quota)"),
        Flag("dry-run", .bool, in: .run, "print the plan, start nothing"),
        Flag("profile", .bool, in: .run, "show where the engine's time went"),
        Flag("linger", short: "l", .bool, env: "K6_LINGER", in: .run, "keep the REST API up after the end"),
    ]

    static let compatibility: [Flag] = [
        Flag(
            "type", short: "t", .value, "KIND", env: "K6_TYPE", in: .compatibility,
            "read the argument as js or archive"),
        Flag(
            "env", short: "e", .list, "NAME=VALUE", in: .compatibility, "variable for scripts; repeatable"),
        Flag(
            "include-system-env-vars", .bool, env: "K6_INCLUDE_SYSTEM_ENV_VARS", in: .compatibility,
            "scripts see the environment (true)"),
        Flag(
            "compatibility-mode", .value, "MODE", env: "K6_COMPATIBILITY_MODE", in: .compatibility,
            "extended or base"),
        Flag("no-setup", .bool, env: "K6_NO_SETUP", in: .compatibility, "skip setup()"),
        Flag("no-teardown", .bool, env: "K6_NO_TEARDOWN", in: .compatibility, "skip teardown()"),
        Flag("throw", short: "w", .bool, env: "K6_THROW", in: .compatibility, "failed requests throw"),
        Flag(
            "batch", .value, "N", env: "K6_BATCH", in: .compatibility,
            "parallel requests of one http.batch() (20)"),
        Flag(
            "batch-per-host", .value, "N", env: "K6_BATCH_PER_HOST", in: .compatibility,
            "the same per host (6)"),
        Flag(
            "console-output", .value, "FILE", env: "K6_CONSOLE_OUTPUT", in: .compatibility,
            "console.* goes there"),
        Flag("traces-output", .value, "TO", env: "K6_TRACES_OUTPUT", in: .compatibility, "none or otel=…"),
        Flag(
            "no-usage-report", .bool, env: "K6_NO_USAGE_REPORT", in: .compatibility,
            "accepted; nothing is ever sent"),
        Flag(
            "features", .list, "NAMES", env: "K6_FEATURES", in: .compatibility, "k6's experimental switches"),
    ]

    public static let run: [Flag] = load + request + connection + result + machine + compatibility

    public static let target: [Flag] = [
        Flag("address", short: "a", .value, "ADDR", in: .run, "where to listen (127.0.0.1:8080)"),
        Flag("threads", .value, "N", in: .run, "worker threads (1)"),
        Flag("tls", .bool, in: .run, "serve HTTPS, with an own certificate unless one is given"),
        Flag("cert", .value, "FILE", in: .run, "certificate chain, PEM"),
        Flag("key", .value, "FILE", in: .run, "its private key, PEM"),
    ]

    public static let doctor: [Flag] = [
        Flag("url", .value, "URL", in: .run, "measure against this target (an own one in the process)"),
        Flag("seconds", .value, "N", in: .run, "length of each measurement (2)"),
        Flag("threads", .value, "N", in: .run, "worker threads (one per core of the quota)"),
    ]

    public static let merge: [Flag] =
        [
            Flag("save", .value, "FILE", in: .run, "write the merged result as well")
        ]
        + result.filter { ["summary-export", "summary-trend-stats", "summary-time-unit"].contains($0.name) }

    public static let export: [Flag] = [
        Flag(
            "format", .value, "FORMAT", in: .run, "hgrm (percentiles) or hdrlog (HdrHistogram V2 intervals)"),
        Flag("out", short: "o", .value, "FILE", in: .run, "where to (standard output)"),
        Flag("metric", .value, "NAME", in: .run, "which trend (http_req_duration)"),
    ]

    /// Flags of the script itself, which `inspect` takes as well.
    private static let scriptNames: Set = [
        "type", "env", "include-system-env-vars", "compatibility-mode", "no-thresholds", "no-summary",
        "summary-mode", "summary-export", "traces-output",
    ]

    /// Flags of a run that say nothing about the test, so that an archive cannot keep them.
    private static let runOnlyNames: Set = [
        "rate", "pre-allocated-vus", "max-vus", "preset", "save", "method", "header", "body", "timeout",
        "url", "out",
        "linger", "price", "region", "arch", "threads", "dry-run", "profile", "no-usage-report", "features",
    ]

    /// The same flags, with the other default the commands have that start no run.
    private static func withoutSystemEnv(_ flags: [Flag]) -> [Flag] {
        flags.map { flag in
            if flag.name != "include-system-env-vars" { return flag }
            return Flag(
                flag.name, flag.kind, env: flag.env, in: flag.group, "scripts see the environment (false)")
        }
    }

    public static let inspect: [Flag] =
        [
            Flag(
                "execution-requirements", .bool, in: .load,
                "merge all options, add the duration and the VUs the test needs")
        ] + withoutSystemEnv(run.filter { scriptNames.contains($0.name) })

    public static let archive: [Flag] =
        [
            Flag(
                "archive-out", short: "O", .value, "FILE", in: .run,
                "the archive (archive.tar); - is standard output"),
            Flag("exclude-env-vars", .bool, in: .run, "put no variables into the archive"),
        ] + withoutSystemEnv(run.filter { !runOnlyNames.contains($0.name) })

    public static let new: [Flag] = [
        Flag("force", short: "f", .bool, in: .run, "overwrite the file"),
        Flag("template", .value, "NAME", in: .run, "minimal, protocol, or the path of a template (minimal)"),
        Flag("project-id", .value, "ID", in: .run, "Grafana Cloud project the script names"),
    ]

    public static let version: [Flag] = [Flag("json", .bool, in: .run, "print JSON")]

    /// The environment name of a `run` or global flag.
    static func env(of flag: String) -> String? { (run + global).first { $0.name == flag }?.env }
}
