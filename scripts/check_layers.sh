#!/bin/sh
# Checks that the folders of Quarry include only downwards, and that each third-party library stops at
# the files that wrap it. CMakeLists.txt says the same to the linker; this says it to the reader.
#
#   scripts/check_layers.sh [ROOT]     ROOT defaults to the project
#
# Prints "file:line: reason" for every wrong include. Exit status: 0 none, 1 some, 2 nothing to check.
# Needs a POSIX shell, find, sort and awk.
set -eu

root=${1:-$(dirname "$0")/..}
cd "$root"

folders="base model index ingest retrieval generation eval server app tests bench"
present=
for folder in $folders; do
  if [ -d "$folder" ]; then present="$present $folder"; fi
done
if [ -z "$present" ]; then
  echo "check_layers: none of '$folders' in $(pwd)" >&2
  exit 2
fi

# shellcheck disable=SC2086  # the names hold no spaces
find $present -type f \( -name '*.h' -o -name '*.cc' \) | LC_ALL=C sort |
  LC_ALL=C awk -v directories="$(for entry in */; do printf '%s ' "${entry%/}"; done)" '
    # folder <- the folders it may include, besides itself
    function allow(folder, list,   names, i, count) {
      folders[folder] = 1
      may[folder, folder] = 1
      count = split(list, names, " ")
      for (i = 1; i <= count; ++i) may[folder, names[i]] = 1
    }

    # Includes that begin with `prefix` stand only in files that match `pattern`; `where` is for people.
    function confine(prefix, pattern, where) {
      ++confined
      prefix_of[confined] = prefix
      pattern_of[confined] = pattern
      where_of[confined] = where
    }

    BEGIN {
      allow("base", "")
      allow("model", "base")
      allow("index", "base")
      allow("ingest", "base model index")
      allow("retrieval", "base model index")
      allow("generation", "base model index retrieval")
      allow("eval", "base model index ingest retrieval generation")
      allow("server", "base model index ingest retrieval generation eval")
      allow("app", "base model index ingest retrieval generation eval server")
      allow("tests", "base model index ingest retrieval generation eval server app bench")
      allow("bench", "base model index ingest retrieval generation eval server app tests")

      confine("boost/beast", "^(model/http_client|bench/http_hello)[.]cc$",
              "model/http_client.cc, bench/http_hello.cc")
      confine("boost/asio",
              "^server/connection[.]h$|^(server/(transport|connection|connection_io)|bench/http_hello)[.]cc$",
              "server/transport.cc, server/connection.h, server/connection.cc, server/connection_io.cc, bench/http_hello.cc")
      confine("openssl/",
              "^(model/(http_connection|digest)[.]cc|server/tls[.]cc|tests/testing/http_upstream[.]cc)$",
              "model/http_connection.cc, model/digest.cc, server/tls.cc, tests/testing/http_upstream.cc")
      confine("faiss/", "^(index|tests/index|bench)/(faiss|vector_faiss)[^/]*[.]cc$",
              "index/faiss_*.cc, their tests, bench/vector_faiss.cc")
      confine("hwy/", "^(index|model)/[a-z0-9_]*_kernels[.]cc$", "index/*_kernels.cc, model/*_kernels.cc")
      confine("rocksdb/", "^index/rocks_store[.]cc$", "index/rocks_store.cc")
      # A header such as base/text_icu.h is internal to these files; base/text.h itself is public.
      # Tests hold our text functions against ICU itself.
      confine("unicode/", "^base/(text|analyzer)([^/]*[.]cc|_[^/]*[.]h)$|^tests/base/",
              "base/text*.cc, base/analyzer*.cc, their internal headers, tests/base/")
      confine("nlohmann/",
              "(^|/)[^/]*_json[.]cc$|^model/(upstream|tokenizer)_json[.]h$|^(index|eval)/json_fields[.]h$|^ingest/[^/]*parser[^/]*[.]cc$|^(app|tests)/",
              "*_json.cc, model/{upstream,tokenizer}_json.h, {index,eval}/json_fields.h, ingest/*parser*.cc, app/, tests/")
      confine("yaml-cpp/",
              "^generation/yaml_errors[.]h$|^(ingest/front_matter|generation/(profile_yaml|yaml_json)|eval/(suite_file|promptfoo)|app/config_yaml)[.]cc$|^tests/",
              "ingest/front_matter.cc, generation/{profile_yaml,yaml_json}.cc, generation/yaml_errors.h, eval/{suite_file,promptfoo}.cc, app/config_yaml.cc, tests/")
      confine("libstemmer", "^base/analyzer[^/]*[.]cc$", "base/analyzer*.cc")
      confine("CLI/", "^app/cli_tree[.]h$", "app/cli_tree.h")
      confine("spdlog/", "^base/log[.]cc$", "base/log.cc")
      confine("prometheus/", "^base/metrics[.]cc$", "base/metrics.cc")
      confine("cmark", "^ingest/[^/]*_parser[.]cc$", "ingest/*_parser.cc")
      confine("gumbo", "^ingest/html_[^/]*[.](cc|h)$", "ingest/html_*")
      confine("pugixml", "^ingest/xml_tree[.]h$", "ingest/xml_tree.h")
      confine("sqlite3.h", "^(generation/table_query(_functions)?|bench/lexical_fts5)[.]cc$",
              "generation/table_query.cc, generation/table_query_functions.cc, bench/lexical_fts5.cc")
      confine("boost/multiprecision", "^generation/calculator[.]cc$", "generation/calculator.cc")
      confine("zip.h", "^(ingest/zip_reader[.]cc|tests/testing/package_testing[.]cc)$",
              "ingest/zip_reader.cc, tests/testing/package_testing.cc")
      confine("zlib.h",
              "^(ingest/gzip_reader|server/content_coding|tests/testing/package_testing)[.]cc$",
              "ingest/gzip_reader.cc, server/content_coding.cc, tests/testing/package_testing.cc")

      count = split(directories, names, " ")
      for (i = 1; i <= count; ++i) is_directory[names[i]] = 1
    }

    function fail(reason) {
      printf "%s:%d: %s\n", file, line_number, reason
      ++failures
    }

    function check(path, quoted,   folder, target, i) {
      folder = file
      sub(/\/.*/, "", folder)
      target = path
      if (!sub(/\/.*/, "", target)) target = ""
      if (path ~ /(^|\/)[.][.]?\//) {
        fail("include \"" path "\" must be written from the project root")
      } else if (target in folders) {
        if (!((folder, target) in may)) fail(folder " must not include " path)
        else if (!quoted) fail("include <" path "> must be written in quotes")
      } else if (target in is_directory) {
        fail(folder " must not include " path " (" target "/ is no folder of the table)")
      } else {
        for (i = 1; i <= confined; ++i) {
          if (index(path, prefix_of[i]) == 1) {
            if (file !~ pattern_of[i]) {
              fail(folder " must not include " path " here: only " where_of[i])
            }
            return
          }
        }
        if (quoted && target == "") {
          fail("include \"" path "\" must be written from the project root")
        }
      }
    }

    {
      file = $0
      ++files
      line_number = 0
      while ((getline line < file) > 0) {
        ++line_number
        if (line !~ /^[ \t]*#[ \t]*include[ \t]*["<]/) continue
        quoted = line ~ /^[ \t]*#[ \t]*include[ \t]*"/
        sub(/^[ \t]*#[ \t]*include[ \t]*["<]/, "", line)
        sub(/[">].*/, "", line)
        check(line, quoted)
      }
      close(file)
    }

    END {
      if (files == 0) {
        print "check_layers: no sources" > "/dev/stderr"
        exit 2
      }
      if (failures > 0) {
        printf "check_layers: %d wrong includes in %d files; the table stands in this script\n",
               failures, files > "/dev/stderr"
        exit 1
      }
    }'
