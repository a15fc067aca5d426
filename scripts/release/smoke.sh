#!/bin/sh
# Checks that a built program runs on its target system. Needs only a shell, and curl or wget.
#
#   sh scripts/release/smoke.sh PROGRAM VERSION
set -eu

program=$1
version=$2
port=${SMOKE_PORT:-41419}
folder=$(mktemp -d)
output=$folder/output
server=

# Ignore all existing configuration.
export HOME="$folder" XDG_CONFIG_HOME="$folder" APPDATA="$folder" NO_PROXY='*'

finish() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || :
    wait "$server" 2>/dev/null || :
  fi
  # On Windows a program that has just ended may still hold its files.
  rm -rf "$folder" || :
}
trap finish EXIT

fail() {
  echo "$*" >&2
  if [ -f "$output" ]; then cat "$output" >&2; fi
  exit 1
}

get() {
  if command -v curl >/dev/null; then curl --silent --fail --noproxy '*' "$1"; else wget -q -O - "$1"; fi
}

"$program" --version >"$output" 2>&1 || fail '--version failed'
grep -q "nexus-claude-api $version" "$output" || fail "--version does not print $version"

# Send every kind of request through the program's own upstream.
"$program" doctor --simulate --port 0 >"$output" 2>&1 || fail 'doctor reported a fault'

"$program" start --simulate --port "$port" >"$output" 2>&1 &
server=$!
tries=0
until get "http://127.0.0.1:$port/health" >"$folder/health" 2>/dev/null; do
  tries=$((tries + 1))
  if [ "$tries" -ge 30 ]; then fail 'the server does not answer'; fi
  kill -0 "$server" 2>/dev/null || fail 'the server ended'
  sleep 1
done
grep -q '"status":"healthy"' "$folder/health" || fail "the server is not healthy: $(cat "$folder/health")"
echo "$program $version runs here."
