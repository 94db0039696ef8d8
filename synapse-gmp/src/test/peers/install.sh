#!/usr/bin/env bash
# Fetches the programs that check what Synapse attests and that nobody here wrote: libraries by npm,
# and cosign, which Debian has from trixie on, from wherever this machine gets its packages.
set -euo pipefail
cd "$(dirname "$0")"
npm install --no-package-lock --no-audit --no-fund --ignore-scripts --silent

if ! command -v cosign >/dev/null && [ "$(id -u)" = 0 ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work/sources" "$work/lists/partial"
  sources=/etc/apt/sources.list.d/debian.sources
  {
    echo 'Types: deb'
    grep -m1 '^URIs:' "$sources"
    echo 'Suites: trixie'
    echo 'Components: main'
    grep -m1 '^Signed-By:' "$sources"
  } >"$work/sources/trixie.sources"
  options=(-qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/sources"
    -o "Dir::State::lists=$work/lists" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update
  (cd "$work" && apt-get "${options[@]}" download cosign)
  dpkg -i "$work"/cosign_*.deb >/dev/null # it is linked statically and needs nothing else
fi
