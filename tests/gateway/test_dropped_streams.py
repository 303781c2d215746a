"""A caller who hangs up in mid-stream pays for its input and for what it got, within a token of the
provider's own count, however many tokens came in a piece; and its slot is free within a second."""
import json
import time

import pytest

from dialects import names
from harness import DEADLINE, SINK, eventually, records
from providers import Anthropic, OpenAi, answer_as
from spending import spent
from upstream import begin_stream, send_piece

TEXT = "hello world world world<|" * 3
TOKENS = 5 * 3
INPUT = {"openai": 3 + 4 + 2,
         "anthropic": 20}  # "hello world", its message, the answer's beginning; or as reported
PATHS = ["/v1/chat", "/v1/chat/completions", "/v1/messages", "/v1/responses"]


def pieces_of(provider, text):
    """The beginning of a stream that says this in one piece, as the provider would."""
    told = list(provider.pieces("text"))
    (first,) = [piece for piece in told if b'"Hello ' in piece]
    before = [
        piece for piece in told[:told.index(first)]
        if b"thinking" not in piece and b'"index": 0' not in piece
    ]
    if provider.plugin == "anthropic":
        first = first.replace(b'"index": 1', b'"index": 0')
        before.append(b'event: content_block_start\ndata: {"type":"content_block_start","index":0,'
                      b'"content_block":{"type":"text","text":""}}\n\n')
    return before, first.replace(b'"Hello "', json.dumps(text).encode())


def counting_gateway(start_gateway, upstream, provider, ranks,
                     limits="tokens_per_day: 100000, concurrent: 1"):
    return start_gateway(f"""
providers:
  remote: {{ plugin: {provider.plugin}, base_url: "{upstream.url}", timeouts: {{ total: 10m }} }}
models:
  default-chat: {{ targets: [ {{ provider: remote, model: real }} ], encoding: o200k_base }}
token_counts: {{ o200k_base: {ranks} }}
limits: [ {{ per: client, {limits} }} ]
""" + SINK)


def hang_up_after(gateway, upstream, path, wanted):
    """When it was."""
    body = {"model": "default-chat", "stream": True}
    if path == "/v1/responses":
        body |= {"input": "hello world", "max_output_tokens": 5000}
    else:
        body |= {"messages": [{"role": "user", "content": "hello world"}], "max_tokens": 5000}
    payload = json.dumps(body).encode()
    with gateway.socket() as connection:
        connection.sendall(
            f"POST {path} HTTP/1.1\r\nhost: localhost\r\nx-client-id: dev-local-1\r\n"
            f"content-type: application/json\r\n"
            f"content-length: {len(payload)}\r\n\r\n".encode() + payload)
        got = b""
        while got.count(b"<|") < wanted:
            data = connection.recv(65536)
            assert data, got
            got += data
    return time.monotonic()


@pytest.mark.parametrize("provider", [OpenAi(), Anthropic()], ids=names)
@pytest.mark.parametrize("path", PATHS)
def test_it_pays_for_what_it_got(start_gateway, upstream, ranks, provider, path):
    count = 10

    def endless(request, connection):
        begin_stream(connection)
        before, piece = pieces_of(provider, TEXT)
        for sent in before + [piece] * count:
            send_piece(connection, sent)
        upstream.gone.set() if not connection.recv(1) else None

    upstream.script = endless
    gateway = counting_gateway(start_gateway, upstream, provider, ranks)
    hang_up_after(gateway, upstream, path, count * 3)
    assert upstream.gone.wait(DEADLINE)
    (record,) = records(gateway, 1)
    assert not record["usage_reported"]
    due = INPUT[provider.plugin] + count * TOKENS
    if provider.plugin == "anthropic":
        due += 1  # of which it said at its beginning
    assert due - 1 <= record["in_tokens"] + record["out_tokens"] <= due + 1, record
    assert eventually(lambda: due - 1 <= (spent(gateway, "tokens_per_day") or 0) <= due + 1), (
        spent(gateway, "tokens_per_day"), due)


@pytest.mark.parametrize("provider", [OpenAi(), Anthropic()], ids=names)
def test_a_token_may_come_in_two_pieces(start_gateway, upstream, ranks, provider):
    def split(request, connection):
        begin_stream(connection)
        for sent in pieces_of(provider, "")[0] + [
                pieces_of(provider, text)[1]
                for text in ("hello wor", "ld wo", "rld w", "orld", "<|")
        ]:
            send_piece(connection, sent)
        upstream.gone.set() if not connection.recv(1) else None

    upstream.script = split
    gateway = counting_gateway(start_gateway, upstream, provider, ranks)
    hang_up_after(gateway, upstream, "/v1/chat/completions", 1)
    assert upstream.gone.wait(DEADLINE)
    due = INPUT[provider.plugin] + 5 + (provider.plugin == "anthropic")
    assert eventually(lambda: due - 1 <= (spent(gateway, "tokens_per_day") or 0) <= due + 1), (
        spent(gateway, "tokens_per_day"), due)


def test_its_slot_is_free_within_a_second(start_gateway, upstream, ranks):
    provider = OpenAi()

    def once(_):
        upstream.gone.clear()

        def endless(request, connection):
            begin_stream(connection)
            before, piece = pieces_of(provider, TEXT)
            for sent in before + [piece]:
                send_piece(connection, sent)
            upstream.gone.set() if not connection.recv(1) else None

        upstream.script = endless
        hung_up = hang_up_after(gateway, upstream, "/v1/chat/completions", 3)
        upstream.script = answer_as(provider)
        while gateway.chat("hi", max_tokens=5).status != 200:
            assert time.monotonic() - hung_up < DEADLINE
            time.sleep(0.01)
        assert upstream.gone.wait(DEADLINE)
        return time.monotonic() - hung_up

    gateway = counting_gateway(start_gateway, upstream, provider, ranks)
    assert min(map(once, range(5))) < 1  # somebody else may need the machine once in a while
