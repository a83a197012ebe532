#!/usr/bin/env bash
# Installs what is missing, builds, and runs the tests: those of the whole program and of the folders with
# kernels optimised, all unit tests under AddressSanitizer and UndefinedBehaviorSanitizer. Of the unit tests several
# share a process. Extra arguments go to ctest (-R NAME), which then runs each test by itself.
# The tier "slow" is run by hand: ctest --preset release -L slow
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install_packages.sh
scripts/npm_ci.sh

echo "Building release ..."
scripts/build.sh release quarry optimised_tests
if [[ $# -eq 0 ]]; then
  ctest --preset release -L 'shard|integration|e2e' -LE slow -j "$(nproc)"
else
  ctest --preset release -L 'unit-optimised|integration|e2e' -LE slow -j "$(nproc)" "$@"
fi

echo "Building dev (AddressSanitizer, UndefinedBehaviorSanitizer) ..."
scripts/build.sh dev unit_tests
if [[ $# -eq 0 ]]; then
  ctest --preset dev -L shard -j "$(($(nproc) + 1))"  # they wait at times
else
  ctest --preset dev -L unit -j "$(nproc)" "$@"
fi
