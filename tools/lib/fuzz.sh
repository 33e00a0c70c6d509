# Runs the fuzzers of `apus-fuzz`: every target it lists, with a seed, and the canary, a planted bug that must
# be found. Sourced by tools/test --all and .ci/run, after steps.sh.

fuzz_canary_seconds=60

# fuzz each|all SECONDS SEED        seconds for each target, or shared out among all of them
fuzz() {
  local share=$1 seconds=$2 seed=$3 driver target
  local -a targets
  quiet swift build -c release --product apus-fuzz
  driver=$(swift build -c release --product apus-fuzz --show-bin-path)/apus-fuzz
  mapfile -t targets < <("$driver" --list | grep -vx canary)
  [ ${#targets[@]} -gt 0 ] || { echo "$me: apus-fuzz lists no target" >&2; exit 1; }
  [ "$share" = each ] || seconds=$((seconds / ${#targets[@]}))
  local code=0
  timeout $((fuzz_canary_seconds * 2)) \
    "$driver" --target canary --seconds "$fuzz_canary_seconds" --seed "$seed" >"$steps_log" 2>&1 || code=$?
  if [ "$code" -eq 0 ] || [ "$code" -eq 124 ]; then
    cat "$steps_log" >&2
    echo "$me: the fuzzer did not find the planted bug (seed $seed)" >&2
    exit 1
  fi
  for target in "${targets[@]}"; do
    quiet timeout $((seconds * 2 + 60)) "$driver" --target "$target" --seconds "$seconds" --seed "$seed"
    say "fuzz: $target, $seconds s, seed $seed"
  done
}
