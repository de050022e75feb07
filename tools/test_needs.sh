#!/bin/sh
# Chromium and PostgreSQL for the tests. Installs what is missing where it may; with CI set, missing is a failure.
set -u

has_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
has_postgresql() {
  for program in /usr/lib/postgresql/*/bin/postgres /opt/homebrew/opt/postgresql*/bin/postgres; do
    [ -x "$program" ] && return
  done
  command -v postgres
}

missing=""
has_chromium >/dev/null 2>&1 || missing="$missing chromium fonts-liberation"
has_postgresql >/dev/null 2>&1 || missing="$missing postgresql"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then as_root="env"
elif sudo -n true 2>/dev/null; then as_root="sudo -n env"
else as_root=""; fi

if [ -n "$as_root" ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing$missing"
  # shellcheck disable=SC2086  # both are lists of words
  $as_root DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
    $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

left=""
has_chromium >/dev/null 2>&1 || left="$left Chromium"
has_postgresql >/dev/null 2>&1 || left="$left PostgreSQL"
[ -n "$left" ] || exit 0
echo "missing:$left. Install it (on Debian: apt-get install$missing), or its tests are skipped." >&2
[ -z "${CI:-}" ]
