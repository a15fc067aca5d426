#!/bin/sh
# Whether a built program runs on the system it is for. Needs nothing but a shell, and curl or wget.
#
#   sh scripts/release/smoke.sh PROGRAM VERSION
set -eu

program=$1
version=$2
port=${SMOKE_PORT:-41419}
folder=$(mktemp -d)
said=$folder/said
server=

# Nobody's configuration takes part.
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
  if [ -f "$said" ]; then cat "$said" >&2; fi
  exit 1
}

get() {
  if command -v curl >/dev/null; then curl --silent --fail --noproxy '*' "$1"; else wget -q -O - "$1"; fi
}

"$program" --version >"$said" 2>&1 || fail '--version ended with a fault'
grep -q "nexus-claude-api $version" "$said" || fail "--version does not say $version"

# Every kind of request, through the upstream of the program itself.
"$program" doctor --simulate --port 0 >"$said" 2>&1 || fail 'doctor found a fault'

"$program" start --simulate --port "$port" >"$said" 2>&1 &
server=$!
tries=0
until get "http://127.0.0.1:$port/health" >"$folder/health" 2>/dev/null; do
  tries=$((tries + 1))
  if [ "$tries" -ge 30 ]; then fail 'the server does not answer'; fi
  kill -0 "$server" 2>/dev/null || fail 'the server ended'
  sleep 1
done
grep -q '"status":"healthy"' "$folder/health" || fail "it is not healthy: $(cat "$folder/health")"
echo "$program $version runs here."
