#!/usr/bin/env bash
# Vector search against hnswlib and usearch, as in docs/benchmarks.md. Run it on a machine that does
# nothing else.
#
#   bench/vectors.sh [RUN...]     384 256 avx2 embeddings filters scan kernels growth; without: all of
#                                 them, an hour
#
# A run's figures go to build/bench/results/vectors-RUN.jsonl; the plots of docs/plots are drawn from
# them. Needs npm for usearch (its package holds the C++ header); without npm that peer is left out.
# "embeddings" reads ../shared/data.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install_packages.sh bench/packages.txt
build=build/bench
results=$build/results
mkdir -p "$results"
usearch=
if command -v npm > /dev/null; then
  mkdir -p "$build/npm"
  if [[ ! -d $build/npm/package ]]; then
    (cd "$build/npm" && npm pack --silent usearch@2.25.3 > /dev/null && tar xzf usearch-2.25.3.tgz)
  fi
  usearch=$PWD/$build/npm/package
fi
cmake --preset release -B "$build" -DQUARRY_BENCH=ON -DQUARRY_TESTS=OFF "-DQUARRY_USEARCH=$usearch" > /dev/null
ninja -C "$build" vectors vector_scan vector_kernels vector_export quarry > /dev/null

# Large blocks of every engine in huge pages; Quarry asks for them itself.
vectors() { GLIBC_TUNABLES=glibc.malloc.hugetlb=1 "$build/bench/vectors" "$@"; }

embeddings() {
  local data=${QUARRY_DATA:-../shared/data}/retrieval/crud_news_zh_20k/corpus.jsonl
  local store=$build/embeddings
  rm -rf "$store"
  "$build/quarry" index "$data" --store "$store" > /dev/null
  local dimension
  dimension=$("$build/bench/vector_export" "$store" "$store.base" "$store.queries")
  vectors --base "$store.base" --queries "$store.queries" --dimension "$dimension"
}

growth() {
  for count in 10000 30000 100000 300000; do
    vectors --count "$count" --engines quarry,hnswlib --rounds 5
  done
  vectors --count 1000000 --engines quarry --rounds 5
}

run() {
  case $1 in
    384) vectors ;;
    256) vectors --dimension 256 ;;
    avx2) vectors --avx2 --engines quarry,hnswlib ;;
    filters) vectors --filters --rounds 3 ;;
    scan) "$build/bench/vector_scan" ;;
    kernels) "$build/bench/vector_kernels" --benchmark_format=json ;;
    embeddings | growth) "$1" ;;
    *) echo "bench/vectors.sh: no run \"$1\"" >&2 && exit 2 ;;
  esac
}

[[ $# -gt 0 ]] || set -- 384 256 avx2 embeddings filters scan kernels growth
for name in "$@"; do
  run "$name" | tee "$results/vectors-$name.jsonl"
done
/usr/bin/python3 bench/plots.py "$results" docs/plots
