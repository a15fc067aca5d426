#!/bin/sh
# Installs nexus-claude-api for the person who runs it, or takes it away again. README.md has the one line
# that fetches and runs this; --help has the options; docs/install.md explains them.
#
# It asks for no rights that you do not have, changes no file of your shell, and installs nothing that is not
# in the release's SHA256SUMS. POSIX sh: dash, bash, busybox, ksh and zsh run it.
#
# Whatever acts stands in functions, and the last line runs them: half of a script that was cut off on its way
# does nothing.
set -eu

program=nexus-claude-api
repository=https://github.com/nexus-claude-api/nexus-claude-api
# Seconds without a byte, after which a server counts as gone.
patience=60

say() { printf '%s\n' "$*" >&2; }

# fail <exit code> <what happened> [what to do next]...
fail() {
  code=$1
  shift
  say "Error: $1"
  shift
  for line in "$@"; do say "  $line"; done
  exit "$code"
}

usage() {
  cat << 'END'
Installs nexus-claude-api for you alone, or takes it away again.

Usage: install.sh [options]
       curl -fsSL <address of install.sh> | sh -s -- [options]

Options:
  --version X    Install this version; the latest one without it
  --to DIR       Folder for the program: $XDG_BIN_HOME or ~/.local/bin
                 without it
  --mirror URL   Fetch from here instead of GitHub. A mirror holds
                 v<version>/<files of the release>, and latest/SHA256SUMS
  --allow-http   Take a mirror whose address begins with http: whoever is on
                 the way to it can give you another program
  --force        Replace a file that is not this program, or a link that
                 another installer made
  --uninstall    Remove the program and its completions. Your
                 configuration and your key stay: run
                 `nexus-claude-api config unset apiKey` first to remove the key
  --dry-run      Say what would be done, and change nothing
  -h, --help     Show this help

Environment:
  NEXUS_CLAUDE_API_MIRROR   As --mirror
  HTTPS_PROXY, NO_PROXY     The proxy on the way out, as curl has it

Exit codes:
  0  done
  1  it could not be done: no network, a wrong checksum, a folder that
     cannot be written
  2  wrong use, or a machine for which there is no program
END
}

has() { command -v "$1" > /dev/null 2>&1; }

# ~/.local/bin instead of /home/name/.local/bin, for people.
tidy() {
  case $1 in
    "$home"/*) printf '%s' "~${1#"$home"}" ;;
    *) printf '%s' "$1" ;;
  esac
}

# --- What is asked for ---

need_value() {
  case $2 in
    '' | -*) fail 2 "$1 needs a value." 'install.sh --help shows the options.' ;;
    *) ;;
  esac
}

read_arguments() {
  version='' mirror=${NEXUS_CLAUDE_API_MIRROR:-} to='' action=install
  is_forced=no is_dry_run=no is_http_allowed=no
  while [ $# -gt 0 ]; do
    case $1 in
      --version) need_value "$1" "${2:-}" && version=$2 && shift ;;
      --to) need_value "$1" "${2:-}" && to=$2 && shift ;;
      --mirror) need_value "$1" "${2:-}" && mirror=$2 && shift ;;
      --version=*) need_value "${1%%=*}" "${1#*=}" && version=${1#*=} ;;
      --to=*) need_value "${1%%=*}" "${1#*=}" && to=${1#*=} ;;
      --mirror=*) need_value "${1%%=*}" "${1#*=}" && mirror=${1#*=} ;;
      --allow-http) is_http_allowed=yes ;;
      --force) is_forced=yes ;;
      --uninstall) action=uninstall ;;
      --dry-run) is_dry_run=yes ;;
      -h | --help) action=help ;;
      *) fail 2 "Unknown option: $1" 'install.sh --help shows the options.' ;;
    esac
    shift
  done
  version=${version#v}
  [ -z "$version" ] || is_version "$version" ||
    fail 2 "That is no version: $version" 'A version looks like this: 1.2.3'
}

# It becomes part of addresses and of file names.
is_version() {
  case $1 in
    *[!0-9A-Za-z.+-]* | *..*) return 1 ;;
    [0-9]*.[0-9]*.[0-9]*) return 0 ;;
    *) return 1 ;;
  esac
}

choose_folders() {
  home=${HOME:-}
  while [ "${home%/}" != "$home" ] && [ "$home" != / ]; do home=${home%/}; done
  [ -n "$home" ] || fail 2 'HOME is not set.' 'Set it to your own folder, and run this again.'
  # XDG: a relative path counts as none.
  case ${XDG_DATA_HOME:-} in /*) data=$XDG_DATA_HOME ;; *) data=$home/.local/share ;; esac
  case ${XDG_CONFIG_HOME:-} in /*) config=$XDG_CONFIG_HOME ;; *) config=$home/.config ;; esac
  if [ -z "$to" ]; then
    case ${XDG_BIN_HOME:-} in /*) to=$XDG_BIN_HOME ;; *) to=$home/.local/bin ;; esac
  fi
  case $to in
    /*) ;;
    # No shell does it behind --to=, and a folder named ~ is what nobody wants.
    \~ | \~/*) to=$home${to#\~} ;;
    *) to=$(pwd)/${to#./} ;;
  esac
  case $to in
    *:*) fail 2 "A folder on PATH cannot hold a colon: $to" 'Choose another one with --to.' ;;
    *) ;;
  esac
  while [ "${to%/}" != "$to" ] && [ "$to" != / ]; do to=${to%/}; done
  installed=${to%/}/$program
}

is_this_machine() {
  case $1 in
    *@*) return 1 ;;
    127.0.0.1 | 127.0.0.1[:/]* | localhost | localhost[:/]*) return 0 ;;
    *) return 1 ;;
  esac
}

choose_source() {
  if [ -z "$mirror" ]; then
    files=$repository/releases/download
    # GitHub leads this on to the newest release. No question to its API: that is rationed for whole companies.
    latest=$repository/releases/latest/download
    protocols='=https'
    return
  fi
  rest=${mirror#*://}
  case ${rest%%/*} in
    *@*) fail 2 "The mirror's address holds a login, which would be shown." 'Put it into ~/.netrc or ~/.curlrc instead.' ;;
    *) ;;
  esac
  mirror=${mirror%/}
  files=$mirror
  latest=$mirror/latest
  protocols='=https'
  case $mirror in
    https://*) ;;
    http://*)
      [ "$is_http_allowed" = yes ] || is_this_machine "${mirror#http://}" ||
        fail 2 "The mirror's address begins with http: $mirror" \
          'Whoever is on the way to it can give you another program. Ask for an https' \
          'address, or add --allow-http.'
      protocols='=http,https'
      ;;
    *) fail 2 "That is no address of a mirror: $mirror" 'It begins with https://' ;;
  esac
}

# --- Which program this machine needs ---

processor_features() {
  case $system in
    darwin) sysctl -n machdep.cpu.leaf7_features 2> /dev/null ;;
    *) grep -m1 '^flags' /proc/cpuinfo 2> /dev/null ;;
  esac
}

# The other program would crash without AVX2; in doubt the one that runs everywhere.
has_avx2() {
  case " $(processor_features || true) " in
    *' avx2 '* | *' AVX2 '*) return 0 ;;
    *) return 1 ;;
  esac
}

is_translated() { [ "$(sysctl -n sysctl.proc_translated 2> /dev/null || true)" = 1 ]; }

has_musl_loader() {
  for loader in /lib/ld-musl-*; do
    [ ! -e "$loader" ] || return 0
  done
  return 1
}

# ldd goes first: a system may have the other library's loader beside its own.
is_musl() {
  case $(ldd --version 2>&1 || true) in
    *musl*) return 0 ;;
    *GLIBC* | *'GNU libc'* | *glibc*) return 1 ;;
    *) has_musl_loader ;;
  esac
}

no_such_program() {
  fail 2 "There is no $program for this machine ($1)." \
    'There is one for Linux and macOS, on x64 and arm64. On Windows, use install.ps1' \
    'in PowerShell. Elsewhere, build it from its sources:' "$repository"
}

choose_target() {
  kernel=$(uname -s) machine=$(uname -m)
  case $kernel in
    Linux) system=linux ;;
    Darwin) system=darwin ;;
    *) no_such_program "$kernel $machine" ;;
  esac
  case $machine in
    x86_64 | amd64 | x64) processor=x64 ;;
    aarch64 | arm64) processor=arm64 ;;
    *) no_such_program "$kernel $machine" ;;
  esac
  # Android's kernel is Linux, its library is neither of the two.
  [ "$(uname -o 2> /dev/null || true)" != Android ] || no_such_program "Android $machine"
  # A Raspberry Pi may run a kernel of 64 bits under programs of 32.
  [ "$(getconf LONG_BIT 2> /dev/null || true)" != 32 ] || no_such_program "$kernel $machine, 32 bits"
  # A shell that Rosetta translates takes the machine for an Intel one.
  if [ "$system-$processor" = darwin-x64 ] && is_translated; then processor=arm64; fi
  target=$system-$processor
  if [ "$system" = linux ] && is_musl; then target=$target-musl; fi
  if [ "$processor" = x64 ] && ! has_avx2; then target=$target-baseline; fi
}

# --- Fetching ---

# Each leaves its last words in $said, and returns other than 0 where there is no whole file.
fetch_with_curl() {
  set -- --fail --location --proto "$protocols" --proto-redir "$protocols" --connect-timeout "$patience" \
    --speed-limit 1 --speed-time "$patience" --retry 2 --show-error \
    --write-out '%{http_code}' --output "$2" "$1"
  # Fifty megabytes take their time: people may see how far it is.
  if [ -t 2 ]; then
    curl --progress-bar "$@" > "$work/status"
  else
    curl --silent "$@" > "$work/status" 2> "$said"
  fi || {
    [ "$(cat "$work/status")" != 404 ] || echo 'error: 404' > "$said"
    return 1
  }
}

fetch_with_wget() (
  # It knows the small spelling alone.
  https_proxy=${https_proxy:-${HTTPS_PROXY:-}} no_proxy=${no_proxy:-${NO_PROXY:-}}
  export https_proxy no_proxy
  help=$(wget --help 2>&1 || true)
  # -nv: -q would leave out why it failed. Busybox takes -nv and -t in silence; some of its builds crash at -T.
  set -- -nv -t 3 -O "$2" "$1"
  case $help in *-T*) set -- -T "$patience" "$@" ;; *) ;; esac
  if [ "$protocols" != =https ]; then
    wget "$@" > "$said" 2>&1
    return
  fi
  # Busybox asks the proxy for http for what is at https, and the proxy answers in the clear.
  is_proxied=${https_proxy:+yes}${http_proxy:+yes}
  unset http_proxy
  # -S: wget follows from https to http and to ftp, so every step that it took has to be seen.
  if ! wget -S "$@" > "$said" 2>&1; then
    case $is_proxied$help in
      yes*BusyBox*) echo "Busybox's wget reaches https through no proxy. Install curl, and run this again." > "$said" ;;
      *) ;;
    esac
    return 1
  fi
  judge_wget > "$work/judgement" || {
    mv -f "$work/judgement" "$said"
    return 1
  }
)

# From what it said with -S: whether nobody on the way could change the file. Else says why not.
judge_wget() {
  # Some builds of busybox encrypt, and believe any certificate.
  if grep -q 'certificate validation not implemented' "$said"; then
    echo 'This wget does not verify certificates. Install curl, and run this again.'
  elif ! grep -q '^ *HTTP/[0-9]' "$said"; then
    echo 'This wget does not say where it was led to. Install curl, and run this again.'
  elif grep -i '^ *location:[[:space:]]*[a-z][a-z0-9+.-]*:' "$said" | grep -qiv 'location:[[:space:]]*https:'; then
    echo 'The server leads on from https to http, where anyone could change the file.'
  else
    return 0
  fi
  return 1
}

# Ubuntu proposes the one from snap, which sees neither temporary nor hidden folders.
has_curl() {
  case $(command -v curl || true) in
    '' | */snap/bin/curl) return 1 ;;
    *) return 0 ;;
  esac
}

# fetch <address> <file> <what to do where the server has no such file>...
fetch() {
  : > "$said"
  if has_curl; then
    if fetch_with_curl "$1" "$2"; then return; fi
  elif has wget; then
    if fetch_with_wget "$1" "$2"; then return; fi
  else
    ! has curl || fail 1 'The curl of snap may not write where it is needed.' \
      "Install your system's own (apt install curl), and run this again."
    fail 1 'There is neither curl nor wget here.' 'Install one of them, and run this again.'
  fi
  reason=$(tr -d '\r' < "$said" | sed -n '/[^[:space:]]/p' | tail -n 1 | cut -c 1-300)
  case $reason in
    *'error: 404'* | *'ERROR 404'* | *'HTTP/1.'[01]' 404'*)
      address=$1
      shift 2
      fail 1 'The server has no such file:' "$address" "$@"
      ;;
    *) ;;
  esac
  fail 1 'This could not be fetched:' "$1" ${reason:+"$reason"} \
    'Behind a company proxy, set HTTPS_PROXY. Where GitHub is closed off, name your' \
    "company's mirror: --mirror URL"
}

# --- Checksums ---

choose_hasher() {
  for tool in sha256sum shasum openssl; do
    hasher=$tool
    if has "$tool"; then return; fi
  done
  fail 1 'Nothing here can verify a checksum: no sha256sum, shasum or openssl.' \
    'Install one of them, and run this again. Unverified, nothing is installed.'
}

sha256_of() {
  case $hasher in
    sha256sum) sha256sum < "$1" | cut -c 1-64 ;;
    shasum) shasum -a 256 < "$1" | cut -c 1-64 ;;
    *) openssl dgst -sha256 -r < "$1" | cut -c 1-64 ;;
  esac
}

is_sha256() {
  [ ${#1} -eq 64 ] || return 1
  case $1 in *[!0-9a-fA-F]*) return 1 ;; *) return 0 ;; esac
}

# The sum of the archive for this machine. Without a version, it is the one that the list is of.
read_sums() {
  sum=''
  while read -r hash name _ || [ -n "$hash" ]; do
    name=${name#\*}
    named=${name#"$program-"}
    named=${named%"-$target.tar.gz"}
    [ "$name" = "$program-$named-$target.tar.gz" ] || continue
    [ -z "$version" ] || [ "$named" = "$version" ] || continue
    [ -z "$sum" ] || fail 1 'SHA256SUMS names the archive for this machine twice:' "$sums_address"
    is_sha256 "$hash" || fail 1 'SHA256SUMS holds something else than checksums:' "$sums_address"
    is_version "$named" || fail 1 'SHA256SUMS names a version that is none:' "$sums_address"
    sum=$(printf '%s' "$hash" | tr ABCDEF abcdef)
    archive=$name
  done < "$work/SHA256SUMS"
  [ -n "$sum" ] || fail 1 "SHA256SUMS has no checksum for $target:" "$sums_address" \
    'Unverified, nothing is installed. Is the release complete, and the mirror whole?' \
    'Or did a proxy put a page in its place? Open the address in a browser.'
  version=${archive#"$program-"}
  version=${version%"-$target.tar.gz"}
}

find_release() {
  if [ -n "$version" ]; then
    sums_address=$files/v$version/SHA256SUMS
    set -- "Is there a version $version? This page has the list:" "$repository/releases"
  else
    sums_address=$latest/SHA256SUMS
    set -- 'Name a version with --version, or tell whoever keeps the mirror.'
  fi
  fetch "$sums_address" "$work/SHA256SUMS" "$@"
  read_sums
}

fetch_archive() {
  address=$files/v$version/$archive
  fetch "$address" "$work/$archive" 'SHA256SUMS names it, so the mirror or the release is incomplete.'
  found=$(sha256_of "$work/$archive")
  [ "$found" = "$sum" ] || fail 1 'The archive is not what SHA256SUMS says. Nothing was installed.' "$address" \
    "expected $sum" "found    ${found:-nothing}" \
    'Try again. If it stays so, the file was changed on its way: tell whoever keeps' \
    'your network or the mirror, and do not use it.'
  mkdir "$work/unpacked"
  tar -x -z -o -f "$work/$archive" -C "$work/unpacked" 2> "$said" ||
    fail 1 'The archive could not be unpacked:' "$(tail -n 1 "$said")"
  content=$work/unpacked/$program-$version-$target
  [ -f "$content/$program" ] || fail 1 "The archive holds no $program." "$address"
}

# --- The program's place ---

version_of() { "$1" --version < /dev/null 2> /dev/null | head -n 1; }

# Whether a file may be replaced or removed: it is this program, and nobody else's to look after.
refuse_foreign() {
  [ -e "$installed" ] || [ -L "$installed" ] || return 0
  [ ! -d "$installed" ] || fail 1 "$(tidy "$installed") is a folder." 'Move it away, or choose another place with --to.'
  [ "$is_forced" = no ] || return 0
  [ ! -L "$installed" ] || fail 1 "$(tidy "$installed") is a link." \
    'Another installer (npm, Homebrew) looks after it: use that one, choose another' \
    'place with --to, or replace the link with --force.'
  case $(version_of "$installed" || true) in
    "$program "*) ;;
    *) fail 1 "$(tidy "$installed") is not $program, or does not run." \
      'Look at it. Move it away, choose another place with --to, or take --force.' ;;
  esac
}

# Said before fifty megabytes are fetched.
refuse_unwritable() {
  place=$to
  while [ ! -e "$place" ]; do
    place=${place%/*}
    place=${place:-/}
  done
  [ -d "$place" ] || fail 1 "$(tidy "$place") is not a folder." 'Choose another place with --to.'
  [ -w "$place" ] || fail 1 "$(tidy "$place") cannot be written by you." \
    'Choose a folder of your own with --to, as ~/.local/bin.'
}

put_program() {
  mkdir -p "$to" 2> "$said" || fail 1 "$(tidy "$to") cannot be made:" "$(tail -n 1 "$said")"
  # Beside its place, so that the last step is one rename: nobody ever finds half a program.
  staged=$(mktemp "$to/.$program.XXXXXX" 2> "$said") ||
    fail 1 "$(tidy "$to") cannot be written:" "$(tail -n 1 "$said")"
  case $target in
    *-musl*) needs_libraries='It needs libstdc++, which Alpine does not have by itself: apk add libstdc++' ;;
    *) needs_libraries='' ;;
  esac
  { cp "$content/$program" "$staged" && chmod 755 "$staged"; } 2> "$said" ||
    fail 1 "$(tidy "$to") cannot be written:" "$(tail -n 1 "$said")"
  case "$(version_of "$staged" || true) " in
    "$program $version "*) ;;
    *) fail 1 'The program does not run on this machine. Nothing was installed.' \
      ${needs_libraries:+"$needs_libraries"} "It is made for $target. If $(tidy "$to") is on a disk that runs no" \
      'programs (noexec), choose another place with --to. Else tell us, with what' \
      'uname -a says:' \
      "$repository/issues" ;;
  esac
  mv -f "$staged" "$installed" 2> "$said" || fail 1 "$(tidy "$installed") cannot be replaced:" "$(tail -n 1 "$said")"
  staged=''
}

# --- Completions ---

# Each with its place in the archive, its place here, and a folder that says by being there that it is wanted.
each_extra() {
  extra "completions/$program.bash" "${BASH_COMPLETION_USER_DIR:-$data/bash-completion}/completions/$program" "$data"
  extra "completions/$program.fish" "$config/fish/completions/$program.fish" "$config/fish"
  # Zsh has no folder of its own for people; these two are the usual ones.
  for folder in "$home/.zfunc" "$home/.zsh/completions"; do
    extra "completions/_$program" "$folder/_$program" "$folder"
  done
}

extra() {
  if [ "$action" = uninstall ]; then remove_extra "$2"; else put_extra "$@"; fi
}

# Whether a place is free, or holds a file of ours that no other tool keeps.
is_ours() {
  [ ! -L "$1" ] || return 1
  [ ! -e "$1" ] || { [ -f "$1" ] && grep -q "$program" "$1"; }
}

put_extra() {
  [ -f "$content/$1" ] && [ -d "$3" ] && is_ours "$2" || return 0
  # The program is what counts: it works without them.
  { mkdir -p "${2%/*}" && cp "$content/$1" "$2" && chmod 644 "$2"; } 2> "$said" ||
    say "Left out: $(tidy "$2") ($(tail -n 1 "$said"))"
}

remove_extra() {
  [ -f "$1" ] && is_ours "$1" || return 0
  remove "$1"
}

# --- What to do next ---

# For inside double quotes, in every shell that is named below.
quoted() { printf '%s' "$1" | sed 's/[\\"$`]/\\&/g'; }

path_advice() {
  case $to in
    "$home"/*) folder="\$HOME/$(quoted "${to#"$home"/}")" ;;
    *) folder=$(quoted "$to") ;;
  esac
  line="export PATH=\"$folder:\$PATH\""
  say "$(tidy "$to") is not on your PATH yet."
  shell=${SHELL:-sh}
  case ${shell##*/} in
    fish)
      say 'Run this once, in fish:' && say "  fish_add_path \"$folder\"" && return
      ;;
    zsh) profile=.zshrc ;;
    bash) if [ "$system" = darwin ]; then profile=.bash_profile; else profile=.bashrc; fi ;;
    *) profile=.profile ;;
  esac
  say "Put this line into ~/$profile, and open a new terminal:"
  say "  $line"
}

tell_what_is_next() {
  say "$program $version is installed: $(tidy "$installed")"
  case :$PATH: in
    *:"$to":* | *:"$to"/:*)
      # Of a folder with / at its end, some shells make two.
      first=$(command -v "$program" | tr -s / || true)
      [ "$first" = "$installed" ] || [ -z "$first" ] ||
        say "But another one comes before it on your PATH: $(tidy "$first")"
      ;;
    *) path_advice ;;
  esac
  say 'Then, in the folder you want to work in:'
  say "  $program claude"
}

# --- The two things it does ---

install_program() {
  choose_source
  choose_target
  for tool in tar gzip mktemp cp mv; do
    has "$tool" || fail 1 "There is no $tool here." 'Install it, and run this again.'
  done
  choose_hasher
  refuse_foreign
  refuse_unwritable
  if [ "$(id -u)" = 0 ] && [ -n "${SUDO_USER:-}" ]; then
    say "Note: by sudo, this installs as root into $to. Without sudo it is for $SUDO_USER."
  fi
  work=$(mktemp -d "${TMPDIR:-/tmp}/$program.XXXXXX") ||
    fail 1 'There is no room for temporary files.' 'Set TMPDIR to a folder of your own that you can write.'
  said=$work/said
  find_release
  if [ "$is_dry_run" = yes ]; then
    say "$program $version for $target would be installed: $(tidy "$installed")"
    say 'from:' && say "  $files/v$version/$archive"
    return
  fi
  say "Fetching $program $version for $target ..."
  fetch_archive
  put_program
  each_extra
  tell_what_is_next
}

remove() {
  if [ "$is_dry_run" = yes ]; then say "Would remove $(tidy "$1")" && return; fi
  rm -f "$1" 2> /dev/null || fail 1 "$(tidy "$1") could not be removed." 'Is its folder yours to write?'
  say "Removed $(tidy "$1")"
}

uninstall_program() {
  if [ -e "$installed" ] || [ -L "$installed" ]; then
    refuse_foreign
    remove "$installed"
  else
    say "There is no $program in $(tidy "$to")."
    say 'Was it installed elsewhere? Name that folder with --to.'
  fi
  each_extra
  settings=$config/$program/config.json
  [ -e "$settings" ] || return 0
  say "Left, because it is yours: $(tidy "$settings")"
  # It holds keys, or says under which names the keychain has them.
  sed -n 's/.*"keychain": *"\([^"]*\)".*/\1/p' "$settings" 2> /dev/null | while read -r entry || [ -n "$entry" ]; do
    say 'A key is in the keychain, too. This removes it:'
    case $(uname -s) in
      Darwin) say "  security delete-generic-password -s $program -a '$entry'" ;;
      *) say "  secret-tool clear service $program account '$entry'" ;;
    esac
  done
}

main() {
  # Zsh under its own name reads patterns and words differently.
  if [ -n "${ZSH_VERSION:-}" ]; then emulate sh; fi
  umask 022
  work='' staged='' said=/dev/null
  trap '[ -z "$staged" ] || rm -f "$staged"; [ -z "$work" ] || rm -rf "$work"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 131' QUIT
  trap 'exit 141' PIPE
  trap 'exit 143' TERM
  read_arguments "$@"
  if [ "$action" = help ]; then usage && return; fi
  choose_folders
  if [ "$action" = uninstall ]; then uninstall_program; else install_program; fi
}

{ main "$@"; exit; }
