#!/usr/bin/env python3
"""Lines and branches by folder, from what `llvm-cov report` printed.

    coverage_table.py FILES.TXT
"""

import collections
import sys

# Columns of llvm-cov 16: file, then regions, functions, lines and branches, of each all, missed and the share.
LINES, BRANCHES = 7, 10


def main():
    folders = collections.defaultdict(lambda: [0, 0, 0, 0])
    with open(sys.argv[1]) as file:
        for row in file:
            field = row.split()
            if len(field) != 13 or not field[LINES].isdigit() or "/" not in field[0]:
                continue
            for folder in (field[0].split("/")[0], "all"):
                for i, column in enumerate((LINES, LINES + 1, BRANCHES, BRANCHES + 1)):
                    folders[folder][i] += int(field[column])
    print("| folder | lines | run, % | branches | taken, % |")
    print("|---|---|---|---|---|")
    for folder, (lines, missed, branches, untaken) in sorted(folders.items(), key=lambda f: (f[0] == "all", f[0])):
        share = lambda part, whole: f"{100 * (whole - part) / whole:.1f}" if whole else "-"
        print(f"| {folder} | {lines:,} | {share(missed, lines)} | {branches:,} | {share(untaken, branches)} |")


if __name__ == "__main__":
    main()
