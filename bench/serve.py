#!/usr/bin/env python3
"""Measures `quarry serve` and prints JSON: bench/http.sh.

    serve.py QUARRY HELLO SCRATCH DATA SECONDS [PART...]
"""

import http.client
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socketserver
import statistics
import subprocess
import sys
import threading
import time

PARTS = ["search", "overload", "slow", "stream"]


def prepare(quarry, scratch, data):
    """All public collections as one, in short passages, and a store of it; made once."""
    collection, store, ready = scratch / "collection", scratch / "store", scratch / "ready"
    if ready.exists():
        return collection, store
    merge = pathlib.Path(__file__).with_name("merge_collections.py")
    subprocess.run([sys.executable, merge, collection, pathlib.Path(data) / "retrieval"], check=True,
                   stdout=subprocess.DEVNULL)
    shutil.rmtree(store, ignore_errors=True)
    command = [quarry, "eval", "retrieval", "--beir", str(collection), "--mode", "hybrid", "--store", str(store)]
    for setting in ("chunking.target_tokens=80", "chunking.min_tokens=30", "chunking.max_tokens=120"):
        command += ["--set", setting]
    told = subprocess.run(command, capture_output=True, text=True)
    if told.returncode != 0:
        sys.exit(f"serve.py: {told.stderr}")
    ready.touch()
    return collection, store


def judged_queries(collection):
    """The questions that search_latency asks."""
    judged = {line.split("\t")[0] for line in open(collection / "qrels/test.tsv")}
    queries = [json.loads(line) for line in open(collection / "queries.jsonl")]
    return [query["text"] for query in queries if query["_id"] in judged]


class Program:
    """A process that prints its port first."""

    def __init__(self, command, port_of, environment=None):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        env={**os.environ, **(environment or {})})
        line = self.process.stdout.readline().decode()
        if not line:
            sys.exit(f"serve.py: {command[0]} did not start")
        self.port = port_of(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def status(self, field):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{field}:\s+(\d+)", text)[1])

    def rss_megabytes(self):
        return round(self.status("VmRSS") / 1024, 1)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


def serve(quarry, store, *settings, environment=None):
    command = [quarry, "serve", "--port", "0", "--store", str(store), "--json"]
    for setting in settings:
        command += ["--set", setting]
    return Program(command, lambda line: json.loads(line)["port"], environment)


def micros(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return round(float(number) * {"us": 1, "ms": 1e3, "s": 1e6}[unit], 1)


def wrk(script, port, connections, seconds, path="/api/v1/search"):
    """What wrk says: requests per second, latencies in microseconds, responses that are no 200."""
    command = ["wrk", "-t", str(min(connections, 2)), "-c", str(connections), "-d", f"{seconds}s",
               "--latency", "-s", str(script), f"http://127.0.0.1:{port}{path}"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    figure = lambda pattern: re.search(pattern, out)
    other = figure(r"Non-2xx or 3xx responses: (\d+)")
    broken = figure(r"Socket errors: (.*)")
    return {
        "connections": connections,
        "per_second": float(figure(r"Requests/sec:\s+([\d.]+)")[1]),
        "p50_us": micros(figure(r"\n\s+50%\s+(\S+)")[1]),
        "p99_us": micros(figure(r"\n\s+99%\s+(\S+)")[1]),
        "requests": int(figure(r"(\d+) requests in")[1]),
        "refused": int(other[1]) if other else 0,
        **({"socket_errors": broken[1]} if broken else {}),
    }


def write_script(path, queries):
    bodies = [json.dumps({"query": query, "k": 10}) for query in queries]
    path.write_text(
        'local bodies = {' + ",".join(json.dumps(body) for body in bodies) + '}\n'
        'local headers = {["Content-Type"] = "application/json"}\n'
        'local next = 0\n'
        'function request()\n  next = next % #bodies + 1\n'
        '  return wrk.format("POST", nil, headers, bodies[next])\nend\n')


def good_client(port, queries, seconds):
    """p50 and p99 in microseconds of one client that asks twenty times a second."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    times, lost, end, i = [], 0, time.monotonic() + seconds, 0
    while time.monotonic() < end:
        begin = time.perf_counter()
        try:
            connection.request("POST", "/api/v1/search", json.dumps({"query": queries[i % len(queries)]}),
                               {"Content-Type": "application/json"})
            lost += connection.getresponse().read().find(b'"hits"') < 0
        except (OSError, http.client.HTTPException):
            lost += 1
            connection.close()
        times.append((time.perf_counter() - begin) * 1e6)
        i += 1
        time.sleep(0.05)
    times.sort()
    return {"requests": len(times), "lost": lost, "p50_us": round(times[len(times) // 2]),
            "p99_us": round(times[min(len(times) - 1, len(times) * 99 // 100)])}


def ask_all(port, queries):
    """Asks each question once; the bytes of the first response."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    sizes = []
    for query in queries:
        connection.request("POST", "/api/v1/search", json.dumps({"query": query, "k": 10}),
                           {"Content-Type": "application/json"})
        sizes.append(len(connection.getresponse().read()))
    connection.close()
    return sizes[0]


def in_process(context):
    """p50 in microseconds of the same searches without a server: ranked, and with their passages read."""
    copy = context["store"].with_name("store-copy")  # the server has the other
    if not copy.exists():
        shutil.copytree(context["store"], copy, ignore=shutil.ignore_patterns("LOCK"))
    command = [context["latency"], str(copy), str(context["collection"]), "hybrid", "3"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    p50 = lambda name: float(re.search(rf"^{name} +p50 +([\d.]+) us", out, re.MULTILINE)[1])
    return {"ranked": p50("all"), "with_passages": p50("with passages")}


def search(context):
    """Beside a bare server that answers as many bytes, and the same searches in process."""
    rounds = []
    with serve(context["quarry"], context["store"]) as server:
        size = ask_all(server.port, context["queries"])  # warm, as in process
        # In turn: the machine's speed changes within minutes.
        for _ in range(5):
            alone = in_process(context)
            over = wrk(context["script"], server.port, 1, context["seconds"])
            rounds.append({name: over["p50_us"] - p50 for name, p50 in alone.items()})
        quarry = [over] + [wrk(context["script"], server.port, n, context["seconds"]) for n in (16, 256)]
        memory = server.rss_megabytes()
    with Program([context["hello"], str(size)], int) as hello:
        bare = [wrk(context["script"], hello.port, n, context["seconds"]) for n in (1, 16, 256)]
    return {"response_bytes": size, "quarry": quarry, "bare_beast": bare,
            "in_process_p50_us": alone,
            "over_in_process_p50_us": {name: round(statistics.median(one[name] for one in rounds), 1) for name in alone},
            "over_in_process_rounds_us": [round(one["with_passages"], 1) for one in rounds],
            "rss_mb": memory}


def overload(context):
    """Ten times as many requests at once as there are places; memory after each round."""
    with serve(context["quarry"], context["store"], "server.queue=60", "server.threads=2") as server:
        wrk(context["script"], server.port, 16, 2)
        rounds = []
        for _ in range(4):
            told = wrk(context["script"], server.port, 620, context["seconds"])
            rounds.append({**told, "rss_mb": server.rss_megabytes(), "descriptors": server.descriptors()})
    return {"places": 62, "rounds": rounds}


def slow(context):
    """A good client beside 1,000 slow ones: headers, bodies and responses that do not end."""
    kinds = {"headers": ["-H"], "body": ["-B"], "read": ["-X", "-k", "3", "-w", "10", "-y", "20", "-n", "5", "-z", "32"]}
    result = {}
    with serve(context["quarry"], context["store"]) as server:
        ask_all(server.port, context["queries"])  # warm
        result["idle"] = good_client(server.port, context["queries"], context["seconds"])
        for kind, options in kinds.items():
            command = ["slowhttptest", "-c", "1000", "-r", "500", "-i", "5", "-f", "application/json", "-l",
                       str(context["seconds"] + 6), "-p", "3", *options,
                       "-u", f"http://127.0.0.1:{server.port}/api/v1/search"]
            attack = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(4)  # until all are connected
            most = server.descriptors()
            result[kind] = good_client(server.port, context["queries"], context["seconds"])
            result[kind]["descriptors"] = most
            attack.wait()
            result[kind]["p99_over_idle"] = round(result[kind]["p99_us"] / result["idle"]["p99_us"], 2)
    return result


class Upstream(http.server.BaseHTTPRequestHandler):
    """A chat model that streams words and says when it sent the first."""

    protocol_version = "HTTP/1.1"
    sent = []

    def log_message(self, *_):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.flush()
        time.sleep(0.05)
        for i in range(5):
            choice = {"index": 0, "delta": {"role": "assistant", "content": f"word{i} "},
                      "finish_reason": None}
            chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
                     "choices": [choice]}
            if i == 0:
                Upstream.sent.append(time.monotonic())
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
            self.wfile.flush()
            time.sleep(0.02)
        choice = {"index": 0, "delta": {}, "finish_reason": "stop"}
        self.wfile.write(f"data: {json.dumps({**chunk, 'choices': [choice]})}\n\ndata: [DONE]\n\n".encode())
        self.close_connection = True


class ThreadingServer(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


def first_words(port, path, body):
    """Milliseconds from the model's first token to the event that holds it, of 50 answers."""
    delays = []
    for i in range(51):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("POST", path, json.dumps({**body, "stream": True}),
                           {"Content-Type": "application/json", "Cache-Control": "no-store"})
        response = connection.getresponse()
        while b"word" not in response.readline():  # digits may come a moment later
            if response.isclosed():
                sys.exit(f"serve.py: no word of the model arrived by {path}")
        if i > 0:  # the first warms up
            delays.append((time.monotonic() - Upstream.sent[-1]) * 1e3)
        response.read()
        connection.close()
    delays.sort()
    return {"answers": len(delays), "p50_ms": round(statistics.median(delays), 2), "most_ms": round(delays[-1], 2)}


def stream(context):
    """Of a conversation that is passed on, and of answers from documents."""
    upstream = ThreadingServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{upstream.server_port}/v1#m"
    query = context["queries"][0]
    relayed = {"model": "quarry", "quarry": {"retrieval": False}, "messages": [{"role": "user", "content": query}]}
    with serve(context["quarry"], context["store"], f"chat.model={url}") as server:
        return {"relayed": first_words(server.port, "/v1/chat/completions", relayed),
                "answered": first_words(server.port, "/api/v1/answer", {"query": query})}


def main():
    quarry, hello, scratch, data, seconds, *parts = sys.argv[1:]
    scratch = pathlib.Path(scratch)
    scratch.mkdir(parents=True, exist_ok=True)
    collection, store = prepare(quarry, scratch, data)
    if parts == ["prepare"]:
        return
    queries = judged_queries(collection)
    script = scratch / "queries.lua"
    write_script(script, queries)
    context = {"quarry": quarry, "hello": hello, "latency": pathlib.Path(hello).with_name("search_latency"),
               "store": store, "collection": collection, "queries": queries, "script": script, "seconds": int(seconds)}
    result = {"cores": os.cpu_count()}
    for part in parts or PARTS:
        if part not in PARTS:
            sys.exit(f"serve.py: expected {', '.join(PARTS)} or prepare, not {part}")
        result[part] = globals()[part](context)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
