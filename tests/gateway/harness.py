"""What whole-server tests work with: a gateway as a process of its own, its streams and records.

GATEHOUSE_BUILD names the build folder. Every process that is started is ended by its id.
"""
import http.client
import json
import os
import pathlib
import random
import re
import resource
import signal
import socket
import subprocess
import threading
import time

BUILD = pathlib.Path(os.environ.get("GATEHOUSE_BUILD", "build")).resolve()
BINARY = BUILD / "bin" / "gatehouse"
DEADLINE = 120  # seconds for what has to come; generous, for loaded machines and sanitizers

SINK = "log_sinks: [ { plugin: jsonl, config: { path: requests.jsonl } } ]\n"  # records() reads it

ECHO = """
providers: { local: { plugin: echo } }
models: { default-chat: { targets: [ { provider: local, model: echo } ] } }
"""


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def events(self):
        """The data of each server-sent event."""
        return [line[6:] for line in self.body.decode().split("\n") if line.startswith("data: ")]


def unused_port():
    """One that nobody is given by chance: it is below those that the kernel hands out."""
    while True:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port := random.randrange(10_000, 30_000)))
                return port
            except OSError:
                continue


def ignore_file_limits():
    """A write past the limit fails then, as on a full disk, and does not end the process."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


class Gateway:
    def __init__(self, folder, yaml, env=None, file_limit=None, under=()):
        self.folder = folder
        self.again = lambda: Gateway(folder, yaml, env, file_limit, under)  # once this one has ended
        self.config = folder / "gatehouse.yaml"
        self.config.write_text(
            "server: { listen: 127.0.0.1:0, drain_timeout: 20s }\n" * ("server:" not in yaml)
            + "admin: { listen: 127.0.0.1:0 }\n" * ("admin:" not in yaml)
            + f"data_dir: {folder}/var\nplugins: {{ path: [{BUILD}/plugins] }}\n"
            + yaml
        )
        self.log_path = folder / "stderr.txt"
        self.out_path = folder / "stdout.txt"
        with open(self.log_path, "wb") as log, open(self.out_path, "wb") as out:
            self.process = subprocess.Popen(
                [*under, BINARY, "serve", "--config", self.config],
                stdout=out,
                stderr=log,
                cwd=folder,
                env={**os.environ, **(env or {})},
                preexec_fn=ignore_file_limits if file_limit else None,
            )
        self.port, self.admin_port = self._ports()
        if file_limit:  # not before: the gateway copies its plugins when it starts
            self._limit_files(file_limit)

    def _ports(self):
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            found = re.search(r"serving \S+:(\d+), operators on \S+:(\d+)", self.log())
            if found:
                return int(found[1]), int(found[2])
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError("the gateway did not start:\n" + self.log())

    def _limit_files(self, size):
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def lift_file_limit(self):
        self._limit_files(resource.RLIM_INFINITY)

    def log(self):
        return self.log_path.read_text(errors="replace")

    def request(self, method, path, body=None, headers=None, port=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=DEADLINE)
        try:
            payload = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
            connection.request(method, path, payload, headers or {})
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v
                                            for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def chat(self, text="hello there", path="/v1/chat", headers=None, **fields):
        body = {"model": "default-chat", "messages": [{"role": "user", "content": text}], **fields}
        if path == "/v1/chat":
            body.setdefault("client_id", "dev-local-1")
        return self.request("POST", path, body, headers)

    def admin(self, path, headers=None):
        return self.request("GET", path, headers=headers, port=self.admin_port)

    def socket(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE)

    def stop(self, sig=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(sig)
        try:
            return self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


class Stream:
    """A streamed answer that has begun: its first event is here."""

    def __init__(self, gateway, text):
        self.connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=DEADLINE)
        body = {"model": "default-chat", "client_id": "dev-local-1", "stream": True,
                "messages": [{"role": "user", "content": text}]}
        self.connection.request("POST", "/v1/chat", json.dumps(body))
        self.response = self.connection.getresponse()
        self.begun = self.response.readline()

    def rest(self):
        try:
            return Answer(self.response.status, {}, self.begun + self.response.read())
        finally:
            self.connection.close()


def eventually(condition):
    """Waits until it holds; what it was in the end."""
    end = time.monotonic() + DEADLINE
    while not (held := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return held


def whole_lines(file):
    """Those that have been written to their end; the last may be under way."""
    text = file.read_text() if file.exists() else ""
    return text[:text.rfind("\n") + 1].splitlines()


def records(gateway_process, count, path="requests.jsonl"):
    """The first `count` lines of a jsonl sink, once they are there."""
    file = gateway_process.folder / path
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        lines = whole_lines(file)
        if len(lines) >= count:
            return [json.loads(line) for line in lines]
        time.sleep(0.02)
    raise AssertionError(f"{file} has fewer than {count} records")


class Load:
    """Calls each of these again and again, in a thread of its own, as long as the block runs."""

    def __init__(self, *calls, pause=0):
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._again, args=(call, pause)) for call in calls]

    def _again(self, call, pause):
        while not self._over.is_set():
            call()
            time.sleep(pause)

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()


def in_threads(count, work):
    """Runs work(i) in `count` threads at once and returns the results in order."""
    results = [None] * count
    barrier = threading.Barrier(count)

    def run(index):
        barrier.wait()
        results[index] = work(index)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
