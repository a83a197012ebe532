#!/usr/bin/env bash
# Installs the Debian packages that Quarry builds with where they are missing.
#
#   scripts/install_packages.sh [LIST]      LIST defaults to scripts/packages.txt
#
# Never removes a package. Needs root, or sudo.
set -euo pipefail
cd "$(dirname "$0")/.."
list=${1:-scripts/packages.txt}

missing=()
while read -r package; do
  [[ -z $package || $package == \#* ]] && continue
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
    missing+=("$package")
done < "$list"
[[ ${#missing[@]} -eq 0 ]] && exit 0

if ! command -v apt-get > /dev/null; then
  echo "quarry: these packages are missing and there is no apt-get to install them: ${missing[*]}" >&2
  echo "quarry: Quarry builds on Debian 12; elsewhere install their equivalents first." >&2
  exit 1
fi
as_root=()
if [[ $(id -u) -ne 0 ]]; then
  if ! command -v sudo > /dev/null; then
    echo "quarry: installing packages needs root or sudo; missing: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "Installing ${#missing[@]} Debian packages ..."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${as_root[@]}" apt-get update -qq &&
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends --no-remove "${missing[@]}"; } > "$log" 2>&1; then
  tail -n 15 "$log" >&2
  echo "quarry: apt-get could not install: ${missing[*]}" >&2
  exit 1
fi
