"""Every way a provider can fail (failures.py), told in every dialect: before an answer has begun as
an error's status and type, midway as the stream's own error event, never as a clean end."""
import json

import pytest

from dialects import DIALECTS, Chat, Messages, Responses, names
from failures import (BEFORE, KEY, MIDWAY, PAUSED, TIMED_OUT, pieces_then, sends,
                      silence, stream_of)
from harness import in_threads, records
from providers import PROVIDERS, OpenAi, sse, up_to_a_word
from upstream import answer_with


class Gateway(Chat):
    """Gatehouse's own envelope."""
    path = "/v1/chat"

    def broken(self, answer):
        return json.loads(answer.events()[-1])["error"]["type"].startswith("upstream_")


class Embeddings(Chat):
    path = "/v1/embeddings"
    stream = None

    def request(self, kind):
        return {"input": "hi"}


EVERY = [*DIALECTS, Gateway(), Embeddings()]
STREAMED = [dialect for dialect in EVERY if dialect.stream]
SLOW = [case for case in BEFORE if BEFORE[case].said is TIMED_OUT]
QUICK = [case for case in BEFORE if case not in SLOW]


def ask(gateway, dialect, streamed, model="default-chat"):
    return gateway.request(
        "POST", dialect.path,
        {"model": model, **dialect.request("text"), **(dialect.stream if streamed else {})},
        {"x-client-id": "a"})


def error_is_told(answer, dialect, case, where):
    said = case.said
    anthropic = isinstance(dialect, Messages)
    expected = said.anthropic if anthropic else said.openai
    if isinstance(dialect, Gateway):
        expected = said.gateway
    status = anthropic and said.anthropic_status or said.status
    assert answer.status == status, where
    assert answer.headers["content-type"] == "application/json", where
    assert answer.headers["x-request-id"], where
    error = answer.json()["error"]
    assert error["type"] == expected, where
    assert error["message"] and KEY not in answer.body.decode(), where
    least, most = case.retry_after or (0, 0)
    assert least <= int(answer.headers.get("retry-after", 0)) <= most, where


def ways(dialects):
    """Each dialect whole and, where it has streams, streamed."""
    return [(dialect, streamed) for dialect in dialects
            for streamed in (False, True)[:2 if dialect.stream else 1]]


def is_heard(answer, upstream, name, dialect, streamed):
    case = BEFORE[name]
    where = (name, names(dialect), streamed, answer.status, answer.body, dict(answer.headers),
             len(upstream.requests))
    error_is_told(answer, dialect, case, where)
    attempts = case.asked or (1 if case.said is TIMED_OUT else 2)
    assert answer.headers["x-gatehouse-attempts"].count("/") == attempts, where


def test_before_the_answer(remote, upstream):
    gateway = remote(attempts=2)
    for name in QUICK:
        upstream.script = BEFORE[name].script
        for dialect, streamed in ways(EVERY):
            upstream.requests.clear()
            answer = ask(gateway, dialect, streamed, BEFORE[name].model)
            is_heard(answer, upstream, name, dialect, streamed)
            paused = BEFORE[name].model in PAUSED and (dialect, streamed) != ways(EVERY)[0]
            assert len(upstream.requests) == BEFORE[name].asked * (not paused), (name, names(dialect), streamed)
    seen = records(gateway, len(QUICK) * len(ways(EVERY)))
    assert all(record["error_type"] for record in seen)
    refused = [record for record in seen if record["upstream_status"] >= 300]
    assert refused and all(record["in_tokens"] + record["out_tokens"] == 0 for record in refused)
    cut = [record for record in seen if record["error_code"] == "answer_cut"]
    # What they were asked has to be paid for, and to be counted.
    assert len(cut) == sum(BEFORE[name].half for name in QUICK) * len(ways(EVERY))
    assert all(record["in_tokens"] > 0 for record in cut)
    assert KEY not in gateway.log()


def test_before_the_answer_where_time_runs_out(remote, upstream):
    """All ask at once: each would wait as long as the others."""
    gateway = remote(attempts=2, timeouts="first_byte: 1s, between_chunks: 1s")
    asking = ways([Gateway(), Messages(), Responses()])
    for name in SLOW:
        case = BEFORE[name]
        upstream.script = case.script
        upstream.requests.clear()
        answers = in_threads(len(asking), lambda i: ask(gateway, *asking[i], case.model))
        for answer, (dialect, streamed) in zip(answers, asking):
            is_heard(answer, upstream, name, dialect, streamed)
        assert len(upstream.requests) == case.asked * len(asking), name
    seen = records(gateway, len(SLOW) * len(asking))
    assert {record["error_type"] for record in seen} == {"upstream_timeout"}


def is_broken_midway(answer, dialect, where):
    assert answer.status == 200 and dialect.broken(answer), (where, names(dialect), answer.body)
    assert b"[DONE]" not in answer.body, (where, names(dialect), answer.body)


@pytest.mark.parametrize("provider", PROVIDERS, ids=names)
def test_midway(remote, upstream, provider):
    gateway = remote(provider, attempts=2)
    for name, then in MIDWAY.items():
        upstream.script = pieces_then(up_to_a_word(provider), then(provider))
        for dialect in STREAMED:
            upstream.requests.clear()
            is_broken_midway(ask(gateway, dialect, True), dialect, name)
            assert len(upstream.requests) == 1, (name, names(dialect))
    seen = records(gateway, len(MIDWAY) * (len(EVERY) - 1))
    assert all(r["status"] == 200 and r["error_type"].startswith("upstream") for r in seen)


def test_a_provider_that_stalls_midway(remote, upstream):
    # What comes at once on a loaded machine is far from what a stalled provider is given.
    upstream.script = pieces_then(up_to_a_word(OpenAi()), lambda connection: silence(None, connection))
    gateway = remote(timeouts="between_chunks: 3s", attempts=2)
    answers = in_threads(len(STREAMED), lambda i: ask(gateway, STREAMED[i], True))
    for answer, dialect in zip(answers, STREAMED):
        is_broken_midway(answer, dialect, "stalls")
    assert len(upstream.requests) == len(STREAMED)


def test_an_error_event_of_the_provider_is_passed_on_in_each_dialect(remote, upstream):
    upstream.script = pieces_then(up_to_a_word(OpenAi()),
                                  sends(b'data: {"error":{"message":"model fell over"}}\n\n'))
    gateway = remote()
    for dialect in DIALECTS:
        answer = ask(gateway, dialect, True)
        assert dialect.broken(answer) and b"model fell over" in answer.body


def test_a_usage_alone_is_no_answer(remote, upstream):
    usage = {"choices": [], "usage": OpenAi.usage}
    gateway = remote(attempts=2)
    for dialect in DIALECTS:
        upstream.requests.clear()
        upstream.script = answer_with(200, usage)
        assert ask(gateway, dialect, False).status == 502 and len(upstream.requests) == 2
        upstream.script = stream_of(sse(usage), sse("[DONE]"))
        assert ask(gateway, dialect, True).status == 502, "nobody has heard of it yet"
