#!/usr/bin/env bash
# Every benchmark in one go, beside its peers, as in docs/benchmarks.md: run it on a machine that does nothing
# else; all of it takes some hours.
#
#   bench/run_all.sh [PART...]    retrieval search cache embedder transformer http open quality judge sync
#                                 ingest index memory lexical vectors; without: all of them, the shortest
#                                 first
#
# What a part prints goes to build/bench/results/PART.txt; all figures found there, with the machine, to
# docs/figures.json, and those that something was promised of to the table "Goals" of docs/benchmarks.md
# (bench/goals.py). A part that fails is named at the end; its last figures stay.
#
#   bench/compare.py docs/figures.json.before docs/figures.json      what changed since
set -uo pipefail
cd "$(dirname "$0")/.."

build=build/bench
results=$PWD/$build/results
data=${QUARRY_DATA:-../shared/data}
mkdir -p "$results"
scripts/install_packages.sh bench/packages.txt || exit 1
cmake --preset release -B "$build" -DQUARRY_BENCH=ON -DQUARRY_TESTS=OFF > "$build/configure.log" 2>&1 &&
  ninja -C "$build" > "$build/build.log" 2>&1 || {
  echo "bench/run_all.sh: the build failed: $build/build.log" >&2
  exit 1
}
quarry=$PWD/$build/quarry

pair_files() { printf "$data/pairs/%s.jsonl\n" "$@"; }

# 30,321 documents in chunks of about 80 tokens, made once.
search_store() {
  local merged=$build/merged
  [[ -d $merged ]] || bench/merge_collections.py "$merged" "$data/retrieval" > /dev/null
  [[ -d $build/search-store ]] || "$quarry" eval retrieval --beir "$merged" --store "$build/search-store" \
    --set chunking.target_tokens=80 --set chunking.min_tokens=30 --set chunking.max_tokens=120 > /dev/null
}

# 27,000 passages, one a line.
passages() {
  local file=$build/passages.txt
  [[ -s $file ]] || python3 bench/passages.py "$data/retrieval" 27000 > "$file"
  echo "$file"
}

part_vectors() { bench/vectors.sh > /dev/null; }  # writes vectors-*.jsonl itself
part_lexical() { bench/lexical.sh; }
part_ingest() { bench/ingest.sh; }
part_index() { bench/index.sh speed; }
part_memory() { bench/index.sh memory; }
part_sync() { QUARRY=$quarry bench/sync.sh; }
part_retrieval() { QUARRY=$quarry bench/collections.sh; }
part_search() {
  search_store
  local mode
  for mode in hybrid dense lexical; do
    "$build/bench/search_latency" "$build/search-store" "$build/merged" "$mode" | sed "s/^/$mode /"
  done
}
part_cache() {
  "$build/bench/cache_pairs" $(pair_files qqp_dev lcqmc_dev afqmc_train oppo_xiaobu_dev pawsx_zh_dev mrpc_train)
  "$build/bench/cache_pairs" --reach $(pair_files lcqmc_dev)
  "$build/bench/cache_pairs" --traps
}
part_embedder() {
  local file
  file=$(passages)
  "$build/bench/embedder" "$file" 27000 1
  "$build/bench/embedder" "$file" 27000 2
  "$build/bench/embedder" "$file" 1000000 2
  "$build/bench/sentence_pairs" $(pair_files stsb_en_dev stsb_zh_mt_dev qqp_dev lcqmc_dev pawsx_zh_dev)
}
part_transformer() { "$build/bench/transformer"; }
part_http() { bench/http.sh; }
part_open() {
  search_store
  local mode
  for mode in lexical hybrid; do
    for _ in 1 2 3; do
      /usr/bin/time -f "$mode: seconds %e rss_kb %M" "$quarry" search "kernel buffer size" --mode "$mode" \
        --store "$build/search-store" 2>&1 > /dev/null | tail -n 1
    done | sort -n -k 3 | sed -n 2p
  done
}
part_quality() {
  local collection
  for collection in squad_v2_dev_cs224n cmrc2018_dev; do
    "$quarry" eval answers --beir "$data/retrieval/$collection" --json
  done
}
part_judge() {
  "$quarry" eval judge-check "$data"/judge/{wice_claim,begin,climate_fever_pairs,qags_sentences,rgb_fact_zh_en}_dev.jsonl \
    "$data/pairs/ocnli_dev.jsonl" --held-out --json
}

parts=("$@")
[[ ${#parts[@]} -gt 0 ]] || parts=(retrieval search cache embedder transformer http open quality judge sync
  ingest index memory lexical vectors)
for part in "${parts[@]}"; do
  declare -F "part_$part" > /dev/null || {
    echo "bench/run_all.sh: no part \"$part\"" >&2
    exit 2
  }
done

{
  echo "processor: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
  echo "cores: $(nproc)"
  echo "memory_mb: $(awk '/MemTotal/ {print int($2 / 1024)}' /proc/meminfo)"
  echo "system: $(. /etc/os-release && echo "$PRETTY_NAME")"
  echo "date: $(date +%F)"
  echo "commit: $(git rev-parse --short HEAD 2> /dev/null || echo unknown)"
} > "$results/machine"

failed=()
for part in "${parts[@]}"; do
  echo "$(date +%T) $part"
  "part_$part" > "$results/$part.new" 2> "$results/$part.log" || failed+=("$part")
  if [[ -s $results/$part.new ]]; then mv "$results/$part.new" "$results/$part.txt"; else rm -f "$results/$part.new"; fi
done

[[ -e docs/figures.json ]] && cp docs/figures.json "$build/figures.before.json"
python3 bench/figures.py collect "$results" docs/figures.json
python3 bench/goals.py docs/figures.json docs/benchmarks.md
[[ -e $build/figures.before.json ]] && python3 bench/compare.py "$build/figures.before.json" docs/figures.json
if [[ ${#failed[@]} -gt 0 ]]; then
  echo "failed: ${failed[*]}; what they said: $build/results/PART.log" >&2
  exit 1
fi
