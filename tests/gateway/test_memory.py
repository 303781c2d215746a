"""What an exchange holds while it waits for its provider, and what is answered where memory is short."""
import contextlib
import json
import re
import resource
import threading

import pytest

from harness import DEADLINE, eventually
from providers import PROVIDERS, answer_as
from upstream import answer_chat, answer_with

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


def asked(path, text):
    fields = {"model": "default-chat", **({"client_id": "a"} if path == "/v1/chat" else {})}
    if path in ("/v1/responses", "/v1/embeddings"):
        return {**fields, "input": text}
    fields["messages"] = [{"role": "user", "content": text}]
    return {**fields, "max_tokens": 9} if path == "/v1/messages" else fields


def leave_memory(gateway, more):
    """So many bytes beside what the gateway has mapped. -1: as many as it wants."""
    most = resource.RLIM_INFINITY if more < 0 else in_use(gateway, "VmSize") + more
    _, hard = resource.prlimit(gateway.process.pid, resource.RLIMIT_AS)
    resource.prlimit(gateway.process.pid, resource.RLIMIT_AS, (most, hard))


MB = 1 << 20
SHORT = [*range(4 * MB, 16 * MB, 2 * MB), *range(16 * MB, 150 * MB, 13 * MB)]


VECTORS = {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [1]}]}


@pytest.mark.parametrize("path", ["/v1/chat", "/v1/chat/completions", "/v1/messages", "/v1/responses",
                                  "/v1/embeddings", "/v1/messages/count_tokens"])
@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.plugin)
def test_where_memory_is_short_the_callers_json_is_fine(start_gateway, upstream, provider, path):
    if path in ("/v1/embeddings", "/v1/messages/count_tokens") and provider.plugin != "openai":
        pytest.skip("as with openai")
    upstream.script = answer_with(200, VECTORS) if path == "/v1/embeddings" else answer_as(provider)
    gateway = start_gateway(configured(upstream, provider.plugin))
    request = json.dumps(asked(path, LINE * (8_000_000 // len(LINE)))).encode()
    answers = []
    for more in SHORT:
        leave_memory(gateway, more)
        with contextlib.suppress(ConnectionError):  # there is not enough even to say so
            answers.append(gateway.request("POST", path, request))
        leave_memory(gateway, -1)
        assert gateway.process.poll() is None
    assert gateway.request("POST", path, request).status == 200
    assert len(answers) > len(SHORT) / 2 and answers[-1].status == 200, [one.status for one in answers]
    assert len(answers) < len(SHORT) or answers[0].status != 200, "nothing was short"
    for answer in answers:
        assert answer.status in (200, 503, 529), answer.body  # Anthropic's word for 503
        if answer.status != 200:
            assert b"code" not in answer.body or b"gateway_short_of_resources" in answer.body, answer.body


# Of the formula in the README for what all requests hold at once; what parsing takes is not in it, and less than SPARE.
IN_FLIGHT, MAX_BODY, MAX_BODIES, SPARE = 60, 256 << 10, 8 << 20, 8 << 20
USER = [{"role": "user", "content": "a"}]
BOTH = [*USER, {"role": "assistant", "content": "a"}]
CALL = {"id": "a", "type": "function", "function": {"name": "a", "arguments": ""}}


def filled(count, **fields):
    return {"model": "default-chat", **{name: make(count) for name, make in fields.items()}}


def largest(**fields):
    """The largest body that is allowed of fields that are made for a count."""
    written = [json.dumps(filled(count, **fields)) for count in (1, 1001)]
    each = (len(written[1]) - len(written[0])) / 1000
    return json.dumps(filled(int((MAX_BODY - 300) / each), **fields)).encode()


def said(*content):
    return lambda count: [*USER, {"role": "assistant", "content": [*content] * count}]


TINY = {
    "messages": lambda: largest(messages=lambda count: USER * count),
    "turns": lambda: largest(messages=lambda count: BOTH * count),
    "parts": lambda: largest(messages=lambda count: [
        {"role": "user", "content": [{"type": "text", "text": "\n"}] * count}]),
    "calls": lambda: largest(messages=lambda count: [*USER, {"role": "assistant", "tool_calls": [CALL] * count}]),
    "unknown": lambda: largest(user=lambda count: {f"{one:05}": 0 for one in range(count)}, messages=lambda _: USER),
    "deep": lambda: largest(metadata=lambda count: {"a": [[[[[[[[[]]]]]]]]] * count}, messages=lambda _: USER),
    "stop": lambda: largest(stop=lambda count: ["a"] * count, messages=lambda _: USER),
    "options": lambda: largest(stream=lambda _: True, stream_options=lambda count: {"x": "y" * count},
                               messages=lambda _: USER),
    "seals": lambda: largest(max_tokens=lambda _: 9, messages=said({"type": "redacted_thinking", "data": ""})),
    "uses": lambda: largest(max_tokens=lambda _: 9,
                            messages=said({"type": "tool_use", "id": "a", "name": "a", "input": {}})),
    "items": lambda: largest(input=lambda count: USER * count),
}


@pytest.mark.parametrize("path, plugin, most, prompt", [
    pytest.param(path, plugin, most, prompt, id=f"{path[4:].replace('/', '_')}-{plugin}-{name}")
    for path, plugin, most, name, prompt in [
        ("/v1/chat/completions", "openai", 2.5, "plain", lambda: body("y" * (MAX_BODY - 200))),
        ("/v1/chat/completions", "openai", 2.5, "escaped", lambda: body("\n" * ((MAX_BODY - 200) // 2))),
        ("/v1/chat/completions", "openai", 2.5, "small", lambda: body("hi")),
        *[("/v1/chat/completions", "openai", 4, name, TINY[name])
          for name in ("messages", "parts", "unknown", "deep", "options")],
        *[("/v1/chat/completions", "anthropic", 4, name, TINY[name]) for name in ("turns", "calls")],
        *[("/v1/chat/completions", "gemini", 4, name, TINY[name]) for name in ("messages", "stop")],
        ("/v1/chat/completions", "ollama", 4, "messages", TINY["messages"]),
        ("/v1/chat", "openai", 4, "messages", TINY["messages"]),
        ("/v1/responses", "openai", 4, "items", TINY["items"]),
        ("/v1/messages", "anthropic", 4, "seals", TINY["seals"]),
        ("/v1/messages", "openai", 4, "uses", TINY["uses"]),
        ("/v1/embeddings", "gemini", 4, "inputs",
         lambda: json.dumps({"model": "default-chat", "input": ["a"] * 2048}).encode()),
    ]])
def test_all_requests_hold_no_more_than_the_readme_says(start_gateway, upstream, path, plugin, most, prompt):
    prompt = prompt()
    if path == "/v1/chat":
        prompt = prompt[:-1] + b', "client_id": "a"}'
    assert len(prompt) <= MAX_BODY
    go_on = threading.Event()
    upstream.script = lambda request, connection: go_on.wait(DEADLINE) and "close"
    gateway = start_gateway(configured(upstream, plugin).replace(
        "127.0.0.1:0 }", f"127.0.0.1:0, max_in_flight: {IN_FLIGHT}, max_body: {MAX_BODY // 1024}KiB, "
        f"max_bodies: {MAX_BODIES >> 20}MiB }}"))
    before = in_use(gateway)
    answers = []
    callers = [threading.Thread(target=lambda: answers.append(gateway.request("POST", path, prompt)))
               for _ in range(IN_FLIGHT)]
    count = 0
    try:
        for count, caller in enumerate(callers, 1):
            caller.start()
            assert eventually(lambda: len(upstream.requests) == count or answers)
            assert not answers, answers[0].body
        peak = in_use(gateway, "VmHWM") - before
    finally:
        go_on.set()
        for caller in callers[:count]:
            caller.join()
    formula = MAX_BODIES + SPARE + IN_FLIGHT * (most * len(prompt) + 0.3 * MB)
    assert peak <= formula, f"{peak / MB:.0f} of {formula / MB:.0f} MiB"
