#!/bin/sh
# Runs every fuzz target with libFuzzer (clang 16), so many seconds each; inputs that break something are
# left in build/fuzz/findings.
#
#   scripts/fuzz.sh [SECONDS]        60
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60}
command -v clang++-16 >/dev/null || { echo "fuzz.sh: needs clang++-16 (Debian: clang-16, libomp-16-dev)" >&2; exit 1; }
cmake --preset fuzz >/dev/null
targets=$(cd tests/fuzz && for file in *_fuzz.cc; do echo "${file%.cc}"; done)
# shellcheck disable=SC2086
cmake --build build/fuzz --target $targets $(for target in $targets; do echo "${target}er"; done)
mkdir -p build/fuzz/findings
for target in $targets; do
  corpus=build/fuzz/corpus/$target
  mkdir -p "$corpus"
  build/fuzz/tests/"$target" --write-seeds "$corpus"
  # On this PATH no helper program is found: they are not what is fuzzed, and slow.
  PATH=/nowhere build/fuzz/tests/"${target}er" "$corpus" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 \
    -max_len=8192 -artifact_prefix=build/fuzz/findings/"$target"- -print_final_stats=1 -verbosity=0 -print_funcs=0
done
