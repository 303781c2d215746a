"""What was handed to a provider is paid for: each attempt by itself, whatever became of its answer. What a provider
says of its usage is doubted."""
import json
import threading
import time

import pytest

from harness import DEADLINE, SINK, eventually, records, unused_port
from upstream import (STREAM, begin_stream, chunk, completion, end_stream, respond, send_piece)

PROMPT = "hello there " * 100
BOUND = 50


def configuration(upstream, *providers, timeouts="", limits="tokens_per_day: 100000", model=""):
    names = providers or ("first",)
    lines = "\n".join(f'  {name}: {{ plugin: openai, base_url: "{upstream.url}/{name}"{timeouts} }}' for name in names)
    targets = ", ".join(f"{{ provider: {name}, model: real, weight: {int(name == names[0])} }}" for name in names)
    return f"""
providers:
{lines}
models: {{ default-chat: {{ targets: [ {targets} ]{model} }} }}
limits: [ {{ per: client, {limits} }} ]
""" + SINK


def by_provider(**scripts):
    """Each provider, told by its path, does as its own script says."""
    def script(request, connection):
        return scripts[request.path.split("/")[2]](request, connection)
    return script


def silent(request, connection):
    connection.recv(1)  # until the gateway leaves


def whole(request, connection):
    respond(connection, 200, completion())


def estimate(gateway):
    """The tokens that the prompt is taken for: its record's where the provider says nothing of it."""
    return (len(PROMPT) * 10 + 32) // 33 + 4


def body(stream, **more):
    return {"model": "default-chat", "stream": stream, "max_tokens": BOUND,
            "messages": [{"role": "user", "content": PROMPT}], **more}


def ask(gateway, stream=False, **more):
    return gateway.request("POST", "/v1/chat/completions", body(stream, **more), {"x-client-id": "dev-local-1"})


def hang_up(gateway, upstream, path, stream):
    sent = body(stream)
    if path == "/v1/responses":
        sent = {"model": "default-chat", "stream": stream, "input": PROMPT, "max_output_tokens": BOUND}
    payload = json.dumps(sent).encode()
    before = len(upstream.requests)
    with gateway.socket() as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nhost: localhost\r\nx-client-id: dev-local-1\r\n"
                           f"content-type: application/json\r\ncontent-length: {len(payload)}\r\n\r\n".encode() + payload)
        assert eventually(lambda: len(upstream.requests) > before)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("path", ["/v1/chat", "/v1/chat/completions", "/v1/messages", "/v1/responses"])
def test_who_hangs_up_before_the_first_byte_pays_for_the_prompt(start_gateway, upstream, path, stream):
    upstream.script = silent
    gateway = start_gateway(configuration(upstream))
    hang_up(gateway, upstream, path, stream)
    (record,) = records(gateway, 1)
    assert (record["status"], record["usage_reported"]) == (499, False)
    assert estimate(gateway) - 8 <= record["in_tokens"] <= estimate(gateway) + 8
    # Nobody stops the making of an answer that was asked for as a whole.
    assert record["out_tokens"] == (0 if stream else BOUND)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_first_attempt_that_took_too_long_is_paid_for_beside_the_second(start_gateway, upstream, stream):
    def streamed(request, connection):
        begin_stream(connection)
        for piece in STREAM:
            send_piece(connection, piece)
        end_stream(connection)

    upstream.script = by_provider(first=silent, second=streamed if stream else whole)
    gateway = start_gateway(configuration(upstream, "first", "second", timeouts=", timeouts: { first_byte: 200ms }"))
    answer = ask(gateway, stream)
    assert answer.status == 200
    (record,) = records(gateway, 1)
    first, second = record["tries"]
    assert first["in_tokens"] == estimate(gateway) and first["out_tokens"] == (0 if stream else BOUND)
    assert not first["usage_reported"] and second["usage_reported"]
    assert record["in_tokens"] == first["in_tokens"] + second["in_tokens"]
    assert record["out_tokens"] == first["out_tokens"] + second["out_tokens"]
    if not stream:
        assert answer.json()["usage"]["prompt_tokens"] == 9, "the caller is told of his answer alone"


REFUSALS = {
    "an error's status": lambda connection: respond(connection, 503, {"error": {"message": "busy"}}),
    "an error in the place of an answer": lambda connection: respond(connection, 200, {"error": {"message": "busy"}}),
    "the caller's fault": lambda connection: respond(connection, 400, {"error": {"message": "no"}}),
}


@pytest.mark.parametrize("how", REFUSALS)
def test_a_refusal_costs_nothing(start_gateway, upstream, how):
    upstream.script = lambda request, connection: REFUSALS[how](connection)
    gateway = start_gateway(configuration(upstream))
    assert ask(gateway).status >= 400
    (record,) = records(gateway, 1)
    assert record["in_tokens"] + record["out_tokens"] == 0


def test_nobody_there_costs_nothing(start_gateway, upstream):
    port = upstream.url.split(":")[2].split("/")[0]
    gateway = start_gateway(configuration(upstream).replace(f":{port}/", f":{unused_port()}/"))
    assert ask(gateway).status >= 500
    (record,) = records(gateway, 1)
    assert record["in_tokens"] + record["out_tokens"] == 0


def test_an_answer_that_breaks_off_is_paid_for(start_gateway, upstream):
    def half(request, connection):
        connection.sendall(b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n{"id":')
        return "close"

    upstream.script = half
    gateway = start_gateway(configuration(upstream))
    assert ask(gateway).status == 502
    (record,) = records(gateway, 1)
    assert (record["in_tokens"], record["out_tokens"]) == (estimate(gateway), BOUND)


HELLO = [chunk({"role": "assistant", "content": ""})]
USAGE = chunk(usage={"prompt_tokens": 70, "completion_tokens": 1, "total_tokens": 71})


@pytest.mark.parametrize("hello, cost", [(HELLO, 0), (HELLO + [USAGE], 71)], ids=["a role", "a usage"])
def test_a_stream_that_only_said_hello_is_failed_over(start_gateway, upstream, hello, cost):
    def first(request, connection):
        begin_stream(connection)
        for piece in hello + [b'data: {"error":{"message":"overloaded"}}\n\n']:
            send_piece(connection, piece)
        end_stream(connection)

    def second(request, connection):
        begin_stream(connection)
        for piece in STREAM:
            send_piece(connection, piece)
        end_stream(connection)

    upstream.script = by_provider(first=first, second=second)
    gateway = start_gateway(configuration(upstream, "first", "second"))
    answer = ask(gateway, stream=True)
    assert answer.status == 200 and b"error" not in answer.body and b"[DONE]" in answer.body
    assert answer.body.count(b'"role"') == 1, "nobody hears of the first"
    (record,) = records(gateway, 1)
    assert [one.get("in_tokens", 0) + one.get("out_tokens", 0) for one in record["tries"]][0] == cost


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("limits, bound", [("tokens_per_day: 100000", 4096), ("tokens_per_minute: 100000", 4096),
                                           ("requests_per_minute: 100", None)])
def test_a_caller_without_a_bound_gets_one_where_tokens_are_counted(start_gateway, upstream, stream, limits, bound):
    def script(request, connection):
        if not stream:
            return whole(request, connection)
        begin_stream(connection)
        for piece in STREAM:
            send_piece(connection, piece)
        end_stream(connection)

    upstream.script = script
    gateway = start_gateway(configuration(upstream, limits=limits))
    unbounded = body(stream)
    del unbounded["max_tokens"]
    assert gateway.request("POST", "/v1/chat/completions", unbounded).status == 200
    assert upstream.requests[0].json().get("max_tokens") == bound
    (record,) = records(gateway, 1)
    assert record.get("output_bound") == bound
    assert ask(gateway, stream).status == 200
    assert upstream.requests[1].json()["max_tokens"] == BOUND, "his own stays"


def test_a_model_may_have_a_bound_of_its_own(start_gateway, upstream):
    upstream.script = whole
    gateway = start_gateway(configuration(upstream, model=", max_output: 777"))
    unbounded = body(False)
    del unbounded["max_tokens"]
    assert gateway.request("POST", "/v1/chat/completions", unbounded).status == 200
    assert upstream.requests[0].json()["max_tokens"] == 777


def test_forty_at_once_spend_no_more_than_the_budget(start_gateway, upstream):
    """Each answer is as long as its bound allows, as that of a real provider is."""
    def thorough(request, connection):
        time.sleep(0.2)
        said = request.json()["max_tokens"]
        usage = {"prompt_tokens": 100, "completion_tokens": said, "total_tokens": 100 + said}
        respond(connection, 200, completion(usage=usage))

    upstream.script = thorough
    gateway = start_gateway(configuration(upstream, limits="tokens_per_day: 20000"))
    unbounded = body(False)
    del unbounded["max_tokens"]
    statuses = []

    def one():
        statuses.append(gateway.request("POST", "/v1/chat/completions", unbounded,
                                        {"x-client-id": "dev-local-1"}).status)

    threads = [threading.Thread(target=one) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert statuses.count(200) >= 4 and set(statuses) == {200, 429}
    lines = records(gateway, 40)
    total = sum(line["in_tokens"] + line["out_tokens"] for line in lines)
    assert 15_000 < total <= 20_000, "what is left is used, and no more"


@pytest.mark.parametrize("usage", [
    {"prompt_tokens": 10**9, "completion_tokens": 4},
    {"prompt_tokens": 9, "completion_tokens": 10**9},
    {"prompt_tokens": 2**64 - 1, "completion_tokens": 2**64 - 1},
    {"prompt_tokens": 4 * 10**18, "completion_tokens": 4 * 10**18},
    {"prompt_tokens": 300, "completion_tokens": BOUND + BOUND // 8 + 64 + 1},  # words beyond the bound that was sent
])
def test_what_cannot_be_is_not_believed(start_gateway, upstream, usage):
    upstream.script = lambda request, connection: respond(connection, 200, completion(usage=usage))
    gateway = start_gateway(configuration(upstream))
    assert [ask(gateway).status for _ in range(3)] == [200] * 3
    for record in records(gateway, 3):
        assert not record["usage_reported"]
        assert 0 < record["in_tokens"] < 1000 and 0 < record["out_tokens"] <= BOUND
    doubted = max(usage.values()) < 2**53  # else it is no count at all
    assert sum(record.get("usage_doubted", False) for record in records(gateway, 3)) == 3 * doubted
    assert f"gatehouse_usage_doubted_total {3 * doubted}\n" in gateway.admin("/metrics").body.decode()
    assert ("first says that it used more tokens than can be" in gateway.log()) == doubted
    assert gateway.admin("/admin/usage?by=day").status == 200


@pytest.mark.parametrize("words", [BOUND, BOUND + BOUND // 8 + 64])
def test_much_that_can_be_is_believed(start_gateway, upstream, words):
    usage = {"prompt_tokens": 20_000, "completion_tokens": words, "total_tokens": 20_000 + words}
    upstream.script = lambda request, connection: respond(connection, 200, completion(usage=usage))
    gateway = start_gateway(configuration(upstream))
    assert ask(gateway).status == 200
    (record,) = records(gateway, 1)
    assert (record["in_tokens"], record["out_tokens"], record["usage_reported"]) == (20_000, words, True)
    assert "usage_doubted" not in record
