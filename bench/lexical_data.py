#!/usr/bin/env python3
"""Passages and queries for the lexical benchmark, from unpacked documentation.

    lexical_data.py FOLDER OUT

Writes OUT/passages.txt (one passage per line, about 120 words each, duplicates left out) and
OUT/queries.txt (3 to 9 running words of a passage). The same folder gives the same files.
"""

import gzip
import html.parser
import os
import random
import re
import sys

PASSAGES = 200_000
WORDS = 120
QUERIES = 1_000


class Text(html.parser.HTMLParser):
    """The text of a page without scripts, styles and navigation."""

    SKIPPED = {"script", "style", "nav", "head"}

    def __init__(self):
        super().__init__()
        self.parts = []
        self.skipping = 0

    def handle_starttag(self, tag, attributes):
        self.skipping += tag in self.SKIPPED

    def handle_endtag(self, tag):
        if tag in self.SKIPPED and self.skipping > 0:
            self.skipping -= 1

    def handle_data(self, data):
        if not self.skipping:
            self.parts.append(data)


def read(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rb") as file:
        text = file.read().decode("utf-8", "replace")
    if re.search(r"\.x?html?(\.gz)?$", path):
        parser = Text()
        parser.feed(text)
        text = " ".join(parser.parts)
    return text


def files(folder):
    wanted = re.compile(r"\.(x?html?|txt|rst|pod|[1-9][a-z]*)(\.gz)?$")
    for directory, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(directory, name)
            if wanted.search(name) and not os.path.islink(path):
                yield path


def main():
    folder, out = sys.argv[1:]
    seen = set()
    passages = []
    for path in files(folder):
        words = read(path).split()
        for begin in range(0, len(words), WORDS):
            passage = " ".join(words[begin : begin + WORDS])
            if begin + WORDS > len(words) + WORDS // 2 or passage in seen:
                continue
            seen.add(passage)
            passages.append(passage)
    if len(passages) < PASSAGES:
        sys.exit(f"{folder}: {len(passages)} passages, expected {PASSAGES}")
    chance = random.Random(1)
    passages = chance.sample(passages, PASSAGES)
    queries = []
    while len(queries) < QUERIES:
        words = re.findall(r"[A-Za-z0-9]+", chance.choice(passages))
        length = chance.randint(3, 9)
        if len(words) < length:
            continue
        begin = chance.randint(0, len(words) - length)
        queries.append(" ".join(words[begin : begin + length]))
    for name, lines in (("passages", passages), ("queries", queries)):
        with open(os.path.join(out, name + ".txt"), "w") as file:
            file.writelines(line + "\n" for line in lines)


main()
