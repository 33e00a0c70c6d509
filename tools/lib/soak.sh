# A run of minutes whose memory must stay flat: the resident size after a fifth of it against the size at its
# end. Sourced by tools/test --all, after steps.sh and target.sh; needs $apus.

soak_growth_percent_max=3

resident_kib() { awk '/^VmRSS:/ { print $2 }' "/proc/$1/status"; }

# soak SECONDS
soak() {
  local seconds=$1 early late code=0 run_pid output
  output=$(mktemp)
  start_target
  "$apus" run --quiet --vus 100 --duration "${seconds}s" "$target_url" >"$output" 2>&1 &
  run_pid=$!
  sleep $((seconds / 5))
  early=$(resident_kib "$run_pid" || true)
  sleep $((seconds - seconds / 5 - 2))
  late=$(resident_kib "$run_pid" || true)
  wait "$run_pid" || code=$?
  stop_target
  if [ "$code" -ne 0 ] || [ -z "$early" ] || [ -z "$late" ]; then
    cat "$output" >&2
    echo "$me: the soak run ended with $code" >&2
    exit 1
  fi
  rm -f "$output"
  say "soak: $early KiB after $((seconds / 5)) s, $late KiB after $((seconds - 2)) s"
  if [ $((late * 100)) -gt $((early * (100 + soak_growth_percent_max))) ]; then
    echo "$me: memory grew by more than $soak_growth_percent_max % during the soak" >&2
    exit 1
  fi
}
