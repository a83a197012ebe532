"""The figures in what the benchmarks print, whatever its form: Markdown tables, JSON lines, JSON objects, and
lines of words and numbers. Each gets a name, "PART / row / column".

Read by bench/run_all.sh (figures.py collect) and bench/compare.py.
"""

import json
import os
import re
import sys

# Fields of JSON lines that say which figure it is, though they are numbers.
IDENTITY = {"at_recall", "count", "dimension", "threads", "texts", "width", "connections", "k", "against", "share_of"}
# Texts that do not.
NOT_A_NAME = {"table_hash", "kernels"}
NUMBER = re.compile(r"^[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?$")
# "all   p50   12.3 us  p99   45.6 us", "hits   12  false   3 (0.2 %)"
NAMED = re.compile(r"([A-Za-z][\w@./-]*)\s*[:=]?\s+([-+]?\d[\d,]*(?:\.\d+)?)(?:\s*(us|ms|s|MB|KB|%|MB/s|GB/s|words/s)\b)?")


def number(cell):
    """The number that a cell begins with, without its spread in brackets; None where it is none."""
    words = cell.replace("*", "").strip().split(" ")
    return float(words[0].replace(",", "")) if words and NUMBER.match(words[0]) else None


def table(lines):
    """The rows of one Markdown table: ((label, column), value)."""
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    rows = cells[2:]
    # Of two columns of one name each is told with the one before it.
    header = [f"{cells[0][i - 1]}, {name}" if i > 0 and cells[0].count(name) > 1 else name
              for i, name in enumerate(cells[0])]
    # The columns that name a row: those before the first that holds numbers alone.
    names = next((i for i in range(len(header))
                  if rows and all(number(row[i]) is not None for row in rows if i < len(row))), len(header))
    for row in rows:
        label = " ".join(row[:max(1, names)])
        for column, cell in list(zip(header, row))[max(1, names):]:
            if number(cell) is not None:
                yield (label, column), number(cell)


def flat(value, path):
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return
    if isinstance(value, (int, float)):
        yield path, float(value)
    elif isinstance(value, dict):
        of = [value[key] if isinstance(value[key], str) else f"{key} {value[key]}" for key in value
              if (isinstance(value[key], str) and key not in NOT_A_NAME) or
              (key in IDENTITY and not isinstance(value[key], (str, dict)))]
        for key in value:
            if key not in IDENTITY:
                yield from flat(value[key], path + of + [key])
    else:
        for i, one in enumerate(value):
            yield from flat(one, path + ([] if isinstance(one, dict) else [str(i)]))


def read(part, text):
    """{name: value} of what one benchmark printed."""
    found = {}

    def add(path, value):
        # A file is named without the place where it lies.
        steps = [os.path.basename(str(step)) if str(step).startswith("../") else str(step) for step in path]
        found[" / ".join([part] + [step for step in steps if step])] = value

    try:
        for path, value in flat(json.loads(text), []):
            add(path, value)
        return found
    except ValueError:
        pass
    lines = text.splitlines()
    at = 0
    heading = ""  # what indented lines belong to
    data = []  # of JSON lines: the size that those behind it are of
    while at < len(lines):
        line = lines[at]
        if line.startswith("|") and at + 1 < len(lines) and re.match(r"^\|[-:| ]+\|$", lines[at + 1]):
            end = at
            while end < len(lines) and lines[end].startswith("|"):
                end += 1
            for path, value in table(lines[at:end]):
                add(path, value)
            at = end
            continue
        if line.startswith("{"):
            try:
                one = json.loads(line)
                if "count" in one:
                    data = [f"{one['count']} x {one['dimension']}" if "dimension" in one else str(one["count"])]
                for path, value in flat(one, [] if "count" in one else data):
                    add(path, value)
            except ValueError:
                pass
        else:
            label = re.split(r"\s{2,}|:\s", line.strip())[0] if line.strip() else ""
            if not line.startswith(" "):
                heading = label
            path = [heading, label] if line.startswith(" ") else [label]
            for name, value, unit in NAMED.findall(line[line.find(label) + len(label):]):
                add(path + [name + (f" {unit}" if unit else "")], float(value.replace(",", "")))
        at += 1
    return found


def collect(results, out):
    figures = {}
    for name in sorted(os.listdir(results)):
        part, extension = os.path.splitext(name)
        if extension in (".txt", ".jsonl", ".json"):
            with open(os.path.join(results, name)) as file:
                figures.update(read(part, file.read()))
    machine = {}
    machine_path = os.path.join(results, "machine")
    if os.path.exists(machine_path):
        with open(machine_path) as file:
            machine = dict(line.rstrip("\n").split(": ", 1) for line in file if ": " in line)
    with open(out, "w") as file:
        json.dump({"machine": machine, "figures": figures}, file, indent=1, sort_keys=True,
                  ensure_ascii=False)
        file.write("\n")
    print(f"{len(figures)} figures in {out}")


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] != "collect":
        sys.exit("usage: figures.py collect RESULTS OUT.json")
    collect(sys.argv[2], sys.argv[3])
