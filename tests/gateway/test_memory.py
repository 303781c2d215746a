"""What an exchange holds while it waits for its provider."""
import json
import re
import threading

import pytest

from harness import DEADLINE, eventually
from upstream import answer_chat

CALLERS = 12
PROMPT = 5_000_000
MOST = 2.5  # times the bytes that the callers sent
LINE = "a line, as most prompts have many\n"
LIMITED = """
server: {{ listen: 127.0.0.1:0 }}
providers:
  up: {{ plugin: {plugin}, base_url: "{url}", api_key: k, breaker: {{ failures: 0 }} }}
models: {{ default-chat: {{ targets: [ {{ provider: up, model: m }} ],
                            retry: {{ attempts: 2, backoff: 10ms }} }} }}
"""


def in_use(gateway, what="VmRSS"):
    status = open(f"/proc/{gateway.process.pid}/status").read()
    return int(re.search(what + r":\s+(\d+) kB", status)[1]) * 1024


def configured(upstream, plugin="openai"):
    return LIMITED.format(plugin=plugin, url=upstream.url)


def body(text):
    return json.dumps({"model": "default-chat", "max_tokens": 9,
                       "messages": [{"role": "user", "content": text}]}).encode()


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
@pytest.mark.parametrize("plugin", ["openai", "anthropic", "gemini", "ollama"])
@pytest.mark.parametrize("text", ["y" * PROMPT, LINE * (PROMPT // len(LINE))],
                         ids=["plain", "escaped"])
def test_a_waiting_exchange_keeps_little_more_than_its_prompt(start_gateway, upstream, text, plugin, path):
    go_on = threading.Event()
    upstream.script = lambda request, connection: go_on.wait(DEADLINE) and "close"
    gateway = start_gateway(configured(upstream, plugin))
    prompt = body(text)
    before = in_use(gateway)
    callers = [threading.Thread(target=gateway.request, args=("POST", path, prompt))
               for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    try:
        assert eventually(lambda: len(upstream.requests) == CALLERS)
        grown = in_use(gateway) - before
    finally:
        go_on.set()
        for caller in callers:
            caller.join()
    assert grown <= MOST * CALLERS * len(prompt), f"{grown / CALLERS / len(prompt):.2f} times"


def test_what_was_freed_is_there_for_another_try(start_gateway, upstream):
    text = LINE * 10_000
    tries = []

    def script(request, connection):
        tries.append(request.json())
        return "close" if len(tries) == 1 else answer_chat()(request, connection)

    upstream.script = script
    gateway = start_gateway(configured(upstream))
    assert gateway.request("POST", "/v1/chat/completions", body(text)).status == 200
    assert tries[0] == tries[1]
    assert tries[1]["messages"][0]["content"] == text
