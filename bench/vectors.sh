#!/usr/bin/env bash
# Vector search against hnswlib and usearch, as in docs/benchmarks.md. Run it on a machine that does
# nothing else.
#
#   bench/vectors.sh [ARGUMENT...]      arguments of the program (bench/vectors.cc)
#
# Needs libhnswlib-dev, and npm for usearch (its package holds the C++ header); without npm that peer
# is left out.
set -euo pipefail
cd "$(dirname "$0")/.."

build=build/bench
usearch=
if command -v npm > /dev/null; then
  mkdir -p "$build/npm"
  if [[ ! -d $build/npm/package ]]; then
    (cd "$build/npm" && npm pack --silent usearch@2.25.3 > /dev/null && tar xzf usearch-2.25.3.tgz)
  fi
  usearch=$PWD/$build/npm/package
fi
cmake --preset release -B "$build" -DQUARRY_BENCH=ON -DQUARRY_TESTS=OFF "-DQUARRY_USEARCH=$usearch" > /dev/null
ninja -C "$build" vectors vector_scan > /dev/null
# Large blocks of every engine in huge pages; Quarry asks for them itself.
GLIBC_TUNABLES=glibc.malloc.hugetlb=1 "$build/bench/vectors" "$@"
