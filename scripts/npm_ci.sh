#!/usr/bin/env bash
# Installs the pinned npm packages of the tests with official SDKs and of the web page (tests/npm). Where
# there is no npm, or no registry, those tests are skipped: that is said and is no error.
set -euo pipefail
cd "$(dirname "$0")/../tests/npm"

if ! command -v npm > /dev/null; then
  echo "npm_ci: no npm; the tests with official SDKs and of the web page will be skipped" >&2
  exit 0
fi
for folder in */; do
  (
    cd "$folder"
    # What is installed is what the lock names, as of its last change.
    [[ node_modules/.package-lock.json -nt package-lock.json ]] && exit 0
    timeout 180 npm ci --no-audit --no-fund --ignore-scripts --silent --fetch-retries=1 ||
      echo "npm_ci: npm ci failed in tests/npm/$folder; its test will be skipped" >&2
  )
done
