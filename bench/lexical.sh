#!/usr/bin/env bash
# BM25 against Lucene 8, Xapian and SQLite FTS5, as in docs/benchmarks.md. Run it on a machine that does
# nothing else.
#
#   bench/lexical.sh [ROUNDS]      medians of so many rounds (9), interleaved
#
# Fetches the documentation that is indexed from Debian, without installing it.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install_packages.sh bench/packages.txt
build=build/bench
data=$build/lexical
packages=(linux-doc-6.1 python3.11-doc postgresql-doc-15 python-django-doc sqlite3-doc git-doc r-doc-html
  perl-doc rust-doc)
jars=$(echo /usr/share/java/lucene-{core,analyzers-common}-8.*.jar | tr " " :)

if [[ ! -s $data/queries.txt ]]; then
  mkdir -p "$data/debs"
  (cd "$data/debs" && apt-get download -q "${packages[@]}")
  for deb in "$data"/debs/*.deb; do dpkg -x "$deb" "$data/unpacked"; done
  bench/lexical_data.py "$data/unpacked" "$data"
fi
cmake --preset release -B "$build" -DQUARRY_BENCH=ON -DQUARRY_TESTS=OFF > /dev/null
ninja -C "$build" lexical lexical_xapian lexical_fts5 > /dev/null
mkdir -p "$build/lucene"
javac -cp "$jars" -d "$build/lucene" bench/lucene/LexicalBench.java
bench/lexical.py "$data" "$data/results.json" "${1:-9}" "quarry=$build/bench/lexical" \
  "lucene=java -Xmx2g -cp $jars:$build/lucene LexicalBench" \
  "xapian=$build/bench/lexical_xapian" "fts5=$build/bench/lexical_fts5"
