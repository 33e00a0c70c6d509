// The help pages, made from the flag tables. Lines stay within 100 columns and `run`'s page within two
// screens of 50 lines; a test counts them.

public enum HelpText {
    static let overview = """
        Apus runs load tests against HTTP servers.

        Usage: apus COMMAND [flags]

          run       load a URL, or run a script
          new       write a script to start from
          inspect   print a script's options
          archive   pack a script and what it reads into one file
          merge     add up result files of several processes, exactly
          export    a result file's percentiles or HdrHistogram log
          target    serve something to load: an HTTP server with faults on request
          doctor    what this machine can do, and what may limit a run
          presets   the ready-made load shapes
          version   the version
          help      help on a command

        apus run http://localhost:8080/ -u 50 -d 10s
        apus help run lists every flag.

        """

    /// The page of one command.
    static func page(_ command: String) -> String {
        switch command {
        case "run": run
        case "target":
            "Serves HTTP for tests: plain answers, and faults by path.\n\nUsage: apus target [flags]\n\n"
                + section(nil, FlagTable.target) + common
        case "doctor":
            "Checks this machine, measures its ceiling and says what a run may expect.\n\n"
                + "Usage: apus doctor [flags]\n\n"
                + section(nil, FlagTable.doctor) + common
        case "inspect":
            "Prints the options of a script or archive as JSON.\n\nUsage: apus inspect [flags] SCRIPT|ARCHIVE|-\n\n"
                + section(nil, FlagTable.inspect) + common
        case "archive":
            "Packs a script, everything it reads and its options into one file, which apus run and k6 run.\n\n"
                + "Usage: apus archive [flags] SCRIPT|ARCHIVE|-\n\n" + section(nil, FlagTable.archive)
                + common
        case "new":
            "Writes a script to start from.\n\nUsage: apus new [FILE] [flags]\n\n"
                + section(nil, FlagTable.new)
                + common
        case "merge":
            "Adds up result files of apus run --save, judges the thresholds on the whole and prints one summary.\n\n"
                + "Usage: apus merge [flags] FILE...\n\n" + section(nil, FlagTable.merge) + common
        case "export":
            "Writes a trend of a result file in HdrHistogram's forms.\n\n"
                + "Usage: apus export --format hgrm|hdrlog [flags] FILE\n\n"
                + section(nil, FlagTable.export) + common
        case "presets": "Lists the presets of apus run --preset.\n\nUsage: apus presets\n"
        case "version": "Prints the version.\n\nUsage: apus version [--json]\n"
        default: overview
        }
    }

    private static let common = "  -q, -v, --log-format, --log-output, --no-color: see apus help run\n"

    private static var run: String {
        var page = """
            Usage: apus run [flags] URL|SCRIPT|-

              apus run http://localhost:8080/                       one request
              apus run -u 50 -d 30s http://localhost:8080/          50 users for 30 seconds
              apus run --rate 1000 -d 30s http://localhost:8080/    1000 requests per second, late or not
              apus run --preset stress --dry-run http://localhost:8080/

            Times read 300ms, 10s, 1m30s. Flags go above K6_… variables, those above the config file.

            """
        for group in Flag.Group.allCases {
            page += section(group.rawValue, (FlagTable.run + FlagTable.global).filter { $0.group == group })
        }
        return page
    }

    private static func section(_ title: String?, _ flags: [Flag]) -> String {
        let lefts = flags.map(left)
        let width = min(lefts.map(\.count).max() ?? 0, 40)
        var text = title.map { "\n\($0):\n" } ?? ""
        for (flag, left) in zip(flags, lefts) {
            text += "  \(left)\(String(repeating: " ", count: max(0, width - left.count)))  \(flag.help)\n"
        }
        return text
    }

    private static func left(_ flag: Flag) -> String {
        let joint = if case .optionalValue = flag.kind { "" } else { flag.placeholder.isEmpty ? "" : " " }
        return (flag.short.map { "-\($0), " } ?? "    ") + "--\(flag.name)\(joint)\(flag.placeholder)"
    }
}
