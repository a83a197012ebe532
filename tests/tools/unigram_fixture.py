#!/usr/bin/env python3
"""Token ids by sentencepiece, the reference of the Unigram models in tokenizer_reference_test.cc.

    apt-get install sentencepiece
    tests/tools/unigram_fixture.py ../shared/data tests/fixtures [VOCABULARY [RULE]]

Trains a model on the lines that the test reads, writes it as the tokenizer.json that XLM-R folders have
(unigram_tokenizer.json) and one hash per line of what spm_encode makes of it (unigram_ids.txt, the hash
of tokenizer_fixture.js over the ids in ascending order). Without RULE the characters that are normalised are a few dozen, so that the
file stays small; "nmt_nfkc" is what XLM-R has, for a comparison by hand.
"""

import base64
import json
import os
import struct
import subprocess
import sys
import tempfile

LINES = [
    ("retrieval/scifact/corpus.jsonl", 1000),
    ("retrieval/cmrc2018_dev/queries.jsonl", 1000),
    ("text/sighan_pku/pku_test.utf8", 1000),
    ("text/commonmark_spec/spec.txt", 500),
]


def read_lines(data):
    lines = []
    for name, count in LINES:
        with open(os.path.join(data, name), "rb") as file:
            lines += [file.readline().rstrip(b"\n") for _ in range(count)]
    return lines


def rules():
    """Full-width ASCII, the ideographic space, ligatures, a decomposed letter."""
    pairs = {chr(0xFEE0 + c): chr(c) for c in range(0x21, 0x7F)}
    pairs.update({"\u3000": " ", "\u00a0": " ", "\t": " ", "\ufb01": "fi", "\ufb02": "fl", "e\u0301": "\u00e9",
                  "\u2026": "...", "\u3002": ".", "\u200b": ""})
    return "".join("%s\t%s\n" % (" ".join("%X" % ord(c) for c in key), " ".join("%X" % ord(c) for c in value))
                   for key, value in sorted(pairs.items()))


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def fields(data):
    """(number, value) of every field of a protobuf message."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 1:
            value, at = data[at:at + 8], at + 8
        elif kind == 5:
            value, at = data[at:at + 4], at + 4
        else:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        yield tag >> 3, value


def tokenizer_json(model):
    vocabulary, charsmap = [], b""
    for number, value in fields(model):
        if number == 1:  # a piece: text, score
            piece = dict(fields(value))
            vocabulary.append([piece[1].decode(), struct.unpack("<f", piece[2])[0] if 2 in piece else 0.0])
        elif number == 3:  # the normaliser
            charsmap = dict(fields(value)).get(2, b"")
    return {
        "version": "1.0",
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(charsmap).decode()},
            {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always"}]},
        "model": {"type": "Unigram", "unk_id": 0, "vocab": vocabulary},
    }


def fnv(ids):
    h = 0x811C9DC5
    for i in ids:
        for byte in struct.pack("<I", i):
            h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return "%08x" % h


def main():
    data, out = sys.argv[1:3]
    size = sys.argv[3] if len(sys.argv) > 3 else "1500"
    lines = read_lines(data)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "lines.txt")
        with open(path, "wb") as file:
            file.write(b"".join(line + b"\n" for line in lines))
        command = ["spm_train", "--input=" + path, "--model_prefix=" + os.path.join(folder, "m"),
                   "--vocab_size=" + size, "--model_type=unigram", "--character_coverage=0.98",
                   "--max_sentence_length=100000", "--num_threads=1"]
        if len(sys.argv) > 4:
            command.append("--normalization_rule_name=" + sys.argv[4])
        else:
            rule = os.path.join(folder, "rules.tsv")
            with open(rule, "w", encoding="utf-8") as file:
                file.write(rules())
            command.append("--normalization_rule_tsv=" + rule)
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        model = os.path.join(folder, "m.model")
        ids = subprocess.run(["spm_encode", "--model=" + model, "--output_format=id", path],
                             check=True, capture_output=True).stdout.decode().splitlines()
        with open(model, "rb") as file:
            made = tokenizer_json(file.read())
    assert len(ids) == len(lines)
    with open(os.path.join(out, "unigram_tokenizer.json"), "w", encoding="utf-8") as file:
        json.dump(made, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")
    # Sorted: of ways with the same tokens in another order the rounding of sums decides, over the whole line.
    hashes = [fnv(sorted(int(i) for i in line.split())) for line in ids]
    with open(os.path.join(out, "unigram_ids.txt"), "w", encoding="ascii") as file:
        for i in range(0, len(hashes), 10):
            file.write(" ".join(hashes[i:i + 10]) + "\n")


main()
