#!/bin/sh
# Installs nexus-claude-api for the current user, or uninstalls it. docs/install.md has the line that downloads
# and runs this script, and explains the options of --help.
#
# It needs no extra rights, changes no shell profile, and installs nothing that is not in the release's
# SHA256SUMS. POSIX sh: dash, bash, busybox, ksh and zsh run it.
#
# All actions are in functions, and the last line runs them: a script that was cut off during the download does
# nothing.
set -eu

program=nexus-claude-api
repository=https://github.com/nexus-claude-api/nexus-claude-api
# Timeout in seconds between bytes.
timeout=60

say() { printf '%s\n' "$*" >&2; }

# fail <exit code> <what failed> [what to do next]...
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
Install nexus-claude-api for your account, or uninstall it.

Usage: install.sh [options]
       curl -fsSL <address of install.sh> | sh -s -- [options]

Options:
  --version X    Install this version. Default: the latest
  --to DIR       Install to this folder. Default: $XDG_BIN_HOME or
                 ~/.local/bin
  --mirror URL   Download from here instead of GitHub. A mirror contains
                 v<version>/<files of the release> and latest/SHA256SUMS
  --allow-http   Allow a mirror whose address begins with http. An attacker
                 on the network can then replace the program
  --force        Replace a file that is not this program, or a link from
                 another installer
  --uninstall    Remove the program and its completions. Your
                 configuration and your key stay: run
                 `nexus-claude-api config unset apiKey` first to remove the key
  --dry-run      Print what would be done, and change nothing
  -h, --help     Show this help

Environment:
  NEXUS_CLAUDE_API_MIRROR   Same as --mirror
  HTTPS_PROXY, NO_PROXY     Proxy for downloads, as for curl

Exit codes:
  0  success
  1  failure: no network, a wrong checksum, a folder without write
     permission
  2  wrong usage, or no program for this machine
END
}

has() { command -v "$1" > /dev/null 2>&1; }

# Prints ~/.local/bin instead of /home/name/.local/bin.
tidy() {
  case $1 in
    "$home"/*) printf '%s' "~${1#"$home"}" ;;
    *) printf '%s' "$1" ;;
  esac
}

# --- Arguments ---

need_value() {
  case $2 in
    '' | -*) fail 2 "$1 needs a value." 'Run install.sh --help for the options.' ;;
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
      *) fail 2 "Unknown option: $1" 'Run install.sh --help for the options.' ;;
    esac
    shift
  done
  version=${version#v}
  [ -z "$version" ] || is_version "$version" ||
    fail 2 "Invalid version: $version" 'Write it like this: 1.2.3'
}

# A version becomes part of addresses and file names.
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
  [ -n "$home" ] || fail 2 'HOME is not set.' 'Set it to your home folder, and run this again.'
  # XDG: ignore a relative path.
  case ${XDG_DATA_HOME:-} in /*) data=$XDG_DATA_HOME ;; *) data=$home/.local/share ;; esac
  case ${XDG_CONFIG_HOME:-} in /*) config=$XDG_CONFIG_HOME ;; *) config=$home/.config ;; esac
  if [ -z "$to" ]; then
    case ${XDG_BIN_HOME:-} in /*) to=$XDG_BIN_HOME ;; *) to=$home/.local/bin ;; esac
  fi
  case $to in
    /*) ;;
    # A shell does not expand ~ after --to=.
    \~ | \~/*) to=$home${to#\~} ;;
    *) to=$(pwd)/${to#./} ;;
  esac
  case $to in
    *:*) fail 2 "A folder on PATH cannot hold a colon: $to" 'Choose another folder with --to.' ;;
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
    # GitHub redirects this to the latest release. Its API is not used: a whole company shares its rate limit.
    latest=$repository/releases/latest/download
    protocols='=https'
    return
  fi
  rest=${mirror#*://}
  case ${rest%%/*} in
    *@*) fail 2 "The mirror's address contains a login, which would be printed." 'Put the login into ~/.netrc or ~/.curlrc.' ;;
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
          'An attacker on the network could replace the program. Use an https address,' \
          'or add --allow-http.'
      protocols='=http,https'
      ;;
    *) fail 2 "Invalid mirror address: $mirror" 'It must begin with https://' ;;
  esac
}

# --- The program for this machine ---

processor_features() {
  case $system in
    darwin) sysctl -n machdep.cpu.leaf7_features 2> /dev/null ;;
    *) grep -m1 '^flags' /proc/cpuinfo 2> /dev/null ;;
  esac
}

# The other program crashes without AVX2. If in doubt, use the one that runs everywhere.
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

# Check ldd first: a system may have the other library's loader next to its own.
is_musl() {
  case $(ldd --version 2>&1 || true) in
    *musl*) return 0 ;;
    *GLIBC* | *'GNU libc'* | *glibc*) return 1 ;;
    *) has_musl_loader ;;
  esac
}

no_such_program() {
  fail 2 "There is no $program for this machine ($1)." \
    'Linux and macOS on x64 and arm64 are supported. On Windows, run install.ps1 in' \
    'PowerShell. On other systems, build it from source:' "$repository"
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
  # Android's kernel is Linux, but its C library is neither glibc nor musl.
  [ "$(uname -o 2> /dev/null || true)" != Android ] || no_such_program "Android $machine"
  # A Raspberry Pi may run a 64-bit kernel with 32-bit programs.
  [ "$(getconf LONG_BIT 2> /dev/null || true)" != 32 ] || no_such_program "$kernel $machine, 32 bits"
  # Under Rosetta, uname reports an Intel machine.
  if [ "$system-$processor" = darwin-x64 ] && is_translated; then processor=arm64; fi
  target=$system-$processor
  if [ "$system" = linux ] && is_musl; then target=$target-musl; fi
  if [ "$processor" = x64 ] && ! has_avx2; then target=$target-baseline; fi
}

# --- Downloads ---

# Each writes its messages to $said, and fails if the file is not complete.
fetch_with_curl() {
  set -- --fail --location --proto "$protocols" --proto-redir "$protocols" --connect-timeout "$timeout" \
    --speed-limit 1 --speed-time "$timeout" --retry 2 --show-error \
    --write-out '%{http_code}' --output "$2" "$1"
  # Fifty megabytes take a while: show the progress.
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
  # wget reads the lower-case variables only.
  https_proxy=${https_proxy:-${HTTPS_PROXY:-}} no_proxy=${no_proxy:-${NO_PROXY:-}}
  export https_proxy no_proxy
  help=$(wget --help 2>&1 || true)
  # -nv, because -q hides the reason of a failure. Busybox ignores -nv and -t; some of its builds crash at -T.
  set -- -nv -t 3 -O "$2" "$1"
  case $help in *-T*) set -- -T "$timeout" "$@" ;; *) ;; esac
  if [ "$protocols" != =https ]; then
    wget "$@" > "$said" 2>&1
    return
  fi
  # Busybox sends https addresses to the http proxy, unencrypted.
  is_proxied=${https_proxy:+yes}${http_proxy:+yes}
  unset http_proxy
  # -S: wget follows redirects from https to http and ftp, so check each redirect.
  if ! wget -S "$@" > "$said" 2>&1; then
    case $is_proxied$help in
      yes*BusyBox*) echo "Busybox's wget cannot reach https through a proxy. Install curl, and run this again." > "$said" ;;
      *) ;;
    esac
    return 1
  fi
  check_wget_log > "$work/reason" || {
    mv -f "$work/reason" "$said"
    return 1
  }
)

# Succeeds if the log of wget -S shows that every step was verified https. Prints the reason otherwise.
check_wget_log() {
  # Some builds of busybox accept any certificate.
  if grep -q 'certificate validation not implemented' "$said"; then
    echo 'This wget does not verify certificates. Install curl, and run this again.'
  elif ! grep -q '^ *HTTP/[0-9]' "$said"; then
    echo 'This wget does not report redirects. Install curl, and run this again.'
  elif grep -i '^ *location:[[:space:]]*[a-z][a-z0-9+.-]*:' "$said" | grep -qiv 'location:[[:space:]]*https:'; then
    echo 'The server redirects from https to http, where an attacker could change the file.'
  else
    return 0
  fi
  return 1
}

# Ubuntu suggests the curl from snap, which cannot access temporary or hidden folders.
has_curl() {
  case $(command -v curl || true) in
    '' | */snap/bin/curl) return 1 ;;
    *) return 0 ;;
  esac
}

# fetch <address> <file> <what to do if the server does not have the file>...
fetch() {
  : > "$said"
  if has_curl; then
    if fetch_with_curl "$1" "$2"; then return; fi
  elif has wget; then
    if fetch_with_wget "$1" "$2"; then return; fi
  else
    ! has curl || fail 1 'The curl from snap cannot write to the necessary folders.' \
      "Install your system's curl (apt install curl), and run this again."
    fail 1 'curl and wget are missing.' 'Install one of them, and run this again.'
  fi
  reason=$(tr -d '\r' < "$said" | sed -n '/[^[:space:]]/p' | tail -n 1 | cut -c 1-300)
  case $reason in
    *'error: 404'* | *'ERROR 404'* | *'HTTP/1.'[01]' 404'*)
      address=$1
      shift 2
      fail 1 'The server does not have this file:' "$address" "$@"
      ;;
    *) ;;
  esac
  fail 1 'Download failed:' "$1" ${reason:+"$reason"} \
    'Behind a company proxy, set HTTPS_PROXY. If GitHub is blocked, use your' \
    "company's mirror: --mirror URL"
}

# --- Checksums ---

choose_hasher() {
  for tool in sha256sum shasum openssl; do
    hasher=$tool
    if has "$tool"; then return; fi
  done
  fail 1 'Cannot verify checksums: sha256sum, shasum and openssl are missing.' \
    'Install one of them, and run this again. Nothing is installed unverified.'
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

# Reads the checksum of the archive for this machine. Without a version, takes the version of the list.
read_sums() {
  sum=''
  while read -r hash name _ || [ -n "$hash" ]; do
    name=${name#\*}
    named=${name#"$program-"}
    named=${named%"-$target.tar.gz"}
    [ "$name" = "$program-$named-$target.tar.gz" ] || continue
    [ -z "$version" ] || [ "$named" = "$version" ] || continue
    [ -z "$sum" ] || fail 1 'SHA256SUMS lists the archive for this machine twice:' "$sums_address"
    is_sha256 "$hash" || fail 1 'SHA256SUMS contains an invalid checksum:' "$sums_address"
    is_version "$named" || fail 1 'SHA256SUMS contains an invalid version:' "$sums_address"
    sum=$(printf '%s' "$hash" | tr ABCDEF abcdef)
    archive=$name
  done < "$work/SHA256SUMS"
  [ -n "$sum" ] || fail 1 "SHA256SUMS has no checksum for $target:" "$sums_address" \
    'Nothing is installed unverified. The release or the mirror may be incomplete, or a' \
    'proxy may have replaced the file. Open the address in a browser.'
  version=${archive#"$program-"}
  version=${version%"-$target.tar.gz"}
}

find_release() {
  if [ -n "$version" ]; then
    sums_address=$files/v$version/SHA256SUMS
    set -- "Version $version may not exist. See the list:" "$repository/releases"
  else
    sums_address=$latest/SHA256SUMS
    set -- 'Choose a version with --version, or contact the administrator of the mirror.'
  fi
  fetch "$sums_address" "$work/SHA256SUMS" "$@"
  read_sums
}

fetch_archive() {
  address=$files/v$version/$archive
  fetch "$address" "$work/$archive" 'SHA256SUMS lists it, so the mirror or the release is incomplete.'
  found=$(sha256_of "$work/$archive")
  [ "$found" = "$sum" ] || fail 1 'The archive does not match SHA256SUMS. Nothing was installed.' "$address" \
    "expected $sum" "found    ${found:-nothing}" \
    'Try again. If this error remains, the file was changed on the network or on the' \
    'mirror: do not use it, and contact the administrator.'
  mkdir "$work/unpacked"
  tar -x -z -o -f "$work/$archive" -C "$work/unpacked" 2> "$said" ||
    fail 1 'Unpacking the archive failed:' "$(tail -n 1 "$said")"
  content=$work/unpacked/$program-$version-$target
  [ -f "$content/$program" ] || fail 1 "The archive does not contain $program." "$address"
}

# --- The program file ---

version_of() { "$1" --version < /dev/null 2> /dev/null | head -n 1; }

# Fails unless the file may be replaced or removed: it is this program, and no other installer manages it.
refuse_foreign() {
  [ -e "$installed" ] || [ -L "$installed" ] || return 0
  [ ! -d "$installed" ] || fail 1 "$(tidy "$installed") is a folder." 'Move it, or choose another folder with --to.'
  [ "$is_forced" = no ] || return 0
  [ ! -L "$installed" ] || fail 1 "$(tidy "$installed") is a link." \
    'Another installer (npm, Homebrew) manages it: use that installer, choose another' \
    'folder with --to, or replace the link with --force.'
  case $(version_of "$installed" || true) in
    "$program "*) ;;
    *) fail 1 "$(tidy "$installed") is not $program, or does not run." \
      'Check it. Then move it, choose another folder with --to, or use --force.' ;;
  esac
}

# Checks before fifty megabytes are downloaded.
refuse_unwritable() {
  place=$to
  while [ ! -e "$place" ]; do
    place=${place%/*}
    place=${place:-/}
  done
  [ -d "$place" ] || fail 1 "$(tidy "$place") is not a folder." 'Choose another folder with --to.'
  [ -w "$place" ] || fail 1 "$(tidy "$place") is not writable for you." \
    'Choose a folder of your own with --to, for example ~/.local/bin.'
}

put_program() {
  mkdir -p "$to" 2> "$said" || fail 1 "Cannot create $(tidy "$to"):" "$(tail -n 1 "$said")"
  # In the same folder, so that the last step is one rename: there is never half a program.
  staged=$(mktemp "$to/.$program.XXXXXX" 2> "$said") ||
    fail 1 "Cannot write to $(tidy "$to"):" "$(tail -n 1 "$said")"
  case $target in
    *-musl*) needs_libraries='On Alpine, install libstdc++: apk add libstdc++' ;;
    *) needs_libraries='' ;;
  esac
  { cp "$content/$program" "$staged" && chmod 755 "$staged"; } 2> "$said" ||
    fail 1 "Cannot write to $(tidy "$to"):" "$(tail -n 1 "$said")"
  case "$(version_of "$staged" || true) " in
    "$program $version "*) ;;
    *) fail 1 'The program does not run on this machine. Nothing was installed.' \
      ${needs_libraries:+"$needs_libraries"} "It is built for $target. If $(tidy "$to") is on a disk without" \
      'execute permission (noexec), choose another folder with --to. Otherwise, report' \
      'this with the output of uname -a:' \
      "$repository/issues" ;;
  esac
  mv -f "$staged" "$installed" 2> "$said" || fail 1 "Cannot replace $(tidy "$installed"):" "$(tail -n 1 "$said")"
  staged=''
}

# --- Completions ---

# Each with its path in the archive, its path here, and the folder that must exist for it.
each_extra() {
  extra "completions/$program.bash" "${BASH_COMPLETION_USER_DIR:-$data/bash-completion}/completions/$program" "$data"
  extra "completions/$program.fish" "$config/fish/completions/$program.fish" "$config/fish"
  # Zsh has no standard folder for users; these two are common.
  for folder in "$home/.zfunc" "$home/.zsh/completions"; do
    extra "completions/_$program" "$folder/_$program" "$folder"
  done
}

extra() {
  if [ "$action" = uninstall ]; then remove_extra "$2"; else put_extra "$@"; fi
}

# Succeeds if the path is free, or is a file of ours that no other tool manages.
is_ours() {
  [ ! -L "$1" ] || return 1
  [ ! -e "$1" ] || { [ -f "$1" ] && grep -q "$program" "$1"; }
}

put_extra() {
  [ -f "$content/$1" ] && [ -d "$3" ] && is_ours "$2" || return 0
  # The program works without completions.
  { mkdir -p "${2%/*}" && cp "$content/$1" "$2" && chmod 644 "$2"; } 2> "$said" ||
    say "Skipped: $(tidy "$2") ($(tail -n 1 "$said"))"
}

remove_extra() {
  [ -f "$1" ] && is_ours "$1" || return 0
  remove "$1"
}

# --- Next steps ---

# Escapes text for double quotes, in every shell below.
quoted() { printf '%s' "$1" | sed 's/[\\"$`]/\\&/g'; }

path_advice() {
  case $to in
    "$home"/*) folder="\$HOME/$(quoted "${to#"$home"/}")" ;;
    *) folder=$(quoted "$to") ;;
  esac
  line="export PATH=\"$folder:\$PATH\""
  say "$(tidy "$to") is not on your PATH."
  shell=${SHELL:-sh}
  case ${shell##*/} in
    fish)
      say 'Run this once in fish:' && say "  fish_add_path \"$folder\"" && return
      ;;
    zsh) profile=.zshrc ;;
    bash) if [ "$system" = darwin ]; then profile=.bash_profile; else profile=.bashrc; fi ;;
    *) profile=.profile ;;
  esac
  say "Add this line to ~/$profile, and open a new terminal:"
  say "  $line"
}

print_next_steps() {
  say "$program $version is installed: $(tidy "$installed")"
  case :$PATH: in
    *:"$to":* | *:"$to"/:*)
      # Some shells return two slashes for a folder that ends in one.
      first=$(command -v "$program" | tr -s / || true)
      [ "$first" = "$installed" ] || [ -z "$first" ] ||
        say "Warning: another $program comes first on your PATH: $(tidy "$first")"
      ;;
    *) path_advice ;;
  esac
  say "Then, in your project's folder:"
  say "  $program claude"
}

# --- Install and uninstall ---

install_program() {
  choose_source
  choose_target
  for tool in tar gzip mktemp cp mv; do
    has "$tool" || fail 1 "$tool is missing." 'Install it, and run this again.'
  done
  choose_hasher
  refuse_foreign
  refuse_unwritable
  if [ "$(id -u)" = 0 ] && [ -n "${SUDO_USER:-}" ]; then
    say "Note: sudo installs as root, to $to. To install for $SUDO_USER, run this without sudo."
  fi
  work=$(mktemp -d "${TMPDIR:-/tmp}/$program.XXXXXX") ||
    fail 1 'Cannot create temporary files.' 'Set TMPDIR to a folder that you can write to.'
  said=$work/said
  find_release
  if [ "$is_dry_run" = yes ]; then
    say "$program $version for $target would be installed: $(tidy "$installed")"
    say 'from:' && say "  $files/v$version/$archive"
    return
  fi
  say "Downloading $program $version for $target ..."
  fetch_archive
  put_program
  each_extra
  print_next_steps
}

remove() {
  if [ "$is_dry_run" = yes ]; then say "Would remove $(tidy "$1")" && return; fi
  rm -f "$1" 2> /dev/null || fail 1 "Cannot remove $(tidy "$1")." 'Check that you can write to its folder.'
  say "Removed $(tidy "$1")"
}

uninstall_program() {
  if [ -e "$installed" ] || [ -L "$installed" ]; then
    refuse_foreign
    remove "$installed"
  else
    say "There is no $program in $(tidy "$to")."
    say 'If it is in another folder, name that folder with --to.'
  fi
  each_extra
  settings=$config/$program/config.json
  [ -e "$settings" ] || return 0
  say "Kept your configuration: $(tidy "$settings")"
  # It contains keys, or the names of keychain entries.
  sed -n 's/.*"keychain": *"\([^"]*\)".*/\1/p' "$settings" 2> /dev/null | while read -r entry || [ -n "$entry" ]; do
    say 'The keychain still has a key. To remove it:'
    case $(uname -s) in
      Darwin) say "  security delete-generic-password -s $program -a '$entry'" ;;
      *) say "  secret-tool clear service $program account '$entry'" ;;
    esac
  done
}

main() {
  # Zsh treats patterns and words differently unless it emulates sh.
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
