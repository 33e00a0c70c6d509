# Starts and stops the server Apus brings along, on a free loopback port. Sourced by tools/try and tools/test,
# after steps.sh; needs $apus.

target_pid=

# Leaves the server's process in $target_pid and its address in $target_url.
start_target() {
  local port attempt
  for attempt in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 12000))
    answers "$port" && continue
    "$apus" target --address "127.0.0.1:$port" >"$steps_log" 2>&1 &
    target_pid=$!
    for _ in $(seq 100); do
      kill -0 "$target_pid" 2>/dev/null || break
      if answers "$port"; then
        target_url=http://127.0.0.1:$port/
        return 0
      fi
      sleep 0.05
    done
    stop_target
  done
  cat "$steps_log" >&2
  echo "$me: 'apus target' did not start; last tried port $port" >&2
  exit 1
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

stop_target() {
  [ -n "$target_pid" ] || return 0
  kill "$target_pid" 2>/dev/null || true
  wait "$target_pid" 2>/dev/null || true
  target_pid=
}
