#!/usr/bin/env bash
# Installs the pinned npm packages that the tests with official SDKs need. Where there is no npm, or no
# registry, those tests are skipped: that is said and is no error.
set -euo pipefail
cd "$(dirname "$0")/../tests/npm/sdk"

if ! command -v npm > /dev/null; then
  echo "npm_ci: no npm; the tests with official SDKs will be skipped" >&2
  exit 0
fi
# What is installed is what the lock names, as of its last change.
[[ node_modules/.package-lock.json -nt package-lock.json ]] && exit 0
npm ci --no-audit --no-fund --ignore-scripts --silent ||
  echo "npm_ci: npm ci failed; the tests with official SDKs will be skipped" >&2
