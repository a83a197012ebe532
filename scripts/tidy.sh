#!/usr/bin/env bash
# Runs clang-tidy with the checks of .clang-tidy over all code but tests and benchmarks, in the units of the coverage
# build (docs/decisions/0050-units.md), and prints each finding once. About a minute of one core for each of 60 units.
#
#   scripts/tidy.sh [REGEX OF UNITS]      e.g. scripts/tidy.sh quarry_index
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in clang++-16 clang-tidy-16; do
  command -v "$tool" > /dev/null || { echo "tidy.sh: needs $tool (Debian: clang-16, clang-tidy-16, libomp-16-dev)" >&2; exit 1; }
done
build=build/coverage
cmake --preset coverage > /dev/null

mapfile -t units < <(grep -o '"file": "[^"]*"' "$build/compile_commands.json" | cut -d'"' -f4 |
  grep '\.cc$' | grep -v '/tests/\|/bench/\|/web/' | grep "${1:-.}" | sort)
[[ ${#units[@]} -gt 0 ]] || { echo "tidy.sh: no unit matches '$1'" >&2; exit 1; }
findings=$build/tidy.txt
printf '%s\0' "${units[@]}" | xargs -0 -P "$(nproc)" -n 1 clang-tidy-16 -p "$build" --quiet 2> /dev/null > "$findings" || true
if sed "s|$PWD/||" "$findings" | grep -E '^[a-z]+/[a-z0-9_]+\.(cc|h):[0-9:]+ (warning|error): ' | sort -u | grep .; then exit 1; fi
echo "tidy.sh: nothing found in ${#units[@]} units"
