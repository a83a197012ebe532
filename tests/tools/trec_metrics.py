#!/usr/bin/env python3
"""The retrieval metrics of trec_eval 9, a second time.

Written from trec_eval's definitions alone, to be read rather than to be fast: it shares no code and no
author's shortcut with eval/metrics.cc, and a test holds the two against each other on random runs.

    trec_metrics.py [-c] [--k 10] [--digits 4] QRELS RUN

prints "measure <TAB> query <TAB> value" per query and for "all", as `trec_eval -q` does. -c averages over
every query of the qrels; without it, over those that the run answers. Exit status 1 and a message on
stderr for a line that cannot be read.
"""

import argparse
import math
import sys


def read_rows(path, columns):
    """Yields (line number, columns) of every line that is neither blank nor a comment."""
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            row = line.split()
            if not row or row[0].startswith(b"#"):
                continue
            if len(row) != columns:
                sys.exit("%s:%d: expected %d columns, found %d" % (path, number, columns, len(row)))
            yield number, row


def read_qrels(path):
    qrels = {}
    for number, (query, _, document, grade) in read_rows(path, 4):
        grades = qrels.setdefault(query, {})
        if document in grades:
            sys.exit("%s:%d: document judged twice" % (path, number))
        grades[document] = int(grade)
    return qrels


def read_run(path):
    run = {}
    for number, (query, _, document, _, score, _) in read_rows(path, 6):
        scores = run.setdefault(query, {})
        if document in scores:
            sys.exit("%s:%d: document ranked twice" % (path, number))
        scores[document] = float(score)
    return run


def dcg(gains):
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))


def measure(scores, grades, k):
    """The measures of one query. Ids are bytes, so that they order as strcmp orders them."""
    ranking = sorted(scores, key=lambda document: (scores[document], document), reverse=True)
    gains = [max(grades.get(document, 0), 0) for document in ranking]
    ideal = sorted((max(grade, 0) for grade in grades.values()), reverse=True)
    hits = [gain >= 1 for gain in gains]
    relevant = sum(grade >= 1 for grade in grades.values())
    first = hits.index(True) + 1 if any(hits) else None
    precisions = [sum(hits[:rank]) / rank for rank, hit in enumerate(hits, 1) if hit]
    return {
        "ndcg_cut_%d" % k: dcg(gains[:k]) / dcg(ideal[:k]) if relevant else 0.0,
        "recall_%d" % k: sum(hits[:k]) / relevant if relevant else 0.0,
        # Named apart from recall_k, so that --k 100 prints both.
        "recall_at_100": sum(hits[:100]) / relevant if relevant else 0.0,
        "P_%d" % k: sum(hits[:k]) / k,
        "recip_rank_cut_%d" % k: 1 / first if first is not None and first <= k else 0.0,
        "recip_rank": 1 / first if first is not None else 0.0,
        "map": sum(precisions) / relevant if relevant else 0.0,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-c", action="store_true", dest="complete")
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--digits", type=int, default=4)
    parser.add_argument("qrels")
    parser.add_argument("run")
    args = parser.parse_args()

    qrels = read_qrels(args.qrels)
    run = read_run(args.run)
    queries = sorted(query for query in qrels if args.complete or query in run)
    totals = {name: 0.0 for name in measure({}, {}, args.k)}
    for query in queries:
        for name, value in measure(run.get(query, {}), qrels[query], args.k).items():
            print("%s\t%s\t%.*f" % (name, query.decode(), args.digits, value))
            totals[name] += value
    for name, total in totals.items():
        print("%s\tall\t%.*f" % (name, args.digits, total / len(queries) if queries else 0.0))


if __name__ == "__main__":
    main()
