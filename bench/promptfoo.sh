#!/usr/bin/env bash
# promptfoo, as npm has it, runs an evaluation against a server over the bundled corpus (bench/promptfoo). Its
# 658 packages take 665 MB: more than a test that runs with every change may cost.
#
#   bench/promptfoo.sh          QUARRY=PATH takes a program that is built already
set -euo pipefail
cd "$(dirname "$0")/.."

quarry=$(realpath "${QUARRY:-build/release/quarry}")
work=$(mktemp -d)
trap 'kill "${server:-}" 2> /dev/null || true; rm -rf "$work"' EXIT
modules=build/promptfoo
mkdir -p "$modules"
cp bench/promptfoo/* "$modules/"
[[ -d $modules/node_modules ]] ||
  npm install --prefix "$modules" --no-audit --no-fund --ignore-scripts --omit=optional --silent

"$quarry" index examples/corpus --store "$work/store" > /dev/null 2>&1
"$quarry" serve --port 0 --json --store "$work/store" > "$work/port" 2> /dev/null &
server=$!
until [[ -s $work/port ]]; do sleep 0.1; done
url=$(grep -o 'http://[^"]*' "$work/port")
PROMPTFOO_CONFIG_DIR="$work/config" node "$modules/promptfoo.mjs" "$url"
