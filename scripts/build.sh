#!/usr/bin/env bash
# build.sh PRESET [TARGET...]: configures once, then builds. The output goes to a log unless it fails. Where nothing is
# built yet, all is, and in larger units.
set -euo pipefail
cd "$(dirname "$0")/.."

preset=$1
shift
targets=()
[[ $# -gt 0 ]] && targets=(--target "$@")
mkdir -p "build/$preset"
log=build/$preset/build.log
larger_units=()
[[ -f build/$preset/CMakeCache.txt ]] || larger_units=(-DQUARRY_FILES_PER_UNIT=16)
{
  cmake --preset "$preset" "${larger_units[@]}"
  cmake --build --preset "$preset" "${targets[@]}"
} > "$log" 2>&1 || {
  grep -E -A 8 'error|FAILED|CMake Error' "$log" | head -n 60 >&2
  echo "quarry: the build failed; the whole log is in $log" >&2
  exit 1
}
