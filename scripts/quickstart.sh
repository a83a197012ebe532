#!/usr/bin/env bash
# From a bare Debian 12 to cited answers: installs packages, builds, indexes the bundled corpus, asks
# three questions. Run it again at any time; what is done already is not done twice.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install_packages.sh

echo "Building (the first time takes about five minutes on two cores) ..."
scripts/build.sh release quarry
quarry=build/release/quarry
export QUARRY_STORE=${QUARRY_STORE:-build/quickstart-store}

echo
echo "\$ quarry index examples/corpus"
$quarry index examples/corpus

ask() {
  echo
  echo "\$ quarry ask \"$1\""
  $quarry ask "$1"
}
ask "How fast may the level of Upper Tarn be lowered?"
ask "青砚水厂的河水浊度超过多少时停止取水？"
ask "How many electric-vehicle charging points does the cooperative run?"

cat << EOF

That was the bundled corpus. Now your own documents:

  $PWD/$quarry index PATH_TO_YOUR_FOLDER --store ./my-store
  $PWD/$quarry ask "your question" --store ./my-store
  $PWD/$quarry serve --store ./my-store      # HTTP on http://127.0.0.1:8420
EOF
