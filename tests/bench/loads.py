"""What the proxies are put under, and what comes out."""
import collections
import json
import resource
import socket
import subprocess

from proxies import CHUNKS, HERE, Failed, PeakMemory, cpu_us

Load = collections.namedtuple("Load", "cpu_us rate p50_us p99_us peak_mb")
Streams = collections.namedtuple("Streams", "cpu_us p50_us p99_us broken peak_mb")


def chats(proxy, connections, seconds, body=0):
    """The same chat over and over on so many connections, its prompt filled up to `body` bytes."""
    before = cpu_us(proxy)
    with PeakMemory(proxy) as memory:
        wrk = subprocess.run(["wrk", "-t", str(min(2, connections)), "-c", str(connections), "-d", f"{seconds}s", "-s",
                              HERE / "chat.lua", f"http://127.0.0.1:{proxy.port}", "--", str(body)],
                             capture_output=True, text=True)
    spent = cpu_us(proxy) - before
    totals = [line.split()[1:] for line in wrk.stdout.splitlines() if line.startswith("TOTALS ")]
    if wrk.returncode != 0 or not totals:
        raise Failed(f"wrk failed against {proxy.name}:\n{wrk.stdout}{wrk.stderr}")
    requests, duration, refused, broken, late, p50, p99 = map(int, totals[0])
    if requests == 0 or refused or broken or late:
        raise Failed(f"{proxy.name}: of {requests} requests {refused} were not answered with 2xx, "
                     f"{broken} broke, {late} timed out")
    return Load(spent / requests, requests / duration * 1e6, p50, p99, memory.mb)


def streams(binary, proxy, path, count, seconds):
    """So many streams at once, each of 64 chunks, one every 20 ms."""
    body = json.dumps({"model": "default-chat", "stream": True, "max_tokens": 64,
                       "messages": [{"role": "user", "content": "Which animal jumps over the lazy dog?"}]},
                      separators=(",", ":"))
    before = cpu_us(proxy)
    with PeakMemory(proxy) as memory:
        ran = subprocess.run([binary, str(proxy.port), path, str(count), str(seconds), str(CHUNKS)], input=body,
                             capture_output=True, text=True)
    spent = cpu_us(proxy) - before
    if ran.returncode != 0:
        raise Failed(f"the stream client failed against {proxy.name}: {ran.stderr}")
    _, chunks, broken, p50, p99 = map(int, ran.stdout.split()[1:])
    if not chunks:
        raise Failed(f"{proxy.name}: not one chunk arrived")
    return Streams(spent / chunks, p50, p99, broken, memory.mb)


def idle_connections(proxy, count, measure):
    """What `measure` says while so many connections have had an answer and say nothing more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 200), hard))
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    held = []
    try:
        for _ in range(count):
            held.append(socket.create_connection(("127.0.0.1", proxy.port), 10))
            held[-1].sendall(request)
            if not held[-1].recv(4096):
                raise Failed(f"{proxy.name} closed one of {count} connections")
        return measure()
    finally:
        for connection in held:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
