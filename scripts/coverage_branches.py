#!/usr/bin/env python3
"""What tests take of the branches of the parts that something is promised of, from what `llvm-cov export -format=lcov`
printed: storage, the checking of keys, and the guard of HTTP.

    coverage_branches.py ALL.LCOV [--left]      --left: also each branch that no test takes

Left out are errors that a macro passes on, and comparisons that the compiler writes (`= default`), of which clang 16 never
counts the side where two differ.
"""

import collections
import pathlib
import re
import sys

PARTS = {
    "storage": "index/(backup|backup_json|keys|log_check|manifest_json|object_cache|object_table|records|rocks_store"
               r"|snapshot|store_directory|verify|verify_cache|verify_files|verify_vectors)\.(cc|h)",
    "authentication": r"server/(api_keys|auth|handlers_keys|owner|rate_limit)\.(cc|h)",
    "guard": r"server/http_guard\.(cc|h)",
}
LEFT_OUT = re.compile(r"QUARRY_RETURN_IF_ERROR|QUARRY_ASSIGN_OR_RETURN|QUARRY_CHECK|operator==.*= default;")


def branches_of(lcov, root):
    """(file, line, number of the branch in its line) -> times taken."""
    taken = collections.Counter()
    for line in lcov:
        line = line.strip()
        if line.startswith("SF:"):
            path = pathlib.Path(line[3:])
            file = str(path.relative_to(root)) if path.is_relative_to(root) else ""
            numbers = collections.Counter()
        elif line.startswith("BRDA:") and file:
            at, _, _, times = line[5:].split(",")
            taken[file, int(at), numbers[at]] += 0 if times == "-" else int(times)
            numbers[at] += 1
    return taken


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    with open(sys.argv[1]) as file:
        taken = branches_of(file, root)
    sources = {}
    print("| part | branches | taken, % | with what is left out | taken, % |")
    print("|---|---|---|---|---|")
    left = []
    for part, pattern in PARTS.items():
        all_of = [key for key in sorted(taken) if re.fullmatch(pattern, key[0])]
        counted = []
        for key in all_of:
            lines = sources.setdefault(key[0], (root / key[0]).read_text().splitlines())
            if not LEFT_OUT.search(lines[key[1] - 1]):
                counted.append(key)
                if not taken[key]:
                    left.append(f"{key[0]}:{key[1]}: {key[2]}: {lines[key[1] - 1].strip()}")
        share = lambda keys: f"{100 * sum(taken[key] > 0 for key in keys) / len(keys):.1f}" if keys else "-"
        print(f"| {part} | {len(counted):,} | {share(counted)} | {len(all_of):,} | {share(all_of)} |")
    if "--left" in sys.argv[2:]:
        print(*left, sep="\n")


if __name__ == "__main__":
    main()
