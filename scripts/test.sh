#!/usr/bin/env bash
# Installs what is missing, builds, and runs the tests: those of the whole program and of the folders with
# kernels optimised, all unit tests under AddressSanitizer and UndefinedBehaviorSanitizer. Extra arguments go
# to ctest (-R NAME).
# The tier "slow" is run by hand: ctest --preset release -L slow
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install_packages.sh
scripts/npm_ci.sh

echo "Building release ..."
scripts/build.sh release quarry optimised_tests
ctest --preset release -L 'unit-optimised|integration|e2e' -LE slow -j "$(nproc)" "$@"

echo "Building dev (AddressSanitizer, UndefinedBehaviorSanitizer) ..."
scripts/build.sh dev unit_tests
if [[ $# -eq 0 ]]; then
  # Several tests in one process; they wait at times, so one process more than there are cores.
  ctest --preset dev -L shard -j "$(($(nproc) + 1))"
else
  ctest --preset dev -L unit -j "$(nproc)" "$@"
fi
