"""Every way a provider can fail (failures.py), told in every dialect: before an answer has begun as an error's status
and type, midway as the stream's own error event, never as a clean end."""
import json

import pytest

from conftest import records
from failures import (BEFORE, KEY, MIDWAY, TIMED_OUT, full_port, pieces_then, plain_port, remote, sends,  # noqa: F401, fixtures
                      silence, stream_of)
from providers import PROVIDERS, OpenAi, sse
from test_dialects import DIALECTS, Chat, Messages, Responses, names
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


def ask(one, dialect, streamed, model="default-chat"):
    return one.request("POST", dialect.path, {"model": model, **dialect.request("text"), **(dialect.stream if streamed else {})},
                       {"x-client-id": "a"})


def error_is_told(answer, dialect, case, where):
    said = case.said
    anthropic = isinstance(dialect, Messages)
    expected = said.gateway if isinstance(dialect, Gateway) else said.anthropic if anthropic else said.openai
    assert answer.status == (said.anthropic_status if anthropic and said.anthropic_status else said.status), where
    assert answer.headers["content-type"] == "application/json" and answer.headers["x-request-id"], where
    error = answer.json()["error"]
    assert error["type"] == expected, where
    assert error["message"] and KEY not in answer.body.decode(), where
    least, most = case.retry_after or (0, 0)
    assert least <= int(answer.headers.get("retry-after", 0)) <= most, where


def every_dialect_hears(one, upstream, name, dialects):
    case = BEFORE[name]
    upstream.script = case.script
    for dialect in dialects:
        for streamed in (False, True)[:2 if dialect.stream else 1]:
            upstream.requests.clear()
            answer = ask(one, dialect, streamed, case.model)
            where = (name, names(dialect), streamed, answer.status, answer.body, dict(answer.headers), len(upstream.requests))
            error_is_told(answer, dialect, case, where)
            # A connection that was kept open and then cut counts as never used, and is replaced without being an attempt.
            assert answer.headers["x-gatehouse-attempts"].count("/") == (case.asked or (1 if case.said is TIMED_OUT else 2)), where
            assert (len(upstream.requests) > 0) == (case.asked > 0), where


def test_before_the_answer(remote, upstream):
    one = remote(attempts=2)
    for name in QUICK:
        every_dialect_hears(one, upstream, name, EVERY)
    seen = records(one, len(QUICK) * (2 * len(EVERY) - 1))
    assert all(record["error_type"] and record["out_tokens"] == 0 for record in seen)
    cut = [record for record in seen if record["error_code"] == "answer_cut"]
    # What they were asked has to be paid for, and to be counted.
    assert len(cut) == sum(BEFORE[name].half for name in QUICK) * (2 * len(EVERY) - 1) and all(r["in_tokens"] > 0 for r in cut)
    assert KEY not in one.log()


def test_before_the_answer_where_time_runs_out(remote, upstream):
    one = remote(attempts=2, timeouts="first_byte: 1s, between_chunks: 1s")
    for name in SLOW:
        every_dialect_hears(one, upstream, name, [Gateway(), Messages(), Responses()])
    assert {record["error_type"] for record in records(one, len(SLOW) * 6)} == {"upstream_timeout"}


def every_dialect_hears_midway(one, upstream, script, where):
    upstream.script = script
    for dialect in (d for d in EVERY if d.stream):
        upstream.requests.clear()
        answer = ask(one, dialect, True)
        assert answer.status == 200 and dialect.broken(answer), (where, names(dialect), answer.body)
        assert b"[DONE]" not in answer.body and len(upstream.requests) == 1, (where, names(dialect), answer.body)


@pytest.mark.parametrize("provider", PROVIDERS, ids=names)
def test_midway(remote, upstream, provider):
    one = remote(provider, attempts=2)
    for name, then in MIDWAY.items():
        every_dialect_hears_midway(one, upstream, pieces_then(provider, 2, then(provider)), name)
    seen = records(one, len(MIDWAY) * (len(EVERY) - 1))
    assert all(r["status"] == 200 and r["error_type"].startswith("upstream") for r in seen)


def test_a_provider_that_stalls_midway(remote, upstream):
    # What comes at once on a loaded machine is far from what a stalled provider is given.
    stalls = pieces_then(OpenAi(), 2, lambda connection: silence(None, connection))
    every_dialect_hears_midway(remote(timeouts="between_chunks: 3s", attempts=2), upstream, stalls, "stalls")


def test_an_error_event_of_the_provider_is_passed_on_in_each_dialect(remote, upstream):
    upstream.script = pieces_then(OpenAi(), 3, sends(b'data: {"error":{"message":"model fell over"}}\n\n'))
    one = remote()
    for dialect in DIALECTS:
        answer = ask(one, dialect, True)
        assert dialect.broken(answer) and b"model fell over" in answer.body


def test_a_usage_alone_is_no_answer(remote, upstream):
    usage = {"choices": [], "usage": OpenAi.usage}
    one = remote(attempts=2)
    for dialect in DIALECTS:
        upstream.requests.clear()
        upstream.script = answer_with(200, usage)
        assert ask(one, dialect, False).status == 502 and len(upstream.requests) == 1
        upstream.script = stream_of(sse(usage), sse("[DONE]"))
        assert dialect.broken(ask(one, dialect, True)) and len(upstream.requests) == 2
