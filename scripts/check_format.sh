#!/bin/sh
# Checks that every tracked .h and .cc is formatted as .clang-format says.
#
#   scripts/check_format.sh            Exit status: 0 formatted, 1 not, 2 the check could not be made.
#   CLANG_FORMAT=clang-format-14 scripts/check_format.sh
set -eu

cd "$(dirname "$0")/.."
clang_format=${CLANG_FORMAT:-clang-format}
if ! command -v "$clang_format" >/dev/null; then
  echo "check_format: $clang_format is not installed (apt-get install clang-format)" >&2
  exit 2
fi
files=$(git ls-files '*.h' '*.cc')
if [ -z "$files" ]; then
  echo "check_format: git lists no .h or .cc files" >&2
  exit 2
fi

"$clang_format" --dump-config >/dev/null  # it runs, and reads .clang-format
# What is wrong is told as "file:line:column: error: ...".
wrong=$(printf '%s\n' "$files" |
  xargs -P "$(nproc)" -n 40 "$clang_format" --dry-run -Werror 2>&1 |
  sed -n 's/:[0-9]*:[0-9]*: error: .*//p' | sort -u | tr '\n' ' ')
if [ -n "$wrong" ]; then
  echo "check_format: not formatted; this mends it:" >&2
  echo "  $clang_format -i $wrong" >&2
  exit 1
fi
