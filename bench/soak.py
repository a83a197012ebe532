#!/usr/bin/env python3
"""A server under everything at once, for minutes: does it stay alive, and as large as it was?

    soak.py QUARRY MINUTES [SCRATCH]

Meant for a program built with sanitizers (build/dev/quarry). Clients put, delete, search, ask, stream, hold
conversations, rate, upload in parts, attach files, run evaluations, speak MCP and break off, in English and
Chinese. Every ten seconds memory and descriptors are looked at. Fails where a response is 5xx other than 503,
the server ends by itself or with another code than 0 (as sanitizers make it), or the last third of the time
has more descriptors, or a fifth more memory, than the second. A deadline that passes while the machine has the
whole test stand still is noted, not failed. Prints JSON.
"""

import collections
import http.client
import json
import os
import pathlib
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

SUBJECTS = ["pump", "valve", "bearing", "quern", "sluice", "turbine", "水泵", "阀门", "轴承", "水闸"]
DOCUMENTS = 1500
STILL = 20  # seconds
JSON = {"Content-Type": "application/json"}


def text_of(rng):
    subject = rng.choice(SUBJECTS)
    if ord(subject[0]) > 127:
        return "".join(f"{subject}{rng.randrange(99)}号每秒输送{rng.randrange(500)}升水。" for _ in range(8))
    return " ".join(f"The {subject} P-{rng.randrange(99)} delivers {rng.randrange(500)} litres per second."
                    for _ in range(8))


def question(rng):
    subject = rng.choice(SUBJECTS)
    number = rng.randrange(99)
    return (f"{subject}{number}号每秒输送多少升水？" if ord(subject[0]) > 127
            else f"How many litres per second does the {subject} P-{number} deliver?")


class Client(threading.Thread):
    """Does one thing again and again until told to stop."""

    def __init__(self, soak, action, seed):
        super().__init__(daemon=True)
        self.soak, self.action, self.rng = soak, action, random.Random(seed)
        self.connection = None

    def run(self):
        while not self.soak.stop.is_set():
            try:
                self.action(self)
            except (OSError, http.client.HTTPException) as error:
                self.soak.count("connection lost")
                self.soak.note(f"{self.action.__name__}: {error!r}")
                self.connection = None
            time.sleep(self.rng.random() * 0.05)

    def send(self, method, target, body=None, headers=None):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.soak.port, timeout=120)
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        try:
            self.connection.request(method, target, raw, headers or JSON)
            response = self.connection.getresponse()
            data = response.read()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self.connection.close()  # a connection that idled: asked again on a new one
            self.connection.connect()
            self.connection.request(method, target, raw, headers or JSON)
            response = self.connection.getresponse()
            data = response.read()
        self.soak.count(f"{self.action.__name__} {response.status}")
        if response.status >= 500 and response.status != 503:
            tell = self.soak.note if response.status == 504 and self.soak.stood_still() else self.soak.fail
            tell(f"{method} {target}: {response.status} {data[:300]!r}")
        try:
            return response.status, json.loads(data) if data else None
        except ValueError:
            return response.status, data


def ingest(c):
    docs = [{"id": f"d{c.rng.randrange(DOCUMENTS)}", "text": text_of(c.rng),
             "metadata": {"year": c.rng.randrange(2000, 2026)}} for _ in range(c.rng.randrange(1, 20))]
    docs = list({d["id"]: d for d in docs}.values())
    c.send("PUT", "/api/v1/documents", {"documents": docs})
    if c.rng.random() < 0.3:
        c.send("DELETE", f"/api/v1/documents/d{c.rng.randrange(DOCUMENTS)}")


def search(c):
    c.send("POST", "/api/v1/search", {"query": question(c.rng), "highlight": True, "facets": True,
                                      "correct": True, "explain": c.rng.random() < 0.2,
                                      "mode": c.rng.choice(["hybrid", "lexical"])})


def answer(c):
    stream = c.rng.random() < 0.5
    status, told = c.send("POST", "/api/v1/answer", {"query": question(c.rng), "stream": stream})
    if status == 200 and not stream:
        c.send("POST", "/api/v1/feedback", {"answer": told["id"], "rating": c.rng.choice(["up", "down"])})
        c.send("GET", f"/api/v1/answers/{told['id']}")
    if c.rng.random() < 0.2:
        status, told = c.send("POST", "/api/v1/compare", {"query": question(c.rng), "a": {"k": 3}, "b": {"k": 8}})
        if status == 201:
            c.send("POST", f"/api/v1/compare/{told['id']}/vote", {"vote": "left"})


def converse(c):
    status, made = c.send("POST", "/api/v1/conversations", {"title": "水 water"})
    if status != 201:
        return
    path = f"/api/v1/conversations/{made['id']}"
    if c.rng.random() < 0.3:
        c.send("PUT", f"{path}/files/a.txt", text_of(c.rng).encode(), {"Content-Type": "text/plain"})
    for _ in range(3):
        c.send("POST", f"{path}/turns", {"query": question(c.rng)})
    c.send("GET", path)
    c.send("DELETE", path)
    status, told = c.send("POST", "/v1/responses", {"model": "quarry", "input": question(c.rng)})
    if status == 200:
        c.send("DELETE", f"/v1/responses/{told['id']}")
    c.send("POST", "/v1/chat/completions", {"model": "quarry", "stream": c.rng.random() < 0.5,
                                            "messages": [{"role": "user", "content": question(c.rng)}]})


def upload(c):
    body = ("<p>" + text_of(c.rng) + "</p><!--" + "x" * (4 << 20) + "-->").encode()
    document = f"up{c.rng.randrange(5)}.html"
    status, made = c.send("POST", "/api/v1/uploads", {"document": document, "bytes": len(body)})
    if status != 201:
        return
    path = f"/api/v1/uploads/{made['id']}"
    parts = [body[i:i + made["part_bytes"]] for i in range(0, len(body), made["part_bytes"])]
    for i, part in enumerate(parts):
        c.send("PUT", f"{path}/parts/{i + 1}", part, {"Content-Type": "application/octet-stream"})
    if c.rng.random() < 0.8:
        c.send("POST", f"{path}/complete", {})
        while c.send("GET", path)[1]["state"] == "waiting" and not c.soak.stop.is_set():
            time.sleep(0.2)
    c.send("DELETE", path)
    time.sleep(1)


def attach(c):
    form = (b'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nassistants\r\n--x\r\n'
            b'Content-Disposition: form-data; name="file"; filename="a.md"\r\n\r\n'
            + text_of(c.rng).encode() + b"\r\n--x--\r\n")
    status, file = c.send("POST", "/v1/files", form, {"Content-Type": "multipart/form-data; boundary=x"})
    if status != 200:
        return
    status, store = c.send("POST", "/v1/vector_stores", {"name": "soak", "file_ids": [file["id"]]})
    if status == 200:
        c.send("POST", f"/v1/vector_stores/{store['id']}/search", {"query": question(c.rng)})
        c.send("DELETE", f"/v1/vector_stores/{store['id']}")
    c.send("DELETE", f"/v1/files/{file['id']}")
    time.sleep(0.5)


def evaluate(c):
    cases = "".join(json.dumps({"id": f"c{i}", "query": question(c.rng), "accept": ["litres", "升"]}) + "\n"
                    for i in range(3))
    c.send("POST", "/api/v1/runs?name=soak", cases.encode(), {"Content-Type": "application/x-ndjson"})
    c.send("GET", "/api/v1/runs")
    c.soak.stop.wait(20)


def assistant(c):
    accept = {**JSON, "Accept": "application/json, text/event-stream"}
    ask = lambda method, params: {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    if c.connection is None:
        c.connection = http.client.HTTPConnection("127.0.0.1", c.soak.port, timeout=120)
    c.connection.request("POST", "/mcp", json.dumps(ask("initialize", {"protocolVersion": "2025-06-18"})), accept)
    response = c.connection.getresponse()
    response.read()
    session = {**accept, "Mcp-Session-Id": response.getheader("Mcp-Session-Id") or ""}
    c.send("POST", "/mcp", ask("tools/call", {"name": "search", "arguments": {"query": question(c.rng)}}), session)
    c.send("DELETE", "/mcp", None, session)
    c.send("GET", "/metrics")
    time.sleep(1)


def abort(c):
    """Breaks off: in the headers, in the body, before the answer, in the middle of a stream."""
    body = json.dumps({"query": question(c.rng), "stream": True}).encode()
    request = (b"POST /api/v1/answer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
               b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)
    with socket.create_connection(("127.0.0.1", c.soak.port), timeout=10) as raw:
        raw.sendall(request[:c.rng.randrange(len(request) + 1)])
        if c.rng.random() < 0.5:
            raw.settimeout(0.02)
            try:
                raw.recv(100)
            except OSError:
                pass
        if c.rng.random() < 0.5:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    c.soak.count("abort")


class Soak:
    def __init__(self, quarry, minutes, scratch):
        self.stop, self.lock = threading.Event(), threading.Lock()
        self.counts, self.failures, self.notes = collections.Counter(), [], []
        self.errors = open(scratch / "server.log", "w")
        subprocess.run([quarry, "index", "-", "--store", str(scratch / "store")], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, text=True,
                       input="".join(json.dumps({"id": f"d{i}", "text": text_of(random.Random(i))}) + "\n"
                                     for i in range(DOCUMENTS // 3)))
        options = {"quarantine_size_mb": 16, "detect_leaks": 1, "exitcode": 23}
        self.process = subprocess.Popen(
            [quarry, "serve", "--port", "0", "--store", str(scratch / "store"), "--json", "--set",
             "cache.min_cost_millis=0"],
            stdout=subprocess.PIPE, stderr=self.errors,
            env={**os.environ, "ASAN_OPTIONS": ":".join(f"{k}={v}" for k, v in options.items())})
        self.port = json.loads(self.process.stdout.readline())["port"]
        self.minutes = minutes
        self.alive, self.still = time.monotonic(), -STILL

    def count(self, what):
        with self.lock:
            self.counts[what] += 1

    def note(self, what):
        with self.lock:
            if len(self.notes) < 20:
                self.notes.append(what)

    def fail(self, what):
        with self.lock:
            if len(self.failures) < 20:
                self.failures.append(what)

    def watch(self):
        while not self.stop.is_set():
            if time.monotonic() - self.alive > STILL:
                self.still = time.monotonic()
            self.alive = time.monotonic()
            time.sleep(0.5)

    def stood_still(self):
        """Whether nothing of this ran for STILL seconds, now or a moment ago."""
        return time.monotonic() - self.alive > STILL or time.monotonic() - self.still < STILL

    def sample(self):
        proc = pathlib.Path(f"/proc/{self.process.pid}")
        rss = int(re.search(r"VmRSS:\s+(\d+)", (proc / "status").read_text())[1]) / 1024
        return {"rss_mb": round(rss), "descriptors": len(os.listdir(proc / "fd"))}

    def run(self):
        actions = [ingest, search, search, answer, converse, upload, attach, evaluate, assistant, abort, abort]
        clients = [Client(self, action, seed) for seed, action in enumerate(actions)]
        threading.Thread(target=self.watch, daemon=True).start()
        for client in clients:
            client.start()
        samples, end = [], time.monotonic() + self.minutes * 60
        while time.monotonic() < end and self.process.poll() is None:
            time.sleep(10)
            if self.process.poll() is None:
                samples.append(self.sample())
        self.stop.set()
        for client in clients:
            client.join(timeout=130)
        died = self.process.poll()
        if died is not None:
            self.fail(f"the server ended by itself with {died}")
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=300)
        if code != 0:
            self.fail(f"the server ended with {code}; its log has why")
        self.errors.flush()
        if '"remote":"0.0.0.0:0"' in pathlib.Path(self.errors.name).read_text():
            self.fail("the log has requests without the address of their client")
        third = len(samples) // 3
        middle = lambda part, field: statistics.median(s[field] for s in part) if part else 0
        for field, factor in (("rss_mb", 1.2), ("descriptors", 1.2)):
            before, after = middle(samples[third:2 * third], field), middle(samples[2 * third:], field)
            if third > 0 and after > before * factor + 8:
                self.fail(f"{field} grew from {before} to {after}")
        print(json.dumps({"minutes": self.minutes, "requests": dict(sorted(self.counts.items())),
                          "samples": samples, "notes": self.notes, "failures": self.failures}, indent=1))
        return 1 if self.failures else 0


def main():
    quarry, minutes, *scratch = sys.argv[1:]
    with tempfile.TemporaryDirectory() as temporary:
        directory = pathlib.Path(scratch[0] if scratch else temporary)
        directory.mkdir(parents=True, exist_ok=True)
        sys.exit(Soak(quarry, float(minutes), directory).run())


if __name__ == "__main__":
    main()
