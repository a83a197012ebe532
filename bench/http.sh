#!/usr/bin/env bash
# The server over HTTP, as in docs/benchmarks.md: searches per second and latencies beside a bare Boost.Beast
# server, what a search costs over one in process, 10 times more requests than it can hold, slow clients, and
# the time from a chat model's first token to the client. Prints JSON. Run it on a machine that does nothing
# else.
#
#   bench/http.sh [PART...]     search, overload, slow, stream; all where none is named
#
# SECONDS_EACH=8 sets how long each figure is measured; QUARRY_DATA=DIR where the collections are
# (../shared/data); QUARRY=PATH takes a program that is built already. Needs wrk and slowhttptest
# (bench/packages.txt).
set -euo pipefail
cd "$(dirname "$0")/.."

build=build/bench
if [[ -z ${QUARRY:-} || ! -x ${HELLO:-$build/bench/http_hello} ]]; then
  cmake --preset release -B "$build" -DQUARRY_BENCH=ON -DQUARRY_TESTS=OFF > /dev/null
  ninja -C "$build" quarry http_hello search_latency > /dev/null
fi
exec bench/serve.py "${QUARRY:-$build/quarry}" "${HELLO:-$build/bench/http_hello}" "$build/http" \
  "${QUARRY_DATA:-../shared/data}" "${SECONDS_EACH:-8}" "$@"
