"""Limits as callers meet them: what is refused, with which words and headers, and what is never
let through."""
import re
import threading

import pytest

from harness import DEADLINE, ECHO, SINK, eventually, in_threads, records
from upstream import answer_chat, completion, respond

SIX = [
    f"x-ratelimit-{what}-{kind}" for what in ("limit", "remaining", "reset")
    for kind in ("requests", "tokens")
]


def limited(rules, provider=ECHO):
    return provider + f"limits: [ {rules} ]\n"


def real(upstream):
    return f"""
providers: {{ real: {{ plugin: openai, base_url: "{upstream.url}" }} }}
models: {{ default-chat: {{ targets: [ {{ provider: real, model: m }} ] }} }}
"""


def test_the_refusal_to_the_letter(start_gateway):
    gateway = start_gateway(limited("{ per: client, requests_per_minute: 2 }"))
    assert [gateway.chat().status for _ in range(3)] == [200, 200, 429]
    refused = gateway.chat()
    assert refused.json() == {
        "error": {
            "type": "rate_limit_exceeded",
            "message": "Request rate exceeded for client_id dev-local-1"
        }
    }
    assert 1 <= int(refused.headers["retry-after"]) <= 60 and int(
        refused.headers["retry-after-ms"]) > 0
    assert refused.headers["x-ratelimit-remaining-requests"] == "0"
    assert gateway.chat(client_id="another").status == 200
    openai = gateway.chat(path="/v1/chat/completions", headers={"x-client-id": "dev-local-1"})
    assert openai.status == 429
    assert openai.json()["error"]["code"] == "rate_limit_exceeded"
    assert openai.json()["error"]["type"] == "requests"


def test_the_headers_are_on_every_answer(start_gateway):
    gateway = start_gateway(
        limited("{ per: client, requests_per_minute: 60, tokens_per_minute: 10000 }"))
    for stream in (False, True):
        answer = gateway.chat(stream=stream)
        assert all(name in answer.headers for name in SIX), answer.headers
        assert answer.headers["x-ratelimit-limit-requests"] == "60"
        assert re.fullmatch(r"(\d+h)?(\d+m)?[\d.]+m?s", answer.headers["x-ratelimit-reset-tokens"])


def seconds(duration):
    """Of "1m30.5s" or "20ms"."""
    units = {"h": 3600, "m": 60, "s": 1, "ms": 0.001}
    return sum(
        float(number) * units[unit] for number, unit in re.findall(r"([\d.]+)(ms|h|m|s)", duration))


def test_what_is_left_is_never_negative_and_reset_grows_with_use(start_gateway):
    gateway = start_gateway(
        limited("{ per: client, requests_per_minute: 4, tokens_per_minute: 100 }"))
    resets = []
    for index in range(4):  # each takes a quarter of a minute to come back
        answer = gateway.chat("hi", max_tokens=1, stream=index % 2 == 0)
        assert answer.status == 200 and answer.headers["x-ratelimit-remaining-requests"] == str(
            3 - index)
        resets.append(seconds(answer.headers["x-ratelimit-reset-requests"]))
    assert resets == sorted(resets) and 10 < resets[0] < resets[3] <= 60
    for answer in in_threads(20,
                             lambda index: gateway.chat("hi", max_tokens=1, stream=index % 2 == 0)):
        for kind in ("requests", "tokens"):
            assert int(answer.headers[f"x-ratelimit-remaining-{kind}"]) >= 0
            assert 0 <= seconds(
                answer.headers[f"x-ratelimit-reset-{kind}"]) <= 120  # a minute, and one of debt


def test_the_larger_of_both_bounds_is_reserved(start_gateway):
    gateway = start_gateway(limited("{ per: client, tokens_per_day: 100000 }") + SINK)
    assert gateway.chat("hi", max_tokens=1, max_completion_tokens=5000).status == 200
    assert records(gateway, 1)[0]["reserved_tokens"] == 5 + 5000


def test_settlement_gives_back_what_was_not_used(start_gateway):
    gateway = start_gateway(limited("{ per: client, tokens_per_day: 3000 }"))
    for _ in range(
            20
    ):  # each reserves over a thousand, uses a dozen, and is settled a moment after its answer
        assert eventually(lambda: gateway.chat("one two three").status == 200)


DENYING = "policies: [ { plugin: model_access, config: { disabled: [default-chat] } } ]\n"


def test_a_denial_costs_no_tokens(start_gateway):
    gateway = start_gateway(limited("{ per: client, tokens_per_minute: 5000 }") + DENYING)
    denied = [gateway.chat(max_tokens=1024) for _ in range(10)]
    assert {answer.status for answer in denied} == {403}
    # Each has over a thousand in hand while it is being decided; none still had them when the next
    # one came.
    assert min(int(answer.headers["x-ratelimit-remaining-tokens"]) for answer in denied) >= 3900


def test_a_denial_costs_a_request(start_gateway):
    gateway = start_gateway(limited("{ per: client, requests_per_minute: 1 }") + DENYING)
    assert [gateway.chat().status for _ in range(2)] == [403, 429]


def test_too_large_for_the_bucket(start_gateway):
    gateway = start_gateway(limited("{ per: client, tokens_per_minute: 100 }"))
    answer = gateway.chat("word " * 1000)
    assert answer.status == 429
    assert answer.headers["x-should-retry"] == "false" and "retry-after" not in answer.headers
    assert "too large" in answer.json()["error"]["message"]
    assert gateway.chat("short").status == 200  # no max_tokens, yet it fits


@pytest.mark.parametrize("stream", [False, True])
def test_fifty_at_once_never_pass_a_hundred_tokens(start_gateway, upstream, stream):
    release = threading.Event()
    answer = answer_chat()

    def slow(request, connection):
        release.wait(DEADLINE / 2)
        answer(request, connection)

    upstream.script = slow
    # By the day, so that nothing refills while a slow machine works through them.
    gateway = start_gateway(limited("{ per: client, tokens_per_day: 100 }", real(upstream)) + SINK)
    answers = []

    def ask(index):
        answers.append(gateway.chat("hi", max_tokens=20, stream=stream))
        if sum(answer.status == 429 for answer in answers) >= 46:
            release.set()

    in_threads(50, ask)
    assert {answer.status for answer in answers} == {200, 429}
    admitted = [record for record in records(gateway, 50) if record["status"] == 200]
    assert sum(answer.status == 200
               for answer in answers) == len(admitted) == len(upstream.requests) == 4
    assert sum(record["reserved_tokens"]
               for record in admitted) <= 100  # 20 of output and 5 of input each


def test_concurrency_slots_come_back(start_gateway, upstream):
    release = threading.Event()
    upstream.script = lambda request, connection: (release.wait(DEADLINE),
                                                   respond(connection, 200, completion()))[1]
    gateway = start_gateway(limited("{ per: client, concurrent: 2 }", real(upstream)))
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(gateway.chat().status)) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    assert eventually(lambda: len(upstream.requests) == 2)
    assert gateway.chat().status == 429
    release.set()
    for thread in threads:
        thread.join()
    assert results == [200, 200] and eventually(lambda: gateway.chat().status == 200)


def test_every_scope(start_gateway):
    for rule, other in (("global", {"client_id": "other"}), ("model", {"client_id": "other"})):
        gateway = start_gateway(limited(f"{{ per: {rule}, requests_per_minute: 1 }}"))
        assert gateway.chat().status == 200 and gateway.chat(**other).status == 429
        gateway.stop()
    gateway = start_gateway(limited("{ per: key, requests_per_minute: 1 }"))
    assert gateway.chat(headers={"authorization": "Bearer a"}).status == 200
    assert gateway.chat(headers={"x-api-key": "a"}).status == 429
    assert gateway.chat(headers={"x-api-key": "b"}).status == 200
