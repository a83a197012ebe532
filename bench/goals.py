#!/usr/bin/env python3
"""The goals that figures were promised for, beside what was measured: the table "Goals" of docs/benchmarks.md.

    goals.py docs/figures.json docs/benchmarks.md

The table stands between the two comments <!-- goals --> and <!-- /goals --> and is written anew. A goal is reached,
missed, or not measured where the last run does not have its figure.
"""

import json
import re
import sys

VECTORS = "200000 x 384 / quarry hnsw int8"


def goals():
    """(area, promise, unit, name of the figure, "at least" or "at most", target)."""
    least, most = "at least", "at most"
    for peer in ("hnswlib", "usearch bf16"):
        for recall in ("0.95", "0.99"):
            yield ("Vectors", f"queries against {peer} at recall {recall}", "times",
                   f"vectors-384 / {VECTORS} / {peer} / at_recall {recall} / ratio", least, 1.7)
    for recall in ("0.95", "0.99"):
        yield ("Vectors", f"the same by AVX2, against hnswlib at {recall}", "times",
               f"vectors-avx2 / {VECTORS} / hnswlib / at_recall {recall} / ratio", least, 1.5)
    yield ("Words", "queries against Lucene", "times", "lexical / lucene / q/s, the first's is", least, 3.5)
    yield ("Words", "queries against Xapian", "times", "lexical / xapian / q/s, the first's is", least, 5)
    yield ("Words", "documents indexed against Lucene", "times", "lexical / lucene / docs/s, the first's is",
           least, 2.5)
    for form, target in (("text", 100), ("markdown", 60), ("html", 15)):
        yield ("Reading", f"{form}, parsed and cut", "MB/s", f"ingest / {form} / quarry", least, target)
    yield ("Indexing", "documentation, durable, with vectors", "chunks/s",
           "index / Debian documentation / chunks/s", least, 8000)
    yield ("Search", "hybrid, ten hits, in process, median", "us", "search / hybrid all / p50 us", most, 500)
    yield ("Search", "hybrid, ten hits, in process, 99 %", "us", "search / hybrid all / p99 us", most, 2000)
    for collection, target in (("scifact", 0.685), ("cranfield", 0.51), ("squad_v2_dev_cs224n", 0.885),
                               ("cmrc2018_dev", 0.982), ("dureader_robust_dev", 0.785), ("rgb_en_fact", 0.46)):
        yield ("Retrieval", f"{collection} by words", "nDCG@10", f"retrieval / {collection} lexical / nDCG@10",
               least, target)
    for collection, target in (("scifact", 0.65), ("cranfield", 0.50), ("squad_v2_dev_cs224n", 0.82),
                               ("cmrc2018_dev", 0.97), ("dureader_robust_dev", 0.81)):
        yield ("Retrieval", f"{collection} by vectors alone", "nDCG@10", f"retrieval / {collection} dense / nDCG@10",
               least, target)
    yield ("Server", "a search over HTTP beyond the same in process, median", "us",
           "http / search / over_in_process_p50_us / with_passages", most, 60)
    for kind in ("relayed", "answered"):
        yield ("Server", f"first event after the model's first token, {kind}, most", "ms",
               f"http / stream / {kind} / most_ms", most, 5)
    for kind in ("headers", "body", "read"):
        yield ("Server", f"99 % of a good client beside 1,000 slow ones ({kind}), over idle", "times",
               f"http / slow / {kind} / p99_over_idle", most, 2)
    yield ("Opening", "200,000 chunks to the first answer by words", "s", "open / lexical / seconds", most, 0.1)


def rows(figures):
    for area, promise, unit, name, sense, target in goals():
        value = figures.get(name)
        if value is None:
            state, told = "not measured", "-"
        else:
            reached = value >= target if sense == "at least" else value <= target
            state, told = ("reached" if reached else "**missed**"), f"{value:,.4g}"
        yield f"| {area} | {promise} | {sense} {target:,g} {unit} | {told} | {state} | `bench/run_all.sh {name.split(' / ')[0].split('-')[0]}` |"


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
