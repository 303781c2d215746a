"""Every way a provider can fail (failures.py), told in every dialect: before an answer has begun as
an error's status and type, midway as the stream's own error event, never as a clean end."""
import json

import pytest

from dialects import DIALECTS, Chat, Messages, Responses, names
from failures import (BEFORE, KEY, MIDWAY, TIMED_OUT, pieces_then, sends,
                      silence, stream_of)
from harness import records
from providers import PROVIDERS, OpenAi, sse
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


def every_dialect_hears(gateway, upstream, name, dialects):
    case = BEFORE[name]
    upstream.script = case.script
    for dialect in dialects:
        for streamed in (False, True)[:2 if dialect.stream else 1]:
            upstream.requests.clear()
            answer = ask(gateway, dialect, streamed, case.model)
            where = (name, names(dialect), streamed, answer.status, answer.body,
                     dict(answer.headers), len(upstream.requests))
            error_is_told(answer, dialect, case, where)
            # A connection that was kept open and then cut counts as never used, and is replaced
            # without being an attempt.
            assert answer.headers["x-gatehouse-attempts"].count("/") == (
                case.asked or (1 if case.said is TIMED_OUT else 2)), where
            assert (len(upstream.requests) > 0) == (case.asked > 0), where


def test_before_the_answer(remote, upstream):
    gateway = remote(attempts=2)
    for name in QUICK:
        every_dialect_hears(gateway, upstream, name, EVERY)
    seen = records(gateway, len(QUICK) * (2 * len(EVERY) - 1))
    assert all(record["error_type"] and record["out_tokens"] == 0 for record in seen)
    cut = [record for record in seen if record["error_code"] == "answer_cut"]
    # What they were asked has to be paid for, and to be counted.
    assert len(cut) == sum(BEFORE[name].half
                           for name in QUICK) * (2 * len(EVERY) - 1) and all(r["in_tokens"] > 0
                                                                             for r in cut)
    assert KEY not in gateway.log()


def test_before_the_answer_where_time_runs_out(remote, upstream):
    gateway = remote(attempts=2, timeouts="first_byte: 1s, between_chunks: 1s")
    for name in SLOW:
        every_dialect_hears(gateway, upstream, name, [Gateway(), Messages(), Responses()])
    assert {record["error_type"]
            for record in records(gateway,
                                  len(SLOW) * 6)} == {"upstream_timeout"}


def every_dialect_hears_midway(gateway, upstream, script, where):
    upstream.script = script
    for dialect in (d for d in EVERY if d.stream):
        upstream.requests.clear()
        answer = ask(gateway, dialect, True)
        assert answer.status == 200 and dialect.broken(answer), (where, names(dialect), answer.body)
        assert b"[DONE]" not in answer.body and len(upstream.requests) == 1, (where, names(dialect),
                                                                              answer.body)


@pytest.mark.parametrize("provider", PROVIDERS, ids=names)
def test_midway(remote, upstream, provider):
    gateway = remote(provider, attempts=2)
    for name, then in MIDWAY.items():
        every_dialect_hears_midway(gateway, upstream, pieces_then(provider, 2, then(provider)),
                                   name)
    seen = records(gateway, len(MIDWAY) * (len(EVERY) - 1))
    assert all(r["status"] == 200 and r["error_type"].startswith("upstream") for r in seen)


def test_a_provider_that_stalls_midway(remote, upstream):
    # What comes at once on a loaded machine is far from what a stalled provider is given.
    stalls = pieces_then(OpenAi(), 2, lambda connection: silence(None, connection))
    every_dialect_hears_midway(remote(timeouts="between_chunks: 3s", attempts=2), upstream, stalls,
                               "stalls")


def test_an_error_event_of_the_provider_is_passed_on_in_each_dialect(remote, upstream):
    upstream.script = pieces_then(OpenAi(), 3,
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
        assert ask(gateway, dialect, False).status == 502 and len(upstream.requests) == 1
        upstream.script = stream_of(sse(usage), sse("[DONE]"))
        assert dialect.broken(ask(gateway, dialect, True)) and len(upstream.requests) == 2
