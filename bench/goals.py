#!/usr/bin/env python3
"""The goals that figures were promised for, beside what was measured: the table "Goals" of docs/benchmarks.md.

    goals.py docs/figures.json docs/benchmarks.md

The table stands between the two comments <!-- goals --> and <!-- /goals --> and is written anew. A goal is reached,
missed, or not measured where the last run does not have its figure.
"""

import json
import re
import sys

SIZES = {"384": "200000 x 384", "256": "200000 x 256", "embeddings": "18448 x 512"}
COLLECTIONS = {"scifact": (0.685, 0.65), "cranfield": (0.51, 0.50), "squad_v2_dev_cs224n": (0.885, 0.82),
               "cmrc2018_dev": (0.982, 0.97), "dureader_robust_dev": (0.785, 0.81), "rgb_en_fact": (0.46, None)}
LEARNT = ("scifact", "squad_v2_dev_cs224n", "cmrc2018_dev", "dureader_robust_dev", "hotpotqa_train100")
AT_LEAST, AT_MOST = "at least", "at most"


def goals(of):
    """(area, promise, unit, part, sense, target, measured). `of` gives a figure by its name; where there is none the
    KeyError that it raises is that the goal was not measured."""

    def goal(area, promise, unit, part, sense, target, measure):
        try:
            return area, promise, unit, part, sense, target, measure()
        except KeyError:
            return area, promise, unit, part, sense, target, None

    for run, size in SIZES.items():
        quarry, hnswlib = f"vectors-{run} / {size} / quarry hnsw int8", f"vectors-{run} / {size} / hnswlib"
        for peer in ("hnswlib", "usearch bf16"):
            for recall in ("0.95", "0.99"):
                yield goal("Vectors", f"{size}, queries against {peer} at recall {recall}", "times", "vectors",
                           AT_LEAST, 1.7, lambda: of(f"{quarry} / {peer} / at_recall {recall} / ratio"))
        yield goal("Vectors", f"{size}, building against hnswlib, by processor time", "times", "vectors", AT_LEAST, 2,
                   lambda: of(f"{hnswlib} / threads 2 / build_cpu_s") / of(f"{quarry} / threads 2 / build_cpu_s"))
        yield goal("Vectors", f"{size}, memory of a vector, of hnswlib's", "times", "vectors", AT_MOST, 0.65,
                   lambda: of(f"{quarry} / threads 2 / bytes_per_vector") /
                   of(f"{hnswlib} / threads 2 / bytes_per_vector"))
    for recall in ("0.95", "0.99"):
        yield goal("Vectors", f"200000 x 384 by AVX2, queries against hnswlib at recall {recall}", "times", "vectors",
                   AT_LEAST, 1.5,
                   lambda: of(f"vectors-avx2 / 200000 x 384 / quarry hnsw int8 / hnswlib / at_recall {recall} / ratio"))
    for threads in (1, 2):
        yield goal("Vectors", f"a flat scan by {threads} thread{'s' * (threads > 1)}, of the bandwidth of a read loop",
                   "times", "vectors", AT_LEAST, 0.7,
                   lambda: of(f"vectors-scan / 200000 x 384 / threads {threads} / share"))
    for peer, target in (("lucene", 3.5), ("xapian", 5)):
        yield goal("Words", f"queries against {peer.capitalize()}", "times", "lexical", AT_LEAST, target,
                   lambda: of(f"lexical / {peer} / q/s, the first's is"))
    yield goal("Words", "documents indexed against Lucene", "times", "lexical", AT_LEAST, 2.5,
               lambda: of("lexical / lucene / docs/s, the first's is"))
    for form, target in (("text", 100), ("markdown", 60), ("html", 15)):
        yield goal("Reading", f"{form}, parsed and cut, a core", "MB/s", "ingest", AT_LEAST, target,
                   lambda: of(f"ingest / {form} / quarry"))
    for corpus in ("Debian documentation", "crud_news_zh_20k"):
        yield goal("Indexing", f"{corpus}, durable, with vectors", "chunks/s", "index", AT_LEAST, 8000,
                   lambda: of(f"index / {corpus} / chunks/s"))
    for legs in ("words only", "with vectors"):
        yield goal("Indexing", f"peak memory at 2 GB, of that at 200 MB, {legs} (promised: flat)", "times", "memory",
                   AT_MOST, 1.1, lambda: of(f"memory / 2000 / {legs}, peak MB") / of(f"memory / 200 / {legs}, peak MB"))
    yield goal("Indexing", "one edited paragraph in 10,000 files, beyond the scan", "s", "sync", AT_MOST, 1,
               lambda: of("sync / median / seconds") - of("sync / median / scan s"))
    for collection, (lexical, _) in COLLECTIONS.items():
        yield goal("Retrieval", f"{collection} by words", "nDCG@10", "retrieval", AT_LEAST, lexical,
                   lambda: of(f"retrieval / {collection} lexical / nDCG@10"))
    for collection, (_, dense) in COLLECTIONS.items():
        if dense is not None:
            yield goal("Retrieval", f"{collection} by vectors alone", "nDCG@10", "retrieval", AT_LEAST, dense,
                       lambda: of(f"retrieval / {collection} dense / nDCG@10"))
    for collection in COLLECTIONS:
        yield goal("Retrieval", f"{collection}, hybrid beyond words", "nDCG@10", "retrieval", AT_LEAST, -0.01,
                   lambda: of(f"retrieval / {collection} hybrid / nDCG@10") -
                   of(f"retrieval / {collection} lexical / nDCG@10"))
    for metric, target in (("nDCG@10", 0.015), ("recall@100", 0.012)):
        yield goal("Retrieval", "hybrid beyond words, mean of five collections", metric, "retrieval", AT_LEAST, target,
                   lambda: sum(of(f"retrieval / {one} hybrid / {metric}") - of(f"retrieval / {one} lexical / {metric}")
                               for one in LEARNT) / len(LEARNT))
    for promise, name, target in (("median", "p50", 500), ("99 %", "p99", 2000)):
        yield goal("Search", f"hybrid, ten hits of 140,794 chunks, in process, {promise}", "us", "search", AT_MOST, target,
                   lambda: of(f"search / hybrid all / {name} us"))
    yield goal("Embedder", "27,000 passages learnt, two cores", "s", "embedder", AT_MOST, 12,
               lambda: of("embedder / texts 27000 / threads 2 / learn_seconds"))
    yield goal("Embedder", "words embedded, a core", "words/s", "embedder", AT_LEAST, 1e6,
               lambda: of("embedder / texts 27000 / threads 1 / words_per_second"))
    yield goal("Embedder", "a question of 12 words", "us", "embedder", AT_MOST, 20,
               lambda: of("embedder / texts 27000 / threads 1 / question_micros"))
    yield goal("Embedder", "a transformer's forward pass, of OpenBLAS's sgemm", "times", "transformer", AT_LEAST, 0.5,
               lambda: of("transformer / share"))
    yield goal("Stored answers", "a hit of level (i), median", "ms", "cache", AT_MOST, 1,
               lambda: of("cache / lcqmc_dev.jsonl / 3000 hits of level i / p50 ms"))
    for level in ("level i", "gate"):
        yield goal("Stored answers", f"traps let through by the {'gate alone' if level == 'gate' else level}, worst of ten kinds",
                   "%", "cache", AT_MOST, 0.5,
                   lambda: max(of(f"cache / {kind} / {way}, {level}, %")
                               for kind in ("year", "number", "unit", "entity", "negation", "antonym", "role swap",
                                            "scope", "tense", "language")
                               for way in ("edited", "rephrased")))
    answers = "quality / {} / test / hybrid / configured / {}"
    yield goal("Answers", "squad, first citation is the gold passage", "%", "quality", AT_LEAST, 78,
               lambda: 100 * of(answers.format("squad_v2_dev_cs224n", "cited_gold")))
    for collection, length, name, target in (("squad_v2_dev_cs224n", "60 tokens", "span_long", 80),
                                             ("squad_v2_dev_cs224n", "25 tokens", "span_short", 60),
                                             ("cmrc2018_dev", "90 characters", "span_long", 75),
                                             ("cmrc2018_dev", "40 characters", "span_short", 60)):
        yield goal("Answers", f"{collection}, the gold span within {length}", "%", "quality", AT_LEAST, target,
                   lambda: 100 * of(answers.format(collection, name)))
    yield goal("Server", "a search over HTTP beyond the same in process, median", "us", "http", AT_MOST, 60,
               lambda: of("http / search / over_in_process_p50_us / with_passages"))
    for kind in ("relayed", "answered"):
        yield goal("Server", f"first event after the model's first token, {kind}, most", "ms", "http", AT_MOST, 5,
                   lambda: of(f"http / stream / {kind} / most_ms"))
    for kind in ("headers", "body", "read"):
        yield goal("Server", f"99 % of a good client beside 1,000 slow ones ({kind}), over idle", "times", "http",
                   AT_MOST, 2, lambda: of(f"http / slow / {kind} / p99_over_idle"))
    yield goal("Opening", "140,794 chunks to the first answer by words, a whole process", "s", "open", AT_MOST, 0.1,
               lambda: of("open / lexical / seconds"))


def rows(figures):
    for area, promise, unit, part, sense, target, value in goals(figures.__getitem__):
        if value is None:
            state, told = "not measured", "-"
        else:
            reached = value >= target if sense == AT_LEAST else value <= target
            state, told = ("reached" if reached else "**missed**"), f"{value:,.4g}"
        yield (f"| {area} | {promise} | {sense} {target:,g} {unit} | {told} | {state} "
               f"| `bench/run_all.sh {part}` |")


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: goals.py docs/figures.json docs/benchmarks.md")
    with open(sys.argv[1]) as file:
        run = json.load(file)
    machine = run["machine"]
    text = (f"{machine.get('processor', '?')}, {machine.get('cores', '?')} cores, {machine.get('system', '?')}, "
            f"{machine.get('date', '?')}, commit {machine.get('commit', '?')}.\n\n"
            "| area | what | promised | measured | | command |\n|---|---|---|---|---|---|\n"
            + "\n".join(rows(run["figures"])))
    with open(sys.argv[2]) as file:
        page = file.read()
    written, found = re.subn(r"(<!-- goals -->\n).*?(<!-- /goals -->)",
                             lambda match: match[1] + text + "\n" + match[2], page, flags=re.DOTALL)
    if found != 1:
        sys.exit(f"goals.py: {sys.argv[2]} has no place for the goals: <!-- goals --> ... <!-- /goals -->")
    with open(sys.argv[2], "w") as file:
        file.write(written)


main()
