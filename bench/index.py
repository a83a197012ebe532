#!/usr/bin/env python3
"""Runs `quarry index` on whole corpora and prints a table: bench/index.sh.

    index.py speed|memory QUARRY TREE DATA SCRATCH ROUNDS [CORPUS]
"""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time


def run(quarry, source, scratch, *options):
    """One index into a new store: the report, the seconds of the process, its peak in MB."""
    store = scratch / "store"
    shutil.rmtree(store, ignore_errors=True)
    command = [quarry, "index", str(source), "--store", str(store), "--json", *options]
    os.sync()
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    report = json.loads(child.stdout.read())
    _, _, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - start
    shutil.rmtree(store, ignore_errors=True)
    return report, seconds, usage.ru_maxrss / 1024


def speed(quarry, tree, data, scratch, rounds, corpus):
    corpora = {
        "crud_news_zh_20k": data / "retrieval/crud_news_zh_20k/corpus.jsonl",
        "Debian documentation": tree,
    }
    print("| corpus | MB | documents | chunks | seconds | MB/s | chunks/s | words only, chunks/s "
          "| learning, s | peak MB |")
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for name, source in corpora.items():
        if not name.startswith(corpus):
            continue
        rows = []
        for _ in range(rounds):
            words, words_seconds, _ = run(quarry, source, scratch, "--set", "embedding.enabled=false")
            report, seconds, peak = run(quarry, source, scratch)
            chunks = report["chunks"]["added"]
            learning = report["embedding"]["learn_seconds"]
            seconds -= learning
            rows.append([seconds, report["bytes"] / 1e6 / seconds, chunks / seconds,
                         words["chunks"]["added"] / words_seconds, learning, peak])
        seconds, megabytes, rate, words_rate, learning, peak = (
            statistics.median(column) for column in zip(*rows))
        print(f"| {name} | {report['bytes'] / 1e6:.0f} | {report['documents']['added']} | {chunks} "
              f"| {seconds:.1f} | {megabytes:.1f} | {rate:,.0f} | {words_rate:,.0f} "
              f"| {learning:.1f} | {peak:.0f} |", flush=True)


def write_copies(tree, target, size):
    """About `size` bytes of the tree's files, again and again with other words in them."""
    files = sorted(path for path in tree.rglob("*") if path.is_file())
    written = 0
    copy = 0
    while written < size:
        mark = b" the%d " % copy
        for path in files:
            if written >= size:
                break
            content = path.read_bytes().replace(b" the ", mark).replace(b" a ", b" a%d " % copy)
            to = target / str(copy) / path.relative_to(tree)
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(content)
            written += len(content)
        copy += 1


def memory(quarry, tree, scratch):
    print("| input MB | documents | chunks | words only, peak MB | with vectors, peak MB |")
    print("|---|---|---|---|---|", flush=True)
    for megabytes in [20, 200, 2000]:
        source = scratch / "copies"
        shutil.rmtree(source, ignore_errors=True)
        write_copies(tree, source, megabytes * 1_000_000)
        report, _, words = run(quarry, source, scratch, "--set", "embedding.enabled=false")
        peak = f"{run(quarry, source, scratch)[2]:.0f}" if megabytes < 2000 else ""
        shutil.rmtree(source)
        print(f"| {report['bytes'] / 1e6:.0f} | {report['documents']['added']} "
              f"| {report['chunks']['added']} | {words:.0f} | {peak} |", flush=True)


def main():
    what, quarry, tree, data, scratch, rounds, *corpus = sys.argv[1:]
    scratch = pathlib.Path(scratch)
    scratch.mkdir(parents=True, exist_ok=True)
    if what == "speed":
        speed(quarry, pathlib.Path(tree), pathlib.Path(data), scratch, int(rounds), *(corpus or [""]))
    elif what == "memory":
        memory(quarry, pathlib.Path(tree), scratch)
    else:
        sys.exit("index.py: expected speed or memory")


if __name__ == "__main__":
    main()
