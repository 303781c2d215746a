"""Several targets behind one model: who is asked, how often and when, and what the caller and the
record say of it."""
import json
import time

import pytest

from harness import DEADLINE, in_threads, records
from upstream import (STREAM, Upstream, answer_chat, answer_with, begin_stream, chunk, end_stream,
                      respond, send_piece)


@pytest.fixture
def pair():
    servers = Upstream(), Upstream()
    yield servers
    for server in servers:
        server.close()


def routed(start_gateway, pair, retry="{ backoff: 10ms }", provider="", first_only="", server="",
           extra=""):
    first, second = pair
    return start_gateway(f"""
server: {{ listen: 127.0.0.1:0, drain_timeout: 20s {server} }}
providers:
  one: {{ plugin: openai, base_url: "{first.url}" {provider} {first_only} }}
  two: {{ plugin: openai, base_url: "{second.url}" {provider} }}
models:
  default-chat:
    targets: [ {{ provider: one, model: m1 }}, {{ provider: two, model: m2, weight: 0 }} ]
    retry: {retry}
log_sinks: [ {{ plugin: jsonl, config: {{ path: requests.jsonl }} }} ]
{extra}""")


def failing(status=503, headers=""):
    return answer_with(status, {"error": {"message": f"said {status}", "code": None}},
                       headers=headers)


def hang_up(request, connection):
    return "close"


def silence(request, connection):
    connection.settimeout(DEADLINE)
    connection.recv(1)
    return "close"


def html(request, connection):
    respond(connection, 200, b"<html>", "text/html")


def empty_stream(request, connection):
    begin_stream(connection)
    end_stream(connection)


# What the first target does, how it is noted, and whether it is asked again when the second fails
# too.
FAILURES = {
    "500": (failing(500), "500", True),
    "503": (failing(503), "503", True),
    "429": (failing(429), "429", True),
    "408": (failing(408), "408", True),
    "401": (failing(401), "401", False),
    "404": (failing(404), "404", False),
    "302": (answer_with(302, b"", headers="location: http://127.0.0.1:9/\r\n"), "302", False),
    "hangs up": (hang_up, "upstream_error", True),
    "a web page": (html, "upstream_error", True),
    "silence": (silence, "upstream_timeout", False),
}


def said(answer, stream):
    if not stream:
        return answer.json()["choices"][0]["message"]["content"]
    return "".join(
        json.loads(event)["choices"][0]["delta"].get("content", "")
        for event in answer.events()[:-1])


def the_next_target_answers(gateway, pair, case, stream):
    script, noted, again = FAILURES[case]
    first, second = pair
    first.script, second.script = script, answer_chat()
    first.requests.clear(), second.requests.clear()
    before = len(records(gateway, 0))
    answer = gateway.chat(path="/v1/chat/completions", stream=stream,
                          headers={"x-request-id": "mine"})
    assert answer.status == 200, (case, answer.body)
    assert said(answer, stream) == ("Hello stream" if stream else "Hello from upstream"), case
    assert answer.headers["x-gatehouse-attempts"] == f"one/m1 {noted}, two/m2 200", case
    assert [r.json()["model"] for r in first.requests] == ["m1"], case
    assert [r.json()["model"] for r in second.requests] == ["m2"], case
    record = records(gateway, before + 1)[before]
    assert (record["request_id"], record["provider"], record["model_served"],
            record["attempts"]) == ("mine", "two", "m2", 2)
    assert [(t["provider"], t["model"]) for t in record["tries"]] == [("one", "m1"), ("two", "m2")]
    assert record["tries"][0]["error_type"] and record["tries"][1]["error_type"] is None

    second.script = failing(503)
    failed = gateway.chat(path="/v1/chat/completions", stream=stream)
    assert failed.status in (429, 502), (case, failed.body)
    tried = [t.split(" ")[0] for t in failed.headers["x-gatehouse-attempts"].split(", ")]
    assert sorted(tried) == ["one/m1"] * (2 if again else 1) + ["two/m2"] * 2, case
    records(gateway, before + 2)


@pytest.mark.parametrize("stream", [False, True])
def test_the_next_target_answers(start_gateway, pair, stream):
    gateway = routed(start_gateway, pair, provider=", breaker: { failures: 0 }")
    for case in FAILURES:
        if case != "silence":
            the_next_target_answers(gateway, pair, case, stream)


@pytest.mark.parametrize("stream", [False, True])
def test_the_next_target_answers_after_silence(start_gateway, pair, stream):
    gateway = routed(start_gateway, pair, first_only=", timeouts: { first_byte: 1s }")
    the_next_target_answers(gateway, pair, "silence", stream)


def test_what_the_caller_must_mend_is_not_tried_elsewhere(start_gateway, pair):
    first, second = pair
    first.script = failing(400)
    answer = routed(start_gateway, pair).chat()
    assert answer.status == 400 and answer.json()["error"]["message"].endswith("said 400")
    assert len(first.requests) == 1 and not second.requests


def test_what_one_provider_cannot_say_another_may(start_gateway, pair):
    first, second = pair
    gateway = start_gateway(f"""
providers:
  a: {{ plugin: anthropic, base_url: "{first.url}", api_key: k }}
  o: {{ plugin: openai, base_url: "{second.url}" }}
models:
  default-chat:
    targets: [ {{ provider: a, model: m }}, {{ provider: o, model: m, weight: 0 }} ]
""")
    answer = gateway.chat(n=2, path="/v1/chat/completions")
    assert answer.status == 200, answer.body
    assert not first.requests and len(second.requests) == 1
    assert answer.headers["x-gatehouse-attempts"] == "a/m invalid_request_error, o/m 200"


def midway(*pieces):
    def script(request, connection):
        begin_stream(connection)
        for piece in pieces:
            send_piece(connection, piece)
        return "close"
    return script


def test_a_request_that_produced_output_is_never_repeated(start_gateway, pair):
    first, second = pair
    first.script = midway(*STREAM[:3])
    answer = routed(start_gateway, pair).chat(stream=True, path="/v1/chat/completions")
    assert answer.status == 200 and json.loads(answer.events()[-1])["error"]["message"]
    assert len(first.requests) == 1 and not second.requests


@pytest.mark.parametrize("stream", [False, True])
def test_half_a_reply_is_not_asked_for_elsewhere(start_gateway, pair, stream):
    first, second = pair
    half = b'{"choices":[{"index":0,"message":{"content":"Hel'
    if stream:
        half = b'data: {"choices":[{"index":0,'

    def cut(request, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n" + half)
        return "close"

    first.script = cut
    gateway = routed(start_gateway, pair)
    answer = gateway.chat(stream=stream, path="/v1/chat/completions")
    assert answer.status == 502 and answer.json()["error"]["code"] == "answer_cut", answer.body
    assert answer.headers["x-gatehouse-attempts"] == "one/m1 upstream_error"
    assert len(first.requests) == 1 and not second.requests
    record = records(gateway, 1)[0]
    assert (record["error_code"], record["upstream_status"], record["attempts"]) == ("answer_cut",
                                                                                     200, 1)
    assert record["in_tokens"] > 0 and not record["usage_reported"]


def test_a_stream_that_ended_before_it_said_anything_is_tried_elsewhere(start_gateway, pair):
    first, second = pair
    gateway = routed(start_gateway, pair)
    for count, script in enumerate((empty_stream, midway(b": thinking\n\n")), 1):
        first.script = script
        answer = gateway.chat(stream=True, path="/v1/chat/completions")
        assert answer.events()[-1] == "[DONE]" and len(second.requests) == count


def test_retry_after_is_honoured(start_gateway, pair):
    first, second = pair
    second.script = failing(503, "retry-after: 60\r\n")  # longer than this exchange will wait
    replies = iter([failing(429, "retry-after: 1\r\n"), answer_chat()])
    arrivals = []

    def script(request, connection):
        arrivals.append(time.monotonic())
        return next(replies)(request, connection)

    first.script = script
    gateway = routed(start_gateway, pair, retry="{ attempts: 3, backoff: 10ms, max_wait: 20s }")
    answer = gateway.chat()
    assert answer.status == 200 and len(second.requests) == 1
    assert arrivals[1] - arrivals[0] >= 1
    tries = records(gateway, 1)[0]["tries"]
    assert [t["provider"] for t in tries] == ["one", "two", "one"]

    first.script = failing(429, "retry-after: 30\r\n")
    answer = gateway.chat()
    assert answer.status in (429, 502) and int(answer.headers["retry-after"]) >= 30


def test_a_target_that_asked_for_a_pause_is_left_alone(start_gateway, pair):
    first, second = pair
    first.script = failing(429, "retry-after: 20\r\n")
    gateway = routed(start_gateway, pair)
    assert [gateway.chat().status for _ in range(5)] == [200] * 5
    assert (len(first.requests), len(second.requests)) == (1, 5)
    second.script = failing(429, "retry-after: 300\r\n")
    assert gateway.chat().status == 429
    alone = gateway.chat()
    assert alone.status == 429 and (len(first.requests), len(second.requests)) == (1, 6)
    assert 1 <= int(alone.headers["retry-after"]) <= 300, "what is left of a pause"
    noted = [[one["error_type"] for one in record["tries"]] for record in records(gateway, 7)]
    assert noted.count(["cooling_down"] * 2) == 1


@pytest.mark.parametrize("status, error", [
    (429, {"code": "insufficient_quota", "type": "insufficient_quota"}),
    (429, {"code": "billing_not_active"}),
    (402, {"message": "Insufficient Balance"}),
    (400, {"message": "Your credit balance is too low to access the API."}),
])
def test_an_account_that_is_used_up_is_the_operators(start_gateway, pair, status, error):
    first, second = pair
    first.script = answer_with(status, {"error": {"message": "no", **error}})
    gateway = routed(start_gateway, pair, retry="{ attempts: 3, backoff: 10ms }")
    assert gateway.chat().status == 200, "another target has an account of its own"
    assert (len(first.requests), len(second.requests)) == (1, 1)
    second.script = first.script
    answer = gateway.chat(path="/v1/chat/completions")
    told = answer.json()["error"]
    assert answer.status == 502 and answer.headers["x-should-retry"] == "false"
    assert told["code"] == "provider_quota_exceeded" and told["type"] == "server_error"
    assert (len(first.requests), len(second.requests)) == (2, 2)


def test_a_caller_that_leaves_ends_the_waiting(start_gateway, pair):
    first, second = pair
    first.script = second.script = failing(503, "retry-after: 60\r\n")
    gateway = routed(start_gateway, pair, retry="{ max_wait: 10m }")
    body = b'{"model":"default-chat","client_id":"a","messages":[{"role":"user","content":"x"}]}'
    with gateway.socket() as client:
        client.sendall(b"POST /v1/chat HTTP/1.1\r\nhost: localhost\r\n"
                       b"content-length: %d\r\n\r\n%s" %
                       (len(body), body))
        end = time.monotonic() + DEADLINE
        while not second.requests and time.monotonic() < end:
            time.sleep(0.01)
    record = records(gateway, 1)[0]
    assert record["client_disconnected"] and record["attempts"] == 2


def test_one_reservation_for_all_attempts(start_gateway, pair):
    pair[0].script = failing(503)
    gateway = routed(
        start_gateway, pair,
        extra="limits: [ { per: client, requests_per_minute: 5, tokens_per_minute: 1000 } ]\n")
    answer = gateway.chat(max_tokens=10)
    assert answer.status == 200 and answer.headers["x-ratelimit-remaining-requests"] == "4"
    again = gateway.chat(max_tokens=10)
    assert again.headers["x-ratelimit-remaining-requests"] == "3"


def test_a_breaker_opens_probes_and_closes(start_gateway, pair):
    first, second = pair
    first.script = failing(503)
    gateway = routed(start_gateway, pair, retry="{ attempts: 1 }",
                     provider=", breaker: { failures: 3, open_for: 2s }")
    for _ in range(3):
        assert gateway.chat().headers["x-gatehouse-attempts"] == "one/m1 503, two/m2 200"
    opened = time.monotonic()
    asked = len(first.requests)
    answer = gateway.chat()
    if time.monotonic() - opened < 1.5:  # else the machine was too slow to see it open
        assert answer.headers["x-gatehouse-attempts"] == "one/m1 circuit_open, two/m2 200"
        assert len(first.requests) == asked
        assert records(gateway, 4)[3]["tries"][0]["error_type"] == "circuit_open"
    first.script = answer_chat()
    # The probe's caller has its answer before the breaker has closed: twice in a row means closed.
    end = time.monotonic() + DEADLINE
    seen = []
    while time.monotonic() < end and seen[-2:] != ["one/m1 200"] * 2:
        seen.append(gateway.chat().headers["x-gatehouse-attempts"])
        time.sleep(0.1)
    assert seen[-2:] == ["one/m1 200"] * 2


def test_all_breakers_open_is_told_at_once(start_gateway, pair):
    for server in pair:
        server.script = failing(500)
    gateway = routed(start_gateway, pair, retry="{ attempts: 1 }",
                     provider=", breaker: { failures: 1, open_for: 50s }")
    assert gateway.chat().status == 502
    answer = gateway.chat()
    assert answer.status == 503 and 0 < int(answer.headers["retry-after"]) <= 50
    assert answer.headers["x-gatehouse-attempts"] == "one/m1 circuit_open, two/m2 circuit_open"
    assert [len(server.requests) for server in pair] == [1, 1]


def test_a_client_error_says_nothing_against_the_target(start_gateway, pair):
    pair[0].script = failing(400)
    gateway = routed(start_gateway, pair, provider=", breaker: { failures: 1, open_for: 50s }")
    assert [gateway.chat().status for _ in range(3)] == [400, 400, 400]


def test_heartbeats_while_the_provider_thinks(start_gateway, pair):
    first, _ = pair

    def thinking(request, connection):
        begin_stream(connection)
        time.sleep(2)
        for piece in STREAM:
            send_piece(connection, piece)
        end_stream(connection)

    first.script = thinking
    gateway = routed(start_gateway, pair, server=", heartbeat: 100ms")
    chat = gateway.chat(path="/v1/chat/completions", stream=True)
    assert chat.body.startswith(b": ping\n\n") and chat.events()[-1] == "[DONE]"
    assert chat.body.count(b": ping\n\n") >= 2
    messages = gateway.request(
        "POST", "/v1/messages", {
            "model": "default-chat", "max_tokens": 9, "stream": True,
            "messages": [{"role": "user", "content": "hi"}]
        })
    assert messages.body.count(
        b'event: ping\ndata: {"type":"ping"}\n\n') >= 2 and b"message_stop" in messages.body
    responses = gateway.request("POST", "/v1/responses",
                                {"model": "default-chat", "input": "hi", "stream": True})
    assert responses.body.count(
        b": ping\n\n") >= 2 and b"event: response.completed" in responses.body
    whole = gateway.chat(path="/v1/chat/completions")
    assert b"ping" not in whole.body


def test_no_heartbeat_before_the_provider_has_agreed(start_gateway, pair):
    def slow_refusal(request, connection):
        time.sleep(1)
        failing(400)(request, connection)

    pair[0].script = slow_refusal
    answer = routed(start_gateway, pair, server=", heartbeat: 50ms").chat(stream=True)
    assert answer.status == 400 and b"ping" not in answer.body


def test_a_provider_that_pings_us_does_not_keep_us_from_pinging(start_gateway, pair):
    def pings(request, connection):
        begin_stream(connection)
        for _ in range(40):
            send_piece(connection, b": upstream ping\n\n")
            time.sleep(0.05)
        send_piece(connection, chunk({"content": "x"}))
        send_piece(connection, chunk({}, "stop"))
        send_piece(connection, b"data: [DONE]\n\n")
        end_stream(connection)

    pair[0].script = pings
    answer = routed(start_gateway, pair,
                    server=", heartbeat: 200ms").chat(path="/v1/chat/completions", stream=True)
    assert answer.body.count(b": ping\n\n") >= 2 and answer.events()[-1] == "[DONE]"


def test_many_at_once_while_a_target_fails(start_gateway, pair):
    pair[0].script = failing(503)
    gateway = routed(start_gateway, pair, retry="{ attempts: 1 }")
    answers = in_threads(16, lambda i: gateway.chat(f"number {i}"))
    assert [answer.status for answer in answers] == [200] * 16
