#!/usr/bin/env python3
"""Runs the programs of the lexical benchmark against each other.

    lexical.py DATA OUT.json ROUNDS NAME=COMMAND...

Every program indexes DATA/passages.txt first, in turn, five times; then all are open and answer
DATA/queries.txt in turn, three rounds to warm up and ROUNDS that count. Prints medians with the least
and most, and the first program's ratio to each.
"""

import json
import statistics
import subprocess
import sys

INDEXINGS = 5
WARM_UP = 3
# It answers so slowly that it gets the first queries only.
FEW = {"fts5": 50}


class Peer:
    def __init__(self, name, command, data):
        self.name, self.command, self.data = name, command.split(), data
        self.directory = f"{data}/{name}"
        self.queries = f"{data}/queries.txt"
        self.count = sum(1 for _ in open(self.queries))
        if name in FEW:
            self.count = FEW[name]
            lines = open(self.queries).readlines()[: self.count]
            self.queries = f"{data}/queries_{name}.txt"
            open(self.queries, "w").writelines(lines)
        self.seconds = []
        self.index_seconds = []

    def index(self):
        out = subprocess.run(
            [*self.command, "index", f"{self.data}/passages.txt", self.directory],
            check=True, capture_output=True, text=True)
        self.indexed = json.loads(out.stdout)
        self.index_seconds.append(self.indexed["seconds"])

    def open(self):
        self.process = subprocess.Popen(
            [*self.command, "search", self.directory, self.queries],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def top(self):
        path = f"{self.data}/{self.name}.top"
        self.ask("dump " + path)
        return [{hit.split(":")[0] for hit in line.split()} for line in open(path)]


def main():
    data, out, rounds, *commands = sys.argv[1:]
    peers = [Peer(*command.split("=", 1), data) for command in commands]
    for _ in range(INDEXINGS):
        for peer in peers:
            peer.index()
    for peer in peers:
        peer.open()
    tops = {peer.name: peer.top() for peer in peers}
    for round in range(WARM_UP + int(rounds)):
        for peer in peers:
            seconds = peer.ask("round")["seconds"]
            if round >= WARM_UP:
                peer.seconds.append(seconds)

    first = peers[0]
    results = []
    print("| engine | docs/s | the first's is | index MB | q/s | the first's is | of its top 10 found |")
    print("|---|---|---|---|---|---|---|")
    for peer in peers:
        docs = [peer.indexed["docs"] / seconds for seconds in peer.index_seconds]
        queries = [peer.count / seconds for seconds in peer.seconds]
        first_docs = [first.indexed["docs"] / seconds for seconds in first.index_seconds]
        first_queries = [first.count / seconds for seconds in first.seconds]
        shared = [len(a & b) / len(a) for a, b in zip(tops[first.name], tops[peer.name]) if a]
        result = {
            "engine": peer.name, "bytes": peer.indexed["bytes"],
            "docs_per_second": docs, "docs_ratio": ratios(first_docs, docs),
            "queries_per_second": queries, "queries_ratio": ratios(first_queries, queries),
            "shared": statistics.mean(shared),
        }
        results.append(result)
        print(f"| {peer.name} | {spread(docs, ',.0f')} | {spread(result['docs_ratio'], '.2f')} "
              f"| {result['bytes'] / 1e6:.1f} | {spread(queries, ',.0f')} "
              f"| {spread(result['queries_ratio'], '.2f')} | {result['shared']:.3f} |")
    with open(out, "w") as file:
        json.dump(results, file, indent=1)


def ratios(first, second):
    return [a / b for a, b in zip(first, second)]


def spread(values, form):
    return f"{statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


main()
