"""A stream whose provider does not keep to its bound extends what it has reserved. When a limit has no more it
ends as an answer that has reached its bound does, in the caller's own dialect, and the provider is hung up on."""
import json
import threading

import pytest

from dialects import names
from harness import DEADLINE, SINK, eventually, records
from providers import Anthropic, OpenAi
from redis_server import reachable
from spending import priced, spent
from test_dropped_streams import TEXT, counting_gateway, pieces_of
from upstream import begin_stream, chunk, completion, respond, send_piece

BOUND = 100  # tokens: what a caller asks for, and so the first extension
PATHS = ["/v1/chat", "/v1/chat/completions", "/v1/messages", "/v1/responses"]
LIMITS = {"tokens_per_minute": 1000, "tokens_per_day": 1000, "dollars_per_day": 1000}  # a token costs a dollar


def endless(upstream, most=20_000):
    """Says a word, which is a token, after the other until it is hung up on."""
    def script(request, connection):
        begin_stream(connection)
        try:
            send_piece(connection, chunk({"role": "assistant", "content": ""}))
            for _ in range(most):
                send_piece(connection, chunk({"content": "word "}))
            if most == 20_000 and not connection.recv(1):  # all of it may fit into the sockets' buffers
                upstream.gone.set()
        except OSError:
            upstream.gone.set()
            raise

    return script


def ask(gateway, path, bound=BOUND):
    body = {"model": "default-chat", "stream": True}
    if path == "/v1/responses":
        body |= {"input": "hi"} | ({"max_output_tokens": bound} if bound else {})
    else:
        body |= {"messages": [{"role": "user", "content": "hi"}]} | ({"max_tokens": bound} if bound else {})
    return gateway.request("POST", path, body, {"x-client-id": "dev-local-1"})


def events(answer):
    lines = [line[5:].strip() for line in answer.body.decode().splitlines() if line.startswith("data:")]
    return [json.loads(line) for line in lines if line != "[DONE]"]


def check_end(path, answer):
    """That the answer ends well, with the dialect's own word for its bound."""
    assert answer.status == 200
    said = events(answer)
    assert not any(event.get("error") for event in said)
    if path == "/v1/messages":
        assert [event["type"] for event in said[-3:]] == ["content_block_stop", "message_delta", "message_stop"]
        assert said[-2]["delta"]["stop_reason"] == "max_tokens"
        assert said[-2]["usage"]["output_tokens"] > BOUND
    elif path == "/v1/responses":
        assert said[-1]["type"] == "response.incomplete"
        assert said[-1]["response"]["status"] == "incomplete"
        assert said[-1]["response"]["incomplete_details"] == {"reason": "max_output_tokens"}
        assert said[-1]["response"]["usage"]["output_tokens"] > BOUND
    elif path == "/v1/chat/completions":
        assert [event["choices"][0]["finish_reason"] for event in said if event["choices"]][-2:] == [None, "length"]
        assert answer.body.decode().rstrip().endswith("data: [DONE]")
    else:
        assert said[-1]["finish_reason"] == "length"


def limited(upstream, dimension, most=1000):
    return priced(upstream, f"limits: [ {{ per: client, {dimension}: {most} }} ]") + SINK


@pytest.mark.parametrize("dimension", LIMITS)
@pytest.mark.parametrize("path", PATHS)
def test_it_ends_with_length_when_a_limit_has_no_more(start_gateway, upstream, path, dimension):
    upstream.script = endless(upstream)
    gateway = start_gateway(limited(upstream, dimension))
    answer = ask(gateway, path)
    check_end(path, answer)
    assert upstream.gone.wait(DEADLINE)
    (record,) = records(gateway, 1)
    assert record["finish_reason"] == "length" and record["error_type"] is None
    assert record["ended_by_limit"] == f"client {dimension}"
    assert not record["usage_reported"]
    used = record["in_tokens"] + record["out_tokens"]
    assert 1000 - BOUND <= used <= 1000 + BOUND, used
    if dimension != "tokens_per_minute":  # which comes back while the test looks
        due = used * (1_000_000_000 if dimension == "dollars_per_day" else 1)
        assert eventually(lambda: spent(gateway, dimension) == due), (spent(gateway, dimension), due)
    told = f'gatehouse_streams_ended_by_limit_total{{limit="{dimension}",per="client"}} 1\n'
    assert told in gateway.admin("/metrics").body.decode()
    upstream.script = None
    assert ask(gateway, path).status == 429  # nothing is left


@pytest.mark.parametrize("provider", [OpenAi(), Anthropic()], ids=names)
@pytest.mark.parametrize("path", PATHS)
def test_tokens_that_a_vocabulary_counts_end_it_at_the_limit(start_gateway, upstream, ranks, path, provider):
    def script(request, connection):
        begin_stream(connection)
        before, piece = pieces_of(provider, TEXT)
        try:
            for sent in before + [piece] * 5000:
                send_piece(connection, sent)
            if not connection.recv(1):
                upstream.gone.set()
        except OSError:
            upstream.gone.set()
            raise

    upstream.script = script
    gateway = counting_gateway(start_gateway, upstream, provider, ranks, "tokens_per_day: 1000")
    check_end(path, ask(gateway, path))
    assert upstream.gone.wait(DEADLINE)
    (record,) = records(gateway, 1)
    assert 1000 - BOUND <= record["in_tokens"] + record["out_tokens"] <= 1000 + BOUND, record


@pytest.mark.parametrize("line, per", [
    ("per: provider", "provider"), ("per: client, match: { model: default-* }", "client"),
    ('per: "tag:project"', "tag")])
def test_every_line_is_asked_for_more(start_gateway, upstream, line, per):
    upstream.script = endless(upstream)
    limits = f"limits: [ {{ {line}, tokens_per_day: 1000 }}, {{ per: global, tokens_per_day: 100000 }} ]"
    gateway = start_gateway(priced(upstream, limits) + SINK)
    check_end("/v1/chat/completions", ask(gateway, "/v1/chat/completions"))
    (record,) = records(gateway, 1)
    assert record["ended_by_limit"] == f"{per} tokens_per_day"
    used = record["in_tokens"] + record["out_tokens"]
    assert 1000 - BOUND <= used <= 1000 + BOUND, used
    assert {line["per"]: line["spent"][0]["spent"] for line in gateway.admin("/admin/limits").json()["limits"]} == {
        line[5:].split(",")[0].strip('"'): used, "global": used}


def test_a_bound_that_the_gateway_sent_is_passed_alike(start_gateway, upstream):
    upstream.script = endless(upstream)
    gateway = start_gateway(limited(upstream, "tokens_per_day", 10_000))
    check_end("/v1/chat/completions", ask(gateway, "/v1/chat/completions", None))
    (record,) = records(gateway, 1)
    assert record["output_bound"] == 4096
    assert 10_000 - 100 <= record["in_tokens"] + record["out_tokens"] <= 10_000 + 100


@pytest.mark.parametrize("limits", ["", "limits: [ { per: client, requests_per_minute: 100 } ]",
                                    "limits: [ { per: client, tokens_per_day: 100000 } ]"])
def test_it_goes_on_where_there_is_enough(start_gateway, upstream, limits):
    def script(request, connection):
        endless(upstream, 2000)(request, connection)
        send_piece(connection, chunk({}, "stop"))
        send_piece(connection, chunk(usage={"prompt_tokens": 9, "completion_tokens": 2000, "total_tokens": 2009}))
        send_piece(connection, b"data: [DONE]\n\n")
        connection.sendall(b"0\r\n\r\n")

    upstream.script = script
    gateway = start_gateway(priced(upstream, limits) + SINK)
    answer = ask(gateway, "/v1/chat/completions")
    assert answer.body.count(b"word ") == 2000
    (record,) = records(gateway, 1)
    assert record["finish_reason"] == "stop" and "ended_by_limit" not in record
    if "tokens_per_day" in limits:  # what came bears out what the provider says
        assert record["usage_reported"] and "usage_doubted" not in record
        assert eventually(lambda: spent(gateway, "tokens_per_day") == 2009), spent(gateway, "tokens_per_day")


def test_who_hangs_up_pays_for_the_extensions_too(start_gateway, upstream):
    def script(request, connection):
        begin_stream(connection)
        for _ in range(500):
            send_piece(connection, chunk({"content": "word "}))
        upstream.gone.set() if not connection.recv(1) else None

    upstream.script = script
    gateway = start_gateway(limited(upstream, "tokens_per_day", 2000))
    body = json.dumps({"model": "default-chat", "stream": True, "max_tokens": BOUND,
                       "messages": [{"role": "user", "content": "hi"}]}).encode()
    with gateway.socket() as connection:
        connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nx-client-id: dev-local-1\r\n"
                           b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        got = b""
        while got.count(b"word ") < 500:
            got += connection.recv(65536)
        # What an extension has taken is seen while the stream goes on.
        assert eventually(lambda: 500 <= (spent(gateway, "tokens_per_day") or 0) <= 2 * 500)
    assert upstream.gone.wait(DEADLINE)
    (record,) = records(gateway, 1)
    assert record["client_disconnected"] and record["out_tokens"] == 500
    assert eventually(lambda: spent(gateway, "tokens_per_day") == 500 + record["in_tokens"])


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_as_a_whole_cannot_be_stopped_and_is_charged_what_it_costs(start_gateway, upstream, path):
    gateway = start_gateway(limited(upstream, "tokens_per_day"))
    ask_whole = lambda: gateway.chat("hi", path, {"x-client-id": "dev-local-1"}, max_tokens=BOUND)
    if path == "/v1/responses":
        ask_whole = lambda: gateway.request("POST", path, {"model": "default-chat", "input": "hi",
                                                           "max_output_tokens": BOUND}, {"x-client-id": "dev-local-1"})
    # A little beyond the bound is what the provider says, and much beyond it what its words are taken for.
    for words, usage in ((BOUND + 50, {"prompt_tokens": 9, "completion_tokens": BOUND + 50}),
                         (2000, {"prompt_tokens": 9, "completion_tokens": 2000})):
        body = completion("word " * words, usage=usage)
        upstream.script = lambda request, connection: respond(connection, 200, body)
        answer = ask_whole()
        assert answer.status == 200 and answer.body.count(b"word ") == words
    near, far = records(gateway, 2)
    assert (near["in_tokens"], near["out_tokens"], near["usage_reported"]) == (9, BOUND + 50, True)
    assert far["usage_doubted"] and 1000 < far["out_tokens"] < 4000, far
    assert not {"ended_by_limit"} & {*near, *far}
    due = sum(record["in_tokens"] + record["out_tokens"] for record in (near, far))
    assert eventually(lambda: spent(gateway, "tokens_per_day") == due), (spent(gateway, "tokens_per_day"), due)
    assert ask_whole().status == 429, "more than all is spent"


@pytest.mark.parametrize("path", PATHS)
def test_it_ends_by_an_unknown_limit_where_nobody_can_look(fleet, upstream, redis, path):
    away = threading.Event()

    def script(request, connection):
        begin_stream(connection)
        try:
            send_piece(connection, chunk({"role": "assistant", "content": ""}))
            for number in range(10_000):
                send_piece(connection, chunk({"content": "word "}))
                if number == BOUND // 2:
                    assert away.wait(DEADLINE)
            connection.recv(1)
        except OSError:
            upstream.gone.set()
            raise

    upstream.script = script
    gateway = fleet("limits: [ { per: client, tokens_per_day: 100000 } ]", "closed")[0]
    answers = []
    asking = threading.Thread(target=lambda: answers.append(ask(gateway, path)))
    asking.start()
    assert eventually(lambda: upstream.requests)
    redis.kill()
    assert eventually(lambda: not reachable(gateway))
    away.set()
    asking.join(DEADLINE)
    check_end(path, answers[0])
    assert upstream.gone.wait(DEADLINE)
    (record,) = records(gateway, 1)
    assert (record["ended_by_limit"], record["finish_reason"]) == ("unknown", "length")
    assert BOUND <= record["out_tokens"] <= 2 * BOUND, record
    told = 'gatehouse_streams_ended_by_limit_total{limit="unknown",per="unknown"} 1\n'
    assert told in gateway.admin("/metrics").body.decode()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("dimension", ["tokens_per_day", "dollars_per_day"])
def test_gateways_that_share_a_limit_extend_from_it_all(fleet, upstream, redis, path, dimension):
    upstream.script = endless(upstream)
    gateways = fleet(f"limits: [ {{ per: client, {dimension}: 1000 }} ]")
    check_end(path, ask(gateways[0], path))
    assert upstream.gone.wait(DEADLINE)
    (record,) = records(gateways[0], 1)
    assert record["ended_by_limit"] == f"client {dimension}"
    used = record["in_tokens"] + record["out_tokens"]
    assert 1000 - BOUND <= used <= 1000 + BOUND, used
    due = used * (1_000_000_000 if dimension == "dollars_per_day" else 1)
    assert eventually(lambda: redis.spent(f"client:{dimension}:dev-local-1") == due)
    assert ask(gateways[1], path).status == 429
