#!/bin/sh
# Test of check_layers.sh: builds small trees with one wrong include each and expects it to be named.
set -eu

script=$(cd "$(dirname "$0")" && pwd)/check_layers.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

# A tree in which every include is right.
reset_tree() {
  rm -rf "${tree:?}"/*
  mkdir -p "$tree/base" "$tree/model" "$tree/index" "$tree/ingest" "$tree/retrieval" \
    "$tree/generation" "$tree/eval" "$tree/server" "$tree/app" "$tree/tests/eval" "$tree/bench" \
    "$tree/docs"
  printf '#pragma once\n#include <string>\n' >"$tree/base/status.h"
  printf '#include "base/status.h"\n#include <unicode/ucnv.h>\n' >"$tree/base/text_charset.cc"
  printf '#include <unicode/ucnv.h>\n' >"$tree/base/text_icu.h"
  printf '#include <libstemmer.h>\n' >"$tree/base/analyzer.cc"
  printf '#include <spdlog/spdlog.h>\n' >"$tree/base/log.cc"
  printf '#include <prometheus/registry.h>\n' >"$tree/base/metrics.cc"
  printf '#include "base/status.h"\n#include <boost/beast/http.hpp>\n' >"$tree/model/http_client.cc"
  printf '#include "base/status.h"\n#include "hwy/highway.h"\n' >"$tree/index/simd_kernels.cc"
  printf '#include <faiss/IndexHNSW.h>\n' >"$tree/index/faiss_graph.cc"
  printf '#include <rocksdb/db.h>\n' >"$tree/index/rocks_store.cc"
  printf '#include <nlohmann/json.hpp>\n' >"$tree/index/manifest_json.cc"
  printf '#include <cmark-gfm.h>\n#include "index/store.h"\n' >"$tree/ingest/markdown_parser.cc"
  printf '#include <gumbo.h>\n' >"$tree/ingest/html_parser.cc"
  printf '#include <nlohmann/json.hpp>\n' >"$tree/ingest/jsonl_parser.cc"
  printf '#include "retrieval/retriever.h"\n' >"$tree/generation/answerer.h"
  printf '#include "generation/answerer.h"\n' >"$tree/eval/runner.h"
  printf '#include "eval/runner.h"\n' >"$tree/server/http.cc"
  printf '#include <boost/asio/post.hpp>\n' >"$tree/server/transport.cc"
  printf '#include <boost/asio/awaitable.hpp>\n' >"$tree/server/connection.h"
  printf '#include <yaml-cpp/yaml.h>\n' >"$tree/app/config_yaml.cc"
  printf '#include "server/http.h"\n#include <nlohmann/json.hpp>\n' >"$tree/app/config.cc"
  printf '#include "app/config.h"\n#include "tests/testing/x.h"\n' >"$tree/tests/eval/a_test.cc"
  printf '// #include "server/http.h"\n#include "index/store.h"\n' >"$tree/bench/bench.cc"
}

# wrong FILE INCLUDE MESSAGE: with that line added to FILE, exactly MESSAGE is printed.
wrong() {
  reset_tree
  file=$1
  if [ -e "$tree/$file" ]; then lines=$(($(wc -l <"$tree/$file"))); else lines=0; fi
  printf '#include %s\n' "$2" >>"$tree/$file"
  expected="$file:$((lines + 1)): $3"
  if output=$("$script" "$tree" 2>/dev/null); then
    echo "FAIL: no complaint about $2 in $file"
    failures=$((failures + 1))
  elif [ "$output" != "$expected" ]; then
    printf 'FAIL: %s in %s\n  expected: %s\n  printed:  %s\n' "$2" "$file" "$expected" "$output"
    failures=$((failures + 1))
  fi
}

reset_tree
if ! output=$("$script" "$tree" 2>&1); then
  printf 'FAIL: a right tree was refused:\n%s\n' "$output"
  failures=$((failures + 1))
fi

wrong base/status.h '"index/vector_index.h"' 'base must not include index/vector_index.h'
wrong model/a.cc '"index/store.h"' 'model must not include index/store.h'
wrong index/a.cc '"model/embedder.h"' 'index must not include model/embedder.h'
wrong ingest/a.cc '"retrieval/retriever.h"' 'ingest must not include retrieval/retriever.h'
wrong retrieval/a.cc '"ingest/chunker.h"' 'retrieval must not include ingest/chunker.h'
wrong generation/answerer.h '"ingest/parser.h"' 'generation must not include ingest/parser.h'
wrong eval/runner.h '"server/http.h"' 'eval must not include server/http.h'
wrong server/a.h '"app/config.h"' 'server must not include app/config.h'
wrong app/config.cc '"tests/testing/x.h"' 'app must not include tests/testing/x.h'
wrong app/config.cc '"bench/bench.h"' 'app must not include bench/bench.h'
wrong base/a.cc '"docs/a.h"' 'base must not include docs/a.h (docs/ is no folder of the table)'
wrong base/a.cc '"status.h"' 'include "status.h" must be written from the project root'
wrong eval/a.cc '"eval/../server/http.h"' \
  'include "eval/../server/http.h" must be written from the project root'
wrong eval/a.cc '<base/status.h>' 'include <base/status.h> must be written in quotes'
wrong base/a.cc '<server/http.h>' 'base must not include server/http.h'
wrong bench/bench.cc '"status.h"  // why' \
  'include "status.h" must be written from the project root'

beast_files='model/http_client.cc, bench/http_hello.cc'
wrong server/mcp.cc '<boost/beast/core.hpp>' \
  "server must not include boost/beast/core.hpp here: only $beast_files"
wrong model/http_client.h '<boost/beast/core.hpp>' \
  "model must not include boost/beast/core.hpp here: only $beast_files"
asio_files='server/transport.cc, server/connection.h, server/connection.cc, server/connection_io.cc, '\
'bench/http_hello.cc'
for file in server/mcp.cc model/tokenizer.cc app/main.cc; do
  wrong "$file" '<boost/asio/io_context.hpp>' \
    "${file%%/*} must not include boost/asio/io_context.hpp here: only $asio_files"
done
wrong index/index.cc '<yaml-cpp/yaml.h>' 'index must not include yaml-cpp/yaml.h here: '\
'only ingest/front_matter.cc, generation/{profile_yaml,yaml_json}.cc, generation/yaml_errors.h, '\
'eval/{suite_file,promptfoo}.cc, app/config_yaml.cc, tests/'
wrong index/store.cc '<faiss/Index.h>' \
  'index must not include faiss/Index.h here: only index/faiss_*.cc, their tests, bench/vector_faiss.cc'
wrong index/rocks_store.h '<rocksdb/db.h>' \
  'index must not include rocksdb/db.h here: only index/rocks_store.cc'
wrong base/text.h '<unicode/utf8.h>' 'base must not include unicode/utf8.h here: '\
'only base/text*.cc, base/analyzer*.cc, their internal headers, tests/base/'
wrong eval/metrics.cc '<nlohmann/json.hpp>' 'eval must not include nlohmann/json.hpp here: '\
'only *_json.cc, model/{upstream,tokenizer}_json.h, {index,eval}/json_fields.h, ingest/*parser*.cc, app/, tests/'
wrong eval/report_json.h '"nlohmann/json.hpp"' 'eval must not include nlohmann/json.hpp here: '\
'only *_json.cc, model/{upstream,tokenizer}_json.h, {index,eval}/json_fields.h, ingest/*parser*.cc, app/, tests/'
wrong base/text.cc '<libstemmer.h>' \
  'base must not include libstemmer.h here: only base/analyzer*.cc'
wrong server/http.cc '<spdlog/spdlog.h>' \
  'server must not include spdlog/spdlog.h here: only base/log.cc'
wrong server/http.cc '<prometheus/registry.h>' \
  'server must not include prometheus/registry.h here: only base/metrics.cc'
wrong ingest/chunker.cc '<cmark-gfm.h>' \
  'ingest must not include cmark-gfm.h here: only ingest/*_parser.cc'
wrong ingest/parser.cc '<gumbo.h>' \
  'ingest must not include gumbo.h here: only ingest/html_*'

rm -rf "${tree:?}"/*
if "$script" "$tree" 2>/dev/null; then
  echo "FAIL: an empty tree passed"
  failures=$((failures + 1))
fi

[ "$failures" -eq 0 ]
