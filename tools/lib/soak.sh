# Runs of minutes whose memory must stay flat: the resident size after a fifth of it against the size at its
# end. Sourced by tools/test --all, after steps.sh and target.sh; needs $apus.

soak_growth_percent_max=3

resident_kib() { awk '/^VmRSS:/ { print $2 }' "/proc/$1/status"; }

# soak SECONDS: 100 users of one URL at full speed, then 2,000 users of a script that think.
soak() {
  start_target
  soak_run "URL" "$1" --vus 100 "$target_url"
  soak_run "script, 2000 VUs" "$1" --vus 2000 --env "BASE=$target_url" tools/lib/soak.js
  stop_target
}

# soak_run NAME SECONDS ARGUMENT …
soak_run() {
  local name=$1 seconds=$2 early late code=0 run_pid output
  shift 2
  output=$(mktemp)
  "$apus" run --quiet --duration "${seconds}s" "$@" >"$output" 2>&1 &
  run_pid=$!
  sleep $((seconds / 5))
  early=$(resident_kib "$run_pid" || true)
  sleep $((seconds - seconds / 5 - 2))
  late=$(resident_kib "$run_pid" || true)
  wait "$run_pid" || code=$?
  if [ "$code" -ne 0 ] || [ -z "$early" ] || [ -z "$late" ]; then
    stop_target
    cat "$output" >&2
    echo "$me: the soak run ($name) ended with $code" >&2
    exit 1
  fi
  rm -f "$output"
  say "soak ($name): $early KiB after $((seconds / 5)) s, $late KiB after $((seconds - 2)) s"
  if [ $((late * 100)) -gt $((early * (100 + soak_growth_percent_max))) ]; then
    stop_target
    echo "$me: memory grew by more than $soak_growth_percent_max % during the soak ($name)" >&2
    exit 1
  fi
}
