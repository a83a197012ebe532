#!/usr/bin/env bash
# What the tests run of the code, by llvm-cov: lines and branches of each folder, and branches of the parts that something
# is promised of (scripts/coverage_branches.py), on standard output; of each file in build/coverage/files.txt, every line
# with its count in build/coverage/lines/.
#
#   scripts/coverage.sh [CTEST ARGUMENTS]
#
# A process that is killed leaves no counts, so what only such a process runs is not seen.
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in clang++-16 llvm-cov-16 llvm-profdata-16; do
  command -v "$tool" > /dev/null || { echo "coverage.sh: needs $tool (Debian: clang-16, libomp-16-dev, llvm-16)" >&2; exit 1; }
done
build=build/coverage

cmake --preset coverage > /dev/null
cmake --build --preset coverage --target quarry unit_tests optimised_tests
rm -rf "$build/profiles"
# %m: processes of one program add to one file; four of each, so that they seldom wait.
LLVM_PROFILE_FILE="$PWD/$build/profiles/%4m.profraw" ctest --preset coverage -L "shard|integration|e2e" -LE slow -j "$(nproc)" "$@" || true

llvm-profdata-16 merge -sparse "$build"/profiles/*.profraw -o "$build/all.profdata"
programs=("$build/quarry")
for test in "$build"/tests/*_test "$build"/tests/*_fuzz; do programs+=(-object "$test"); done
llvm-cov-16 report "${programs[@]}" -instr-profile "$build/all.profdata" \
  -ignore-filename-regex '/tests/|/build/|^/usr/' > "$build/files.txt"
llvm-cov-16 show "${programs[@]}" -instr-profile "$build/all.profdata" -show-branches=count \
  -ignore-filename-regex '/tests/|/build/|^/usr/' -output-dir "$build/lines" > /dev/null
python3 scripts/coverage_table.py "$build/files.txt"
llvm-cov-16 export "${programs[@]}" -instr-profile "$build/all.profdata" -format=lcov \
  -ignore-filename-regex '/tests/|/build/|^/usr/' > "$build/all.lcov"
python3 scripts/coverage_branches.py "$build/all.lcov"
