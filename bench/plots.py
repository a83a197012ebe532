#!/usr/bin/env python3
"""Draws the plots of docs/benchmarks.md from what the benchmarks wrote.

    plots.py RESULTS OUT     vectors-384.jsonl and others -> OUT/*.svg; what is not there is not drawn
"""

import json
import os
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "quarry", "font.size": 9, "axes.grid": True,
                            "grid.alpha": 0.3, "axes.spines.top": False, "axes.spines.right": False})
import matplotlib.pyplot as plt

COLOURS = ["#0b6e4f", "#c0392b", "#2c5aa0", "#8e6c00", "#555555"]
LABELS = {"quarry hnsw int8": "Quarry"}


def lines(path):
    with open(path) as file:
        return [json.loads(line) for line in file if line.startswith("{")]


def save(figure, path):
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")
    plt.close(figure)


def recall(results, name, title, out):
    """Queries per second against recall, a curve per engine."""
    path = f"{results}/vectors-{name}.jsonl"
    if not os.path.exists(path):
        return
    curves = {}
    for line in lines(path):
        if "width" in line:
            curves.setdefault(line["engine"], []).append((line["recall"], line["qps"]))
    figure, axes = plt.subplots(figsize=(5.5, 3.4))
    for colour, (engine, points) in zip(COLOURS, curves.items()):
        axes.plot(*zip(*points), marker="o", markersize=3, color=colour,
                  label=LABELS.get(engine, engine))
    axes.set(xlabel="recall@10", ylabel="queries per CPU second", title=title, yscale="log")
    axes.legend(frameon=False)
    save(figure, f"{out}/vectors-{name}.svg")


def growth(results, out):
    """Queries per second at a recall against the number of vectors."""
    path = f"{results}/vectors-growth.jsonl"
    if not os.path.exists(path):
        return
    curves = {}
    for line in lines(path):
        if "count" in line:
            count = line["count"]
        elif line.get("at_recall") in (0.95, 0.99) and "against" not in line and line["qps"] > 0:
            curves.setdefault((line["engine"], line["at_recall"]), []).append((count, line["qps"]))
    figure, axes = plt.subplots(figsize=(5.5, 3.4))
    engines = list(dict.fromkeys(engine for engine, _ in curves))
    for (engine, at), points in curves.items():
        axes.plot(*zip(*points), marker="o", markersize=3, color=COLOURS[engines.index(engine)],
                  linestyle="-" if at == 0.95 else "--",
                  label=f"{LABELS.get(engine, engine)}, recall {at}")
    axes.set(xlabel="vectors of 384 dimensions", ylabel="queries per CPU second", xscale="log",
             yscale="log", title="Growth")
    axes.legend(frameon=False)
    save(figure, f"{out}/vectors-growth.svg")


def main():
    results, out = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    recall(results, "384", "200,000 vectors of 384 dimensions", out)
    recall(results, "256", "200,000 vectors of 256 dimensions", out)
    recall(results, "embeddings", "18,448 chunks of Chinese news, learnt embedder, 256 dimensions", out)
    growth(results, out)


main()
