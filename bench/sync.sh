#!/usr/bin/env bash
# One edited paragraph in a folder of many files, as in docs/benchmarks.md. Run it on a machine that
# does nothing else.
#
#   bench/sync.sh [FILES]       so many files (10,000)
#
# Prints the first run, then for five edits, and their medians: what the report counts, the seconds of the
# whole command, those of one that finds nothing changed, and those of a bare scan (find with the times of all).
set -euo pipefail
cd "$(dirname "$0")/.."

quarry=${QUARRY:-build/release/quarry}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 - "$work" "$quarry" "${1:-10000}" <<'PYTHON'
import json, os, random, statistics, subprocess, sys, time

work, quarry, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
random.seed(1)
words = [a + b for a in "pum val pres bear lev riv tur mot gas flo cra sha".split()
         for b in "e ve ing el er bid or ket w ne ft ure".split()]

def paragraph():
    return " ".join(random.choice(words) for _ in range(120)).capitalize() + "."

files = []
for i in range(count):
    folder = f"{work}/docs/{i % 100:02}"
    os.makedirs(folder, exist_ok=True)
    files.append(f"{folder}/{i}.md")
    with open(files[-1], "w") as out:
        out.write(f"# Unit {i}\n\n" + "\n\n".join(paragraph() for _ in range(8)) + "\n")

def index():
    begin = time.monotonic()
    out = subprocess.run([quarry, "index", work + "/docs", "--prune", "--json", "--store",
                          work + "/store"], check=True, capture_output=True).stdout
    return time.monotonic() - begin, json.loads(out)

def scan():
    begin = time.monotonic()
    subprocess.run(["find", work + "/docs", "-printf", "%p %s %T@\n"], check=True,
                   stdout=subprocess.DEVNULL)
    return time.monotonic() - begin

seconds, first = index()
print(f"first run: {seconds:.2f} s, {first['documents']['added']} documents, "
      f"{first['chunks']['total']} chunks\n")
print("| edit | documents changed | chunks added | kept | removed | embedded | seconds | idle s | scan s |")
print("|---|---|---|---|---|---|---|---|---|")
rows = []
for edit in range(1, 6):
    idle, report = index()
    assert report["documents"]["unchanged"] == count
    path = random.choice(files)
    with open(path) as file:
        parts = file.read().split("\n\n")
    parts[random.randrange(1, len(parts))] = paragraph()
    with open(path, "w") as file:
        file.write("\n\n".join(parts))
    edited, report = index()
    chunks = report["chunks"]
    rows.append([report["documents"]["changed"], chunks["added"], chunks["kept"], chunks["removed"],
                 report["embedding"]["embedded"], round(edited, 3), round(idle, 3), round(scan(), 3)])
    print(f"| edit {edit} | " + " | ".join(str(cell) for cell in rows[-1]) + " |")
print("| median | " + " | ".join(str(statistics.median(column)) for column in zip(*rows)) + " |")
PYTHON
