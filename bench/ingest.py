#!/usr/bin/env python3
"""Runs the programs of the ingest benchmark in turn, format by format.

    ingest.py LIST ROUNDS NAME=COMMAND...

Every program reads the files of LIST first; then each does one round in turn, one to warm up and ROUNDS
that count. Prints a table of medians in input MB per CPU second with the least and most.
"""

import json
import statistics
import subprocess
import sys

FORMATS = ["text", "markdown", "html"]


def main():
    files, rounds, *commands = sys.argv[1:]
    peers = {}
    for command in commands:
        name, line = command.split("=", 1)
        peers[name] = subprocess.Popen(
            [*line.split(), files], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(peer, text_format):
        peer.stdin.write(text_format + "\n")
        peer.stdin.flush()
        return json.loads(peer.stdout.readline())

    print("| format | MB | " + " | ".join(peers) + " |")
    print("|---|---|" + "---|" * len(peers), flush=True)
    for text_format in FORMATS:
        rates = {name: [] for name in peers}
        size = 0
        for turn in range(1 + int(rounds)):
            for name, peer in peers.items():
                answer = ask(peer, text_format)
                size = max(size, answer["bytes"])
                if turn > 0:
                    rates[name].append(answer["bytes"] / 1e6 / answer["seconds"])
        cells = [
            f"{statistics.median(values):.1f} ({min(values):.1f} to {max(values):.1f})"
            for values in rates.values()]
        print(f"| {text_format} | {size / 1e6:.1f} | " + " | ".join(cells) + " |",
              flush=True)
    for peer in peers.values():
        peer.stdin.close()
        peer.wait()


if __name__ == "__main__":
    main()
