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
import tempfile
import time


def memory_of(pid):
    """MB of its own and of mapped files that a process has in memory now; 0 once it has ended."""
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0, 0
    values = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith("Rss")}
    own = int(values.get("RssAnon", 0)) + int(values.get("RssShmem", 0))
    return own / 1024, int(values.get("RssFile", 0)) / 1024


def run(quarry, source, scratch, *options):
    """One index into a new store: the report, the seconds of the process, its peaks in MB: of its own
    memory, and of all with the mapped files (looked at twenty times a second)."""
    store = scratch / "store"
    shutil.rmtree(store, ignore_errors=True)
    command = [quarry, "index", str(source), "--store", str(store), "--json", *options]
    os.sync()
    start = time.monotonic()
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        own = whole = 0
        while child.poll() is None:
            now, mapped = memory_of(child.pid)
            own, whole = max(own, now), max(whole, now + mapped)
            time.sleep(0.05)
        seconds = time.monotonic() - start
        output.seek(0)
        report = json.load(output)
    shutil.rmtree(store, ignore_errors=True)
    return report, seconds, own, whole


def speed(quarry, tree, data, scratch, rounds, corpus):
    corpora = {
        "crud_news_zh_20k": data / "retrieval/crud_news_zh_20k/corpus.jsonl",
        "Debian documentation": tree,
    }
    # "found": until all is durable and found by words and vectors; the graph is linked after that.
    print("| corpus | MB | documents | chunks | seconds | MB/s | chunks/s | found, chunks/s "
          "| words only, chunks/s | learning, s | peak MB |")
    print("|---|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for name, source in corpora.items():
        if not name.startswith(corpus):
            continue
        rows = []
        for _ in range(rounds):
            words, words_seconds, *_ = run(quarry, source, scratch, "--set", "embedding.enabled=false")
            report, seconds, _, peak = run(quarry, source, scratch)
            chunks = report["chunks"]["added"]
            learning = report["embedding"]["learn_seconds"]
            seconds -= learning
            found = chunks / (report["seconds"] - learning)
            rows.append([seconds, report["bytes"] / 1e6 / seconds, chunks / seconds, found,
                         words["chunks"]["added"] / words_seconds, learning, peak])
        seconds, megabytes, rate, found, words_rate, learning, peak = (
            statistics.median(column) for column in zip(*rows))
        print(f"| {name} | {report['bytes'] / 1e6:.0f} | {report['documents']['added']} | {chunks} "
              f"| {seconds:.1f} | {megabytes:.1f} | {rate:,.0f} | {found:,.0f} | {words_rate:,.0f} "
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
    print("| input MB | documents | chunks | words only, peak MB | of its own | with vectors, peak MB "
          "| of its own |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for megabytes in [20, 200, 2000]:
        source = scratch / "copies"
        shutil.rmtree(source, ignore_errors=True)
        write_copies(tree, source, megabytes * 1_000_000)
        report, _, words_own, words = run(quarry, source, scratch, "--set", "embedding.enabled=false")
        _, _, own, whole = run(quarry, source, scratch)
        shutil.rmtree(source)
        print(f"| {report['bytes'] / 1e6:.0f} | {report['documents']['added']} "
              f"| {report['chunks']['added']} | {words:.0f} | {words_own:.0f} | {whole:.0f} "
              f"| {own:.0f} |", flush=True)


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
