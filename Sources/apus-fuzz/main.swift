// The fuzzer's command line: `--list`, or one target for a time or a number of cases. Called by tools/test
// --all and .ci/run through tools/lib/fuzz.sh, and by hand to replay a finding.

import Glibc

do {
    let request = try FuzzRequest(Array(CommandLine.arguments.dropFirst()))
    if request.listsTargets {
        for target in FuzzTarget.all { print(target.name) }
        exit(0)
    }
    exit(FuzzDriver(request).run())
} catch {
    print("apus-fuzz: \(error)")
    print(FuzzRequest.usage)
    exit(2)
}
