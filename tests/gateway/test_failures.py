"""Every way a provider can fail, and what Gatehouse says of each, in one table: before an answer has begun as an
error's status and type, midway as the stream's own error event, never as a clean end."""
import json
import socket
import time

import pytest

from conftest import DEADLINE, records
from providers import PROVIDERS, OpenAi
from test_dialects import DIALECTS, Chat, Messages, Responses, names
from upstream import Upstream, answer_with, begin_stream, end_stream, respond, send_piece

KEY = "sk-upstream-secret"


def hang_up(request, connection):
    return "close"


def silence(request, connection):
    connection.settimeout(DEADLINE)
    try:
        connection.recv(1)
    except TimeoutError:
        pass
    return "close"


def raw(data):
    def script(request, connection):
        connection.sendall(data)
        return "close"
    return script


def refused(status, headers="", code=None, message="upstream says no"):
    return answer_with(status, {"error": {"message": message, "type": "whatever", "param": None, "code": code}}, headers=headers)


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"

# What the provider does instead of answering -> the status, and the error's type for chat, messages, responses.
BEFORE = {
    "hangs up": (hang_up, 502, "server_error", "api_error"),
    "never answers": (silence, 504, "server_error", "timeout_error"),
    "speaks no HTTP": (raw(b"\x16\x03\x01 what\r\n\r\n"), 502, "server_error", "api_error"),
    "cuts its head": (raw(b"HTTP/1.1 200 OK\r\ncontent-ty"), 502, "server_error", "api_error"),
    "cuts its body": (raw(HEAD + b"content-length: 900\r\n\r\n{\"id\":"), 502, "server_error", "api_error"),
    "gives two lengths": (raw(HEAD + b"content-length: 2\r\ncontent-length: 3\r\n\r\n{}"), 502, "server_error", "api_error"),
    "breaks its chunks": (raw(HEAD + b"transfer-encoding: chunked\r\n\r\nZZ\r\n{}"), 502, "server_error", "api_error"),
    "answers with nothing": (answer_with(200, b""), 502, "server_error", "api_error"),
    "answers with a web page": (answer_with(200, b"<html>", "text/html"), 502, "server_error", "api_error"),
    "answers with other JSON": (answer_with(200, {"object": "list"}), 502, "server_error", "api_error"),
    "puts an error into a 200": (answer_with(200, {"error": {"message": "boom"}}), 502, "server_error", "api_error"),
    "redirects": (answer_with(307, b"", headers="location: http://127.0.0.1:9/\r\n"), 502, "server_error", "api_error"),
    "refuses the request": (refused(400), 400, "invalid_request_error", "invalid_request_error"),
    "refuses the key": (refused(401, message="bad key " + KEY), 502, "server_error", "api_error"),
    "forbids it": (refused(403), 502, "server_error", "api_error"),
    "has no such model": (refused(404), 502, "server_error", "api_error"),
    "finds it too large": (refused(413), 413, "invalid_request_error", "request_too_large"),
    "cannot process it": (refused(422), 422, "invalid_request_error", "invalid_request_error"),
    "limits the rate": (refused(429, "retry-after: 7\r\n"), 429, "tokens|requests|rate_limit_exceeded", "rate_limit_error"),
    "fails": (refused(500), 502, "server_error", "api_error"),
    "is busy, in HTML": (answer_with(503, b"<html>", "text/html"), 502, "server_error", "api_error"),
}


@pytest.fixture
def remote(gateway, upstream):
    def start(provider=OpenAi(), timeouts="first_byte: 20s"):
        return gateway(f"""
providers: {{ remote: {{ plugin: {provider.plugin}, base_url: "{upstream.url}", api_key: {KEY}, timeouts: {{ {timeouts} }}, breaker: {{ failures: 0 }} }} }}
models: {{ default-chat: {{ targets: [ {{ provider: remote, model: real }} ], retry: {{ attempts: 1 }} }} }}
log_sinks: [ {{ plugin: jsonl, config: {{ path: requests.jsonl }} }} ]
""")
    return start


def each_dialect_hears(one, upstream, case):
    script, status, openai_type, anthropic_type = BEFORE[case]
    upstream.script = script
    for dialect in DIALECTS:
        for streamed in (False, True):
            body = {"model": "default-chat", **dialect.request("text"), **(dialect.stream if streamed else {})}
            upstream.requests.clear()
            answer = one.request("POST", dialect.path, body)
            where = (case, names(dialect), streamed, answer.status, answer.body)
            assert answer.status == status, where
            assert answer.headers["content-type"] == "application/json" and answer.headers["x-request-id"], where
            error = answer.json()["error"]
            types = anthropic_type if isinstance(dialect, Messages) else openai_type
            assert error["type"] in types.split("|"), where
            assert error["message"] and KEY not in answer.body.decode(), where
            assert answer.headers.get("retry-after") == ("7" if status == 429 else None), where
            assert len(upstream.requests) == 1, where


def test_before_the_answer(remote, upstream):
    one = remote()
    cases = [case for case in BEFORE if case != "never answers"]
    for case in cases:
        each_dialect_hears(one, upstream, case)
    seen = records(one, len(cases) * 2 * len(DIALECTS))
    assert all(record["error_type"] and record["attempts"] == 1 for record in seen)
    assert KEY not in one.log()


def test_a_provider_that_never_answers(remote, upstream):
    one = remote(timeouts="first_byte: 1s")
    each_dialect_hears(one, upstream, "never answers")
    assert {record["error_type"] for record in records(one, 2 * len(DIALECTS))} == {"upstream_timeout"}


def pieces_then(provider, count, then):
    """A stream that begins as it should, and then `then(connection)`."""
    def script(request, connection):
        begin_stream(connection)
        for piece in list(provider.pieces("text"))[:count]:
            send_piece(connection, piece)
        return then(connection)
    return script


def sends(data, end=True):
    def then(connection):
        send_piece(connection, data)
        if end:
            end_stream(connection)
        return "close"
    return then


def garbage_of(provider):
    return b"{broken\n" if provider.plugin == "ollama" else b"data: {broken\n\n"


MIDWAY = {
    "is cut": lambda provider: lambda connection: "close",
    "ends too early": lambda provider: lambda connection: end_stream(connection),
    "stalls": lambda provider: lambda connection: silence(None, connection),
    "breaks its chunks": lambda provider: lambda connection: connection.sendall(b"ZZ\r\nwhat\r\n") or "close",
    "turns to garbage": lambda provider: sends(garbage_of(provider)),
    "is cut within an event": lambda provider: sends(garbage_of(provider)[:6], end=False),
}


def each_dialect_hears_midway(one, upstream, provider, case):
    upstream.script = pieces_then(provider, 2, MIDWAY[case](provider))
    for dialect in DIALECTS:
        upstream.requests.clear()
        answer = one.request("POST", dialect.path, {"model": "default-chat", **dialect.request("text"), **dialect.stream})
        where = (case, names(dialect), answer.body)
        assert answer.status == 200 and dialect.broken(answer), where
        assert b"[DONE]" not in answer.body and len(upstream.requests) == 1, where


@pytest.mark.parametrize("provider", PROVIDERS, ids=names)
def test_midway(remote, upstream, provider):
    one = remote(provider)
    cases = [case for case in MIDWAY if case != "stalls"]
    for case in cases:
        each_dialect_hears_midway(one, upstream, provider, case)
    seen = records(one, len(cases) * len(DIALECTS))
    assert all(r["status"] == 200 and r["error_type"].startswith("upstream") for r in seen)


def test_a_provider_that_stalls_midway(remote, upstream):
    # What comes at once on a loaded machine is far from what a stalled provider is given.
    each_dialect_hears_midway(remote(timeouts="between_chunks: 3s"), upstream, OpenAi(), "stalls")


def test_an_error_event_of_the_provider_is_passed_on_in_each_dialect(remote, upstream):
    upstream.script = pieces_then(OpenAi(), 3, sends(b'data: {"error":{"message":"model fell over"}}\n\n'))
    one = remote()
    for dialect in DIALECTS:
        answer = one.request("POST", dialect.path, {"model": "default-chat", **dialect.request("text"), **dialect.stream})
        assert dialect.broken(answer) and b"model fell over" in answer.body


def test_an_answer_without_end_is_bounded(remote, upstream):
    def endless(request, connection):
        begin_stream(connection)
        connection.settimeout(DEADLINE)
        while True:  # until the gateway has had enough
            send_piece(connection, b"x" * 65536)

    upstream.script = endless
    answer = remote().chat(path="/v1/chat/completions", stream=True)
    assert answer.status == 502 and answer.json()["error"]["type"] == "server_error"


def test_the_whole_answer_has_a_time(remote, upstream):
    def dripping(request, connection):
        begin_stream(connection)
        pieces = list(OpenAi().pieces("text"))
        send_piece(connection, pieces[0])
        while True:
            send_piece(connection, pieces[1])
            time.sleep(0.1)

    upstream.script = dripping
    answer = remote(timeouts="total: 4s").chat(path="/v1/chat/completions", stream=True)
    assert "within 4 s" in json.loads(answer.events()[-1])["error"]["message"]


def test_a_slow_reader_holds_the_provider_back(remote, upstream):
    """No more is read from the provider than a bounded amount while the caller takes nothing."""
    sent = []

    def flood(request, connection):
        begin_stream(connection)
        piece = b"data: " + json.dumps({"choices": [{"index": 0, "delta": {"content": "x" * 30000}}]}).encode() + b"\n\n"
        connection.settimeout(2)
        try:
            for _ in range(4000):  # 120 MB
                send_piece(connection, piece)
                sent.append(len(piece))
        except OSError:
            pass
        return "close"

    upstream.script = flood
    one = remote()
    body = json.dumps({"model": "default-chat", "stream": True, "messages": [{"role": "user", "content": "x"}]}).encode()
    with one.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        client.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-client-id: a\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:  # until the provider could send nothing for a while
            before = len(sent)
            time.sleep(2.5)
            if sent and len(sent) == before:
                break
        assert sum(sent) < 60 << 20


SECRETS = {"authorization": "Bearer caller-key", "cookie": "session=caller-cookie"}
OTHERS = {"x-client-id": "a", "x-request-id": "caller-id-7", "x-forwarded-for": "10.1.2.3", "user-agent": "caller/1",
          "proxy-authorization": "Basic caller-proxy", "openai-organization": "org-caller", "anthropic-beta": "caller-beta",
          "x-stainless-lang": "js", "accept": "text/caller", "traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01",
          "tracestate": "caller=1", "baggage": "caller=1"}
# Everything a provider may be sent: what its wire and HTTP need, and the trace.
ALLOWED = {"host", "content-type", "content-length", "accept", "user-agent", "connection", "accept-encoding", "traceparent"}
KEYS = {"openai": {"authorization"}, "anthropic": {"x-api-key", "anthropic-version"}, "gemini": {"x-goog-api-key"}, "ollama": {"authorization"}}


@pytest.mark.parametrize("provider", PROVIDERS, ids=names)
def test_only_an_allow_list_of_headers_reaches_the_provider(remote, upstream, provider):
    upstream.script = answer_with(200, provider.whole("text"))
    one = remote(provider)
    assert one.chat(path="/v1/chat/completions", headers={**SECRETS, **OTHERS}).status == 200
    seen = upstream.requests[0].headers
    assert set(seen) <= ALLOWED | KEYS[provider.plugin], seen
    assert "caller" not in json.dumps(seen)
    assert seen["traceparent"].startswith("00-" + "a" * 32) and "b" * 16 not in seen["traceparent"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(remote, upstream, status):
    elsewhere = Upstream()
    try:
        upstream.script = answer_with(status, b"", headers=f"location: {elsewhere.url}/chat/completions\r\n")
        answer = remote().chat(path="/v1/chat/completions")
        assert answer.status == 502 and str(status) in answer.json()["error"]["message"]
        assert len(upstream.requests) == 1 and not elsewhere.requests
    finally:
        elsewhere.close()
