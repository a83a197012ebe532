#!/usr/bin/env bash
# `quarry index` as a whole, as in docs/benchmarks.md: parse, chunk, store durably, BM25, embed.
#
#   bench/index.sh speed [ROUNDS [CORPUS]]   medians of so many runs (3): crud_news_zh_20k and 290 MB of
#                                   Debian's documentation; on a machine that does nothing else
#   bench/index.sh memory           peaks at 20 MB, 200 MB and 2 GB of documentation; takes 5 GB of disk
#                                   and removes what it made
#
# Fetches documentation from Debian, without installing it.
set -euo pipefail
cd "$(dirname "$0")/.."

build=build/bench
data=$build/lexical
tree=$build/tree
packages=(linux-doc-6.1 python3.11-doc postgresql-doc-15 python-django-doc sqlite3-doc git-doc r-doc-html)

if [[ ! -d $data/unpacked ]]; then
  mkdir -p "$data/debs"
  (cd "$data/debs" && apt-get download -q "${packages[@]}" > /dev/null)
  for deb in "$data"/debs/*.deb; do dpkg -x "$deb" "$data/unpacked"; done
fi
if [[ ! -d $tree ]]; then
  mkdir -p "$tree"
  find "$data/unpacked" -type f \( -name '*.html' -o -name '*.txt' \) -not -path '*rust-doc*' -print0 |
    xargs -0 cp -l --parents -t "$tree"
fi
cmake --preset release -B "$build" -DQUARRY_BENCH=ON -DQUARRY_TESTS=OFF > /dev/null
ninja -C "$build" quarry > /dev/null
exec bench/index.py "$1" "$build/quarry" "$tree" "${QUARRY_DATA:-../shared/data}" "$build/index" "${2:-3}" \
  "${3:-}"
