# Steps of the shell tools: run something quietly and show its output only when it fails, build the release
# binary, run tests and keep the runner's closing line. Sourced by tools/try, tools/test and .ci/run, each
# from the package's root, with its own name in $me.

steps_log=$(mktemp)
closing=
test_minutes_max=20

say() { echo "$me: $*"; }

# Runs a command; its output is shown only when it fails, and ends the script then.
quiet() {
  "$@" >"$steps_log" 2>&1 && return 0
  local code=$?
  cat "$steps_log" >&2
  echo "$me: '$*' ended with $code" >&2
  exit 1
}

# What failed in the log of a test run, a line each: what does not compile, issues, findings of a sanitizer,
# a crash.
what_failed() {
  grep -E '^(/[^ ]+: )?error: ' "$1" | awk '!seen[$0]++' | cut -c 1-400 | head -n 20 || true
  grep -E '^✘ Test .* recorded an issue|^==[0-9]+==ERROR|^WARNING: ThreadSan|^SUMMARY: |Fatal error' "$1" |
    awk '!seen[$0]++' | cut -c 1-400 | tail -n 40 || true
}

# Runs `swift test` with the arguments given, quietly unless it fails; leaves the closing line in $closing. A
# filter that matches no test fails: a test that vanished must not pass.
# XCTest is off: there are no tests of its kind, and its runner leaks, which the address sanitizer reports.
run_tests() {
  local code=0
  timeout "${test_minutes_max}m" swift test --disable-xctest "$@" >"$steps_log" 2>&1 || code=$?
  closing=$(grep -E 'Test run with [0-9]+ test' "$steps_log" | tail -n 1 || true)
  if [ "$code" -ne 0 ]; then
    cat "$steps_log" >&2
    # Once more at the end: what failed is easily lost among thousands of lines.
    echo "$me: what failed:" >&2
    what_failed "$steps_log" >&2
    # A sanitizer's finding fails a run whose tests all passed: then the last line must not say "passed".
    case $closing in
      *failed*) echo "$closing" >&2 ;;
      *) echo "$me: 'swift test $*' ended with $code" >&2 ;;
    esac
    exit 1
  fi
  if [ -z "$closing" ] || grep -q 'with 0 tests' <<<"$closing"; then
    echo "$me: 'swift test $*' ran no test" >&2
    exit 1
  fi
}

# Conformance starts hundreds of processes; tests that measure time would suffer beside it.
conformance=ScriptConformance

# All tests, conformance after the others; $closing is that of the others.
run_all_tests() {
  local others
  run_tests --skip "$conformance" "$@"
  others=$closing
  run_tests --filter "$conformance" "$@"
  say "conformance: $closing"
  closing=$others
}

# The tests in which threads meet: the thread sanitizer finds nothing in the others and slows them tenfold.
thread_tests='EngineTests|SimulationTests|MetricsTests.ThreadTests|ControlTests'
thread_tests+='|ScriptTests.(TwoWorker|Interruption|Life|ImageLife)Tests|HTTPClientTests.ProtocolProbeTests'

# sanitize address|thread|thread-all: tests under a sanitizer, in a build folder of its own; `thread` runs
# those in which threads meet, the others run all.
sanitize() {
  case $1 in
    address) run_all_tests --sanitize=address --scratch-path .build/address ;;
    thread) run_tests --sanitize=thread --scratch-path .build/thread --filter "$thread_tests" ;;
    thread-all) run_all_tests --sanitize=thread --scratch-path .build/thread ;;
  esac
}

# A number for random tests, made of the commit; without git it is 1.
commit_seed() {
  local commit
  commit=$(git rev-parse --short=8 HEAD 2>/dev/null) || commit=00000001
  echo $((16#${commit:0:8}))
}

# Builds the release binary and leaves its path in $apus.
build_release() {
  local arguments=(-c release --static-swift-stdlib --product apus)
  quiet swift build "${arguments[@]}"
  apus=$(swift build "${arguments[@]}" --show-bin-path)/apus
}
