# Runs the fuzzers of `apus-fuzz`: every target it lists, with a seed, as many at once as there are cores; and
# the canary, a planted bug that must be found. Sourced by tools/test --all and .ci/run, after steps.sh.

fuzz_canary_seconds=60

# fuzz_one DRIVER TARGET SECONDS SEED: quiet unless there is a finding, a crash or a hang
fuzz_one() {
  local output code=0
  output=$(timeout $(($3 * 2 + 60)) "$1" --target "$2" --seconds "$3" --seed "$4" 2>&1) || code=$?
  [ "$code" -eq 0 ] && return
  printf '%s\nfuzzing %s ended with %s (seed %s)\n' "$output" "$2" "$code" "$4" >&2
  return 1
}

# fuzz each|all SECONDS SEED        seconds for each target, or shared out among all of them
fuzz() {
  local share=$1 seconds=$2 seed=$3 driver jobs
  local -a targets
  quiet swift build -c release --static-swift-stdlib --product apus-fuzz
  driver=$(swift build -c release --static-swift-stdlib --product apus-fuzz --show-bin-path)/apus-fuzz
  mapfile -t targets < <("$driver" --list | grep -vx canary)
  [ ${#targets[@]} -gt 0 ] || { echo "$me: apus-fuzz lists no target" >&2; exit 1; }
  jobs=$(nproc)
  [ "$share" = each ] || seconds=$((seconds * jobs / ${#targets[@]}))
  local code=0
  timeout $((fuzz_canary_seconds * 2)) \
    "$driver" --target canary --seconds "$fuzz_canary_seconds" --seed "$seed" >"$steps_log" 2>&1 || code=$?
  # 2 is a wrong call, 124 the time-out: neither found anything.
  if [ "$code" -eq 0 ] || [ "$code" -eq 2 ] || [ "$code" -eq 124 ]; then
    cat "$steps_log" >&2
    echo "$me: the fuzzer did not find the planted bug (seed $seed)" >&2
    exit 1
  fi
  export -f fuzz_one
  printf '%s\n' "${targets[@]}" \
    | xargs -P "$jobs" -I '{}' bash -c "fuzz_one '$driver' '{}' $seconds $seed" \
    || { echo "$me: fuzzing found something (seed $seed)" >&2; exit 1; }
  say "fuzz: ${#targets[@]} targets, $seconds s each, seed $seed"
}
