#!/usr/bin/env python3
"""What changed between two runs of bench/run_all.sh.

    compare.py OLD.json NEW.json [PERCENT]     figures that moved by more than so many percent (5)

Better and worse are told by a figure's name: times, memory, failures and hits that are false should fall, all else
should rise. What cannot be told is listed as moved. Exits with 1 where a figure became worse.
"""

import json
import re
import sys

LESS_IS_BETTER = re.compile(
    r"(^|[ _/])(s|us|ms|seconds|p50|p99|p50_us|p99_us|cpu_s|build_s|build_cpu_s|mb|rss|peak|bytes|memory|false|failed|"
    r"failures|errors|declined|loss|bytes_per_vector|build_peak_mb|overhead)([ _/]|$)", re.IGNORECASE)
MORE_IS_BETTER = re.compile(
    r"/s\b|qps|q/s|per second|per_second|recall|ndcg|mrr|map\b|ratio|share|hits|cited|carried|F1|accuracy|kappa|AUC|"
    r"coverage|Spearman|found", re.IGNORECASE)


def direction(name):
    """1: more is better, -1: less is, 0: nobody can say."""
    column = name.split(" / ")[-1]
    if MORE_IS_BETTER.search(column):
        return 1
    return -1 if LESS_IS_BETTER.search(column) else 0


def load(path):
    with open(path) as file:
        return json.load(file)


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__.split("\n\n")[1].strip())
    old, new = load(sys.argv[1]), load(sys.argv[2])
    least = float(sys.argv[3]) / 100 if len(sys.argv) == 4 else 0.05
    if old["machine"].get("processor") != new["machine"].get("processor"):
        print(f"not the same machine: {old['machine'].get('processor')}, {new['machine'].get('processor')}: "
              "compare qualities and ratios alone")
    groups = {"worse": [], "better": [], "moved": []}
    for name in sorted(old["figures"].keys() & new["figures"].keys()):
        before, after = old["figures"][name], new["figures"][name]
        change = (after - before) / abs(before) if before else (0 if after == before else float("inf"))
        if abs(change) < least:
            continue
        good = direction(name) * change
        groups["moved" if good == 0 else "better" if good > 0 else "worse"].append((abs(change), name, before, after))
    for group, rows in groups.items():
        for change, name, before, after in sorted(rows, key=lambda row: (-row[0], row[1])):
            print(f"{group:6}  {name}: {before:g} -> {after:g} ({(after - before) / abs(before) * 100:+.1f} %)"
                  if before else f"{group:6}  {name}: 0 -> {after:g}")
    for what, names in (("gone", old["figures"].keys() - new["figures"].keys()),
                        ("new", new["figures"].keys() - old["figures"].keys())):
        print(f"{what}: {len(names)} figures" if names else f"{what}: none")
    sys.exit(1 if groups["worse"] else 0)


main()
