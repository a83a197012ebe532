#!/usr/bin/env bash
# Retrieval on public collections in the BEIR layout, as the rows of docs/benchmarks.md.
#
#   bench/collections.sh [DIR] [COLLECTION...]    DIR defaults to ../shared/data/retrieval
#
# Each collection is indexed once per mode into a store of its own, which is removed; with STORES=DIR
# once for all modes, into DIR/COLLECTION, which stays. "recall" is hybrid with recall mode, "hops"
# hybrid that follows names once. Run it on a machine that does nothing else; the qualities do not
# depend on that, the times do. MODES chooses among the modes.
set -euo pipefail
cd "$(dirname "$0")/.."

quarry=${QUARRY:-build/release/quarry}
directory=${1:-../shared/data/retrieval}
shift || true
collections=("$@")
[[ ${#collections[@]} -gt 0 ]] || collections=(scifact cranfield squad_v2_dev_cs224n cmrc2018_dev
  dureader_robust_dev rgb_en_fact hotpotqa_train100 adi crud_news_zh_20k)

# field JSON NAME DECIMALS
field() {
  printf "%.$3f" "$(grep -o "\"$2\":[^,}]*" <<< "$1" | head -n 1 | cut -d: -f2)"
}

echo "| collection | mode | documents | queries | nDCG@10 | recall@100 | MRR@10 | MAP | index s | learn s | embed s | documents/s | p50 us | p99 us | RSS MB |"
echo "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"
for collection in "${collections[@]}"; do
  for mode in ${MODES:-lexical dense hybrid recall hops}; do
    options=(--mode "$mode")
    [[ $mode == recall ]] && options=(--mode hybrid --set retrieval.feedback=true)
    [[ $mode == hops ]] && options=(--mode hybrid --set retrieval.hops=2)
    [[ -n ${STORES:-} ]] && options+=(--store "$STORES/$collection")
    json=$($quarry eval retrieval --beir "$directory/$collection" "${options[@]}" --json 2> /dev/null)
    row="| $collection | $mode"
    for cell in documents:0 queries:0 ndcg@10:4 recall@100:4 mrr@10:4 map:4 index_seconds:2 \
      learn_seconds:1 embed_seconds:2 documents_per_second:0 search_p50_us:0 search_p99_us:0 \
      peak_rss_mb:0; do
      row+=" | $(field "$json" "${cell%:*}" "${cell#*:}")"
    done
    echo "$row |"
  done
done
