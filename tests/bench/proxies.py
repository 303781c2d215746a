"""What is measured: the proxies, each in front of the same fake provider, and what they spend."""
import collections
import json
import os
import pathlib
import shlex
import signal
import socket
import subprocess
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
TICK = 1_000_000 / os.sysconf("SC_CLK_TCK")  # microseconds
PAGE = os.sysconf("SC_PAGE_SIZE")
CHUNKS = 64  # of a stream

NGINX_CONF = """
daemon off;
worker_processes 1;
pid {work}/nginx.pid;
error_log {work}/nginx-error.log;
events {{ worker_connections 16384; }}
http {{
  access_log {work}/nginx-access.log;
  client_body_temp_path {work}/body; proxy_temp_path {work}/proxy; fastcgi_temp_path {work}/fastcgi;
  uwsgi_temp_path {work}/uwsgi; scgi_temp_path {work}/scgi;
  client_max_body_size 16m; client_body_buffer_size 2m;
  keepalive_requests 100000000;
  upstream provider {{ server 127.0.0.1:{upstream}; keepalive 4096; keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }}
  }}
}}
"""

GATEHOUSE_YAML = """
server: {{ listen: 127.0.0.1:{port}, max_in_flight: 4096 }}
admin:  {{ listen: 127.0.0.1:{admin} }}
data_dir: {work}/data
plugins: {{ path: [{plugins}] }}
providers:
  fake: {{ plugin: openai, base_url: "http://127.0.0.1:{upstream}/v1", api_key: bench }}
models:
  default-chat: {{ targets: [ {{ provider: fake, model: fake-model }} ] }}
policies:
  - {{ plugin: require_client }}
  - {{ plugin: model_access, config: {{ disabled: [legacy-chat] }} }}
  - {{ plugin: prompt_size, config: {{ max_tokens: 1000000 }} }}
limits:
  - {{ per: client, requests_per_minute: 100000000, tokens_per_minute: 1000000000000 }}
log_sinks:
  - {{ plugin: jsonl, config: {{ path: {work}/requests.jsonl }} }}
"""

Proxy = collections.namedtuple("Proxy", "name pid port")


class Failed(Exception):
    """The benchmark cannot give a number; the message says why."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def family(pid):
    """A process and all that descend from it."""
    try:
        listed = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        raise Failed(f"process {pid} ended in the middle of the benchmark") from None
    return [pid] + [member for child in listed for member in family(int(child))]


def cpu_us(proxy):
    """What a proxy has spent, in microseconds; threads are in each process's own figures."""
    spent = 0
    for pid in family(proxy.pid):
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        spent += (int(fields[11]) + int(fields[12])) * TICK
    return spent


def rss_mb(proxy):
    return sum(int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in family(proxy.pid)) * PAGE / 1e6


class PeakMemory:
    """The most memory a proxy has while the block runs, looked at ten times a second."""

    def __init__(self, proxy):
        self.proxy, self.mb, self.done = proxy, rss_mb(proxy), threading.Event()
        self.thread = threading.Thread(target=self.look)

    def look(self):
        while not self.done.wait(0.1):
            self.mb = max(self.mb, rss_mb(self.proxy))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()


def start(stack, command, log, **options):
    with open(log, "w") as output:
        process = subprocess.Popen(command, stderr=output, **({"stdout": output} | options))
    stack.callback(stop, process)
    return process


def stop(process):
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def ask(port):
    """One chat request, to see that the right thing answers."""
    body = b'{"model":"default-chat","messages":[{"role":"user","content":"hi"}]}'
    headers = {"content-type": "application/json", "x-client-id": "bench", "authorization": "Bearer bench"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/chat/completions", body, headers)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)["choices"][0]["message"]["content"]


def wait_until_it_answers(name, process, port, log):
    deadline = time.monotonic() + 60
    while True:
        try:
            if "fox" not in ask(port):
                raise Failed(f"{name} answers with something that is not the fake provider's")
            return
        except (OSError, KeyError, ValueError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"{name} does not answer ({error}); it said:\n{log.read_text()[-2000:]}") from None
            time.sleep(0.05)


def compiled(work, name):
    compiler = os.environ.get("CXX", "c++")
    subprocess.run([compiler, "-std=c++20", "-O2", "-o", work / name, HERE / f"{name}.cpp"], check=True)
    return work / name


def start_upstream(stack, work):
    command = [compiled(work, "fake_upstream"), str(CHUNKS)]
    return int(start(stack, command, work / "upstream.log", stdout=subprocess.PIPE).stdout.readline())


def start_proxy(stack, name, command, work, port):
    log = work / f"{name}.log"
    process = start(stack, command, log)
    wait_until_it_answers(name, process, port, log)
    return Proxy(name, process.pid, port)


def start_nginx(stack, work, upstream):
    port, config = free_port(), work / "nginx.conf"
    config.write_text(NGINX_CONF.format(work=work, port=port, upstream=upstream))
    return start_proxy(stack, "nginx", ["nginx", "-e", work / "nginx-error.log", "-p", work, "-c", config], work, port)


def start_gatehouse(stack, work, upstream, build, under=()):
    port, config = free_port(), work / "gatehouse.yaml"
    config.write_text(GATEHOUSE_YAML.format(work=work, port=port, upstream=upstream, admin=free_port(),
                                            plugins=build / "plugins"))
    return start_proxy(stack, "gatehouse", [*under, build / "bin/gatehouse", "serve", "--config", config], work, port)


def start_other(stack, work, upstream, name, command):
    """Another gateway, whose command line has {port} and {upstream} where these belong."""
    port = free_port()
    return start_proxy(stack, name, shlex.split(command.format(port=port, upstream=upstream)), work, port)
