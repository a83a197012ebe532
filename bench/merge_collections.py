#!/usr/bin/env python3
"""Joins collections in the BEIR layout into one: the corpus that docs/benchmarks.md measures latency on.

    bench/merge_collections.py OUT DIR [COLLECTION...]

Ids get their collection's name in front. Queries alternate between the collections, as users of a shared
store would, at most 500 of each.
"""
import itertools
import json
import os
import sys

out, directory, *names = sys.argv[1:]
names = names or sorted(os.listdir(directory))
os.makedirs(f"{out}/qrels", exist_ok=True)
queries = []
with open(f"{out}/corpus.jsonl", "w") as corpus, open(f"{out}/qrels/test.tsv", "w") as qrels:
    qrels.write("query-id\tcorpus-id\tscore\n")
    for name in names:
        for line in open(f"{directory}/{name}/corpus.jsonl"):
            document = json.loads(line)
            document["_id"] = f"{name}-{document['_id']}"
            corpus.write(json.dumps(document, ensure_ascii=False) + "\n")
        judged = {}
        for line in itertools.islice(open(f"{directory}/{name}/qrels/test.tsv"), 1, None):
            query, document, grade = line.split("\t")
            judged.setdefault(query, []).append((f"{name}-{document}", grade))
        own = [json.loads(line) for line in open(f"{directory}/{name}/queries.jsonl")]
        own = [query for query in own if query["_id"] in judged][:500]
        for query in own:
            for document, grade in judged[query["_id"]]:
                qrels.write(f"{name}-{query['_id']}\t{document}\t{grade}")
        queries.append([{"_id": f"{name}-{query['_id']}", "text": query["text"]} for query in own])
with open(f"{out}/queries.jsonl", "w") as file:
    for row in itertools.zip_longest(*queries):
        for query in row:
            if query:
                file.write(json.dumps(query, ensure_ascii=False) + "\n")
