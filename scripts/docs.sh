#!/usr/bin/env bash
# The documentation as a site of plain files in build/site, by Debian's mkdocs; a link that leads nowhere is an
# error. `mkdocs serve` shows it while it is written.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install_packages.sh scripts/packages_docs.txt
for decision in docs/decisions/0*.md; do
  grep -qF "($(basename "$decision"))" docs/decisions/README.md || {
    echo "docs/decisions/README.md does not list $decision" >&2
    exit 1
  }
done
mkdocs build --quiet --strict --clean
echo "build/site/index.html"
