#!/usr/bin/env bash
# Parsing and chunking against LangChain.js and LlamaIndex.TS, as in docs/benchmarks.md. Run it on a
# machine that does nothing else.
#
#   bench/ingest.sh [ROUNDS]      medians of so many rounds (5), interleaved
#
# Needs node and npm for the peers; fetches documentation from Debian, without installing it, and takes
# the texts of ../shared/data (or QUARRY_DATA).
set -euo pipefail
cd "$(dirname "$0")/.."

build=build/bench
data=$build/ingest
shared=${QUARRY_DATA:-../shared/data}
if [[ ! -d $data/unpacked ]]; then
  mkdir -p "$data/debs"
  (cd "$data/debs" && apt-get download -q python3.11-doc git-doc > /dev/null)
  for deb in "$data"/debs/*.deb; do dpkg -x "$deb" "$data/unpacked"; done
fi
if [[ ! -d $data/npm/node_modules ]]; then
  mkdir -p "$data/npm"
  (cd "$data/npm" && npm install --silent --no-audit --no-fund @langchain/textsplitters@0.1.0 \
    @langchain/core@0.3.78 @llamaindex/core@0.6.22)
fi
cp bench/ingest_peers.mjs "$data/npm/"
{
  find "$data/unpacked" -name '*.txt' -size +1k | sort | sed 's/^/text /'
  find "$shared/text/tantivy_texts" "$shared/text/unicode_breaks/benches" -name '*.txt' | sort | sed 's/^/text /'
  find "$shared/documents/mmengine_docs_en_zh" -name '*.md' | sort | sed 's/^/markdown /'
  find "$data/unpacked" -name '*.html' -size +1k | sort | awk 'NR % 8 == 0' | sed 's/^/html /'
  find "$shared/documents/readability_html" -name 'source.html' | sort | sed 's/^/html /'
} > "$data/files"
cmake --preset release -B "$build" -DQUARRY_BENCH=ON -DQUARRY_TESTS=OFF > /dev/null
ninja -C "$build" ingest > /dev/null
bench/ingest.py "$data/files" "${1:-5}" "quarry=$build/bench/ingest" \
  "LangChain.js=node $data/npm/ingest_peers.mjs langchain" \
  "LlamaIndex.TS=node $data/npm/ingest_peers.mjs llamaindex"
