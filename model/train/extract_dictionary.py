#!/usr/bin/env python3
"""Words of CC-CEDICT with what they mean in short: extract_dictionary.py cedict.json > dictionary.tsv

A line is a Chinese word and its short senses in the dictionary's order, separated by tabs. A sense is one to three
English words that carry it: what stands in brackets or behind a comma, articles and verbs like "go" are taken off, not what changes a verb ("wipe out");
explanations, variants, measure words, surnames and what is marked as archaic or as a borrowing of sounds are left out.
"""

import json
import re
import sys

SKIPPED = re.compile(
    r"^(CL:|see |see also|variant of|old variant|also written|also pr|Taiwan pr|used in|used to|abbr\. for|"
    r"abbr\. of|surname |same as|equivalent to|Japanese variant|erhua variant|euphemism|idem|lit\. |fig\. )"
)
SKIPPED_MARKS = ("archaic", "old", "literary", "dialect", "slang", "bound form", "onom.", "loanword", "vulgar")
BRACKETS = re.compile(r"\([^()]*\)")
CHINESE = re.compile(r"[㐀-鿿]")
PLACE = re.compile(
    r"( (autonomous|prefecture-level|county-level|sub-provincial|special))*"
    r" (municipality|prefecture|province|county|city|district|region)( in .*)?$"
)
LIGHT = set(
    "to be a an the sth sb one's one of on in at for or and with by from as into go make have do get give etc "
    "it its that this very so can".split()
)
MOST_WORDS = 8
MOST_CONTENT = 3


def short_senses(gloss):
    if SKIPPED.match(gloss):
        return
    mark = re.match(r"^\(([^()]*)\)", gloss)
    if mark and any(one in mark.group(1) for one in SKIPPED_MARKS):
        return
    for sense in BRACKETS.sub(" ", gloss).split(";"):
        sense = PLACE.sub("", sense.split(",")[0].strip())
        words = sense.split()
        if not words or len(words) > MOST_WORDS or CHINESE.search(sense):
            continue
        content = [word.strip(".!?\"'") for word in words if word.lower() not in LIGHT] or words[-1:]
        if len(content) <= MOST_CONTENT and all(re.fullmatch(r"[A-Za-z][A-Za-z'-]*", one) for one in content):
            yield " ".join(content)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        entries = json.load(file)
    senses_of, names_of = {}, {}
    for entry in entries:
        word = entry["simplified"]
        if not re.fullmatch(r"[㐀-鿿]{1,6}", word):
            continue
        found = [sense for gloss in entry["english"] or [] for sense in short_senses(gloss)]
        # A surname or place that is also a word stands before it; the word is what is asked for.
        is_name = entry["pinyin"][:1].isupper()
        (names_of if is_name else senses_of).setdefault(word, []).extend(found)
    for word in names_of:
        senses_of.setdefault(word, []).extend(names_of[word])
    for word in sorted(senses_of):
        senses = list(dict.fromkeys(senses_of[word]))
        if senses:
            print(word, *senses, sep="\t")


main()
