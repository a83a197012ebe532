#!/usr/bin/env bash
# Retrieval on public collections in the BEIR layout, as the rows of docs/benchmarks.md.
#
#   bench/collections.sh [DIR] [COLLECTION...]    DIR defaults to ../shared/data/retrieval
#
# Each collection is indexed once into a store of its own, which is removed unless STORES=DIR names
# where it is to stay (DIR/COLLECTION, taken as it is where it is there), and asked in each of MODES:
# "recall" is hybrid with recall mode, "hops" hybrid that follows names once, "rerank" hybrid whose best
# 20 are put in order by a cross-encoder of random weights (RERANKER names another folder). Two
# tables: what was found and how fast, and what indexing took. Run it on a machine that does nothing else;
# the qualities do not depend on that, the times do.
set -euo pipefail
cd "$(dirname "$0")/.."

quarry=${QUARRY:-build/release/quarry}
directory=${1:-../shared/data/retrieval}
shift || true
collections=("$@")
[[ ${#collections[@]} -gt 0 ]] || collections=(scifact cranfield squad_v2_dev_cs224n cmrc2018_dev
  dureader_robust_dev rgb_en_fact hotpotqa_train100 adi crud_news_zh_20k)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
stores=${STORES:-$scratch}
modes=${MODES:-lexical dense hybrid recall hops rerank}
reranker=${RERANKER:-$scratch/reranker}
if [[ " $modes " == *" rerank "* && -z ${RERANKER:-} ]]; then
  "$(dirname "$quarry")/bench/random_model" "$reranker"
fi

# cells JSON NAME:DECIMALS...
cells() {
  local json=$1 row="" value
  shift
  for cell in "$@"; do
    value=$(grep -o "\"${cell%:*}\":[^,}]*" <<< "$json" | head -n 1 | cut -d: -f2)
    row+=" | $(printf "%.${cell#*:}f" "$value")"
  done
  echo "$row |"
}

indexing=()
echo "| collection | mode | queries | nDCG@10 | recall@100 | MRR@10 | MAP | p50 us | p99 us |"
echo "|---|---|---|---|---|---|---|---|---|"
for collection in "${collections[@]}"; do
  for mode in $modes; do
    options=(--mode "$mode")
    case $mode in
      recall) options=(--mode hybrid --set retrieval.feedback=true) ;;
      hops) options=(--mode hybrid --set retrieval.hops=2) ;;
      rerank) options=(--mode hybrid --set "rerank.model=$reranker") ;;
    esac
    json=$($quarry eval retrieval --beir "$directory/$collection" --store "$stores/$collection" \
      "${options[@]}" --json 2> /dev/null)
    echo "| $collection | $mode$(cells "$json" queries:0 ndcg@10:4 recall@100:4 mrr@10:4 map:4 \
      search_p50_us:0 search_p99_us:0)"
    if [[ $json != *'"documents_per_second":null'* ]]; then
      indexing+=("| $collection$(cells "$json" documents:0 chunks:0 index_seconds:2 learn_seconds:1 \
        embed_seconds:2 documents_per_second:0 peak_rss_mb:0)")
    fi
  done
done
if [[ ${#indexing[@]} -gt 0 ]]; then
  echo
  echo "| collection | documents | chunks | index s | learn s | embed s | documents/s | peak MB |"
  echo "|---|---|---|---|---|---|---|---|"
  printf '%s\n' "${indexing[@]}"
fi
