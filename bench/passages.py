"""Passages of about 54 words, one a line, from the English collections of the BEIR layout, cut at sentences.

    passages.py DIR COUNT
"""

import json
import re
import sys

WORDS = 46  # with the rest of the sentence about 54
directory, count = sys.argv[1], int(sys.argv[2])
for collection in ("scifact", "squad_v2_dev_cs224n", "hotpotqa_train100", "rgb_en_fact", "cranfield"):
    for line in open(f"{directory}/{collection}/corpus.jsonl"):
        passage = []
        for sentence in re.split(r"(?<=[.!?])\s+", json.loads(line)["text"]):
            passage += sentence.split()
            if len(passage) < WORDS:
                continue
            print(" ".join(passage))
            passage, count = [], count - 1
            if count == 0:
                sys.exit()
        if len(passage) > WORDS // 2:
            print(" ".join(passage))
            count -= 1
            if count == 0:
                sys.exit()
