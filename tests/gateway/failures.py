"""Every way a provider can fail, and what Gatehouse says of each: the table that test_failures.py
walks through in every dialect, whole and streamed."""
import collections
import email.utils
import json
import socket
import threading
import time

import pytest

from harness import DEADLINE
from providers import OpenAi, sse
from upstream import answer_with, begin_stream, end_stream, send_piece

KEY = "sk-upstream-secret"

# The answer's status, and its error's type for /v1/chat, OpenAI's dialects and Anthropic's.
Said = collections.namedtuple("Said", "status gateway openai anthropic anthropic_status",
                              defaults=[None])
FAILED = Said(502, "upstream_error", "server_error", "api_error")
UNREACHABLE = Said(502, "upstream_unreachable", "server_error", "api_error")
TIMED_OUT = Said(504, "upstream_timeout", "server_error", "timeout_error")
INVALID = Said(400, "invalid_request_error", "invalid_request_error", "invalid_request_error")
LIMITED = Said(429, "rate_limit_exceeded", "requests", "rate_limit_error")
BUSY = Said(503, "upstream_error", "server_error", "overloaded_error", 529)

# Models of their own for what makes the gateway leave a target alone.
PAUSED = ("paused-1", "paused-2", "paused-3")

# What the provider does, what is said of it, and how often it was asked where it may be asked
# twice.
Case = collections.namedtuple("Case", "script said asked model retry_after half",
                              defaults=[2, "default-chat", None, False])


def hang_up(request, connection):
    return "close"


def silence(request, connection):
    connection.settimeout(DEADLINE)
    try:
        connection.recv(1)
    except TimeoutError:
        pass
    return "close"


def raw(data, then=hang_up):
    def script(request, connection):
        connection.sendall(data)
        return then(request, connection)
    return script


def refused(status, headers="", message="upstream says no"):
    return answer_with(
        status, {"error": {"message": message, "type": "whatever", "param": None, "code": None}},
        headers=headers)


def in_an_hour():
    return "retry-after: " + email.utils.formatdate(time.time() + 3600, usegmt=True) + "\r\n"


def stream_of(*pieces):
    def script(request, connection):
        begin_stream(connection)
        for piece in pieces:
            send_piece(connection, piece)
        end_stream(connection)
    return script


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
HALF = b'{"id":"c","choices":[{"index":0,"message":{"content":"Hel'

BEFORE = {
    # It cannot be reached.
    "refuses the connection": Case(None, UNREACHABLE, 0, "nobody"),
    "accepts no connection": Case(None, TIMED_OUT, 0, "full"),
    "speaks no TLS": Case(None, UNREACHABLE, 0, "plain"),
    # It gives no answer.
    "hangs up": Case(hang_up, FAILED),
    "never answers": Case(silence, TIMED_OUT, 1),
    "is slow with its head": Case(raw(b"HTTP/1.1 200 OK\r\n", silence), TIMED_OUT, 1),
    "cuts its head": Case(raw(b"HTTP/1.1 200 OK\r\ncontent-ty"), FAILED),
    "promises an answer": Case(raw(b"HTTP/1.1 100 Continue\r\n\r\n"), FAILED),
    # It gives half an answer, which may have to be paid for: it is not asked for another.
    "cuts its body": Case(raw(HEAD + b"content-length: 500\r\n\r\n" + HALF), FAILED, 1, half=True),
    "cuts its chunks": Case(
        raw(HEAD + b"transfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(HALF), HALF)), FAILED,
        1, half=True),
    "cuts within a chunk": Case(raw(HEAD + b"transfer-encoding: chunked\r\n\r\nff\r\n" + HALF),
                                FAILED, 1, half=True),
    "breaks its chunks midway": Case(
        raw(HEAD + b"transfer-encoding: chunked\r\n\r\n%x\r\n%s\r\nZZ\r\n" % (len(HALF), HALF)),
        FAILED, 1, half=True),
    "ends where half of it is missing": Case(raw(HEAD + b"connection: close\r\n\r\n" + HALF),
                                             FAILED, 1, half=True),
    "stalls in its body": Case(raw(HEAD + b"content-length: 500\r\n\r\n" + HALF, silence),
                               TIMED_OUT, 1, half=True),
    # It cannot be understood as HTTP.
    "speaks no HTTP": Case(raw(b"\x16\x03\x01 what\r\n\r\n"), FAILED),
    "has a huge head": Case(raw(b"HTTP/1.1 200 OK\r\nx: " + b"x" * 70000 + b"\r\n\r\n"), FAILED),
    "gives two lengths": Case(raw(HEAD + b"content-length: 2\r\ncontent-length: 3\r\n\r\n{}"),
                              FAILED),
    "gives a length and chunks": Case(
        raw(HEAD + b"content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"), FAILED),
    "gives a negative length": Case(raw(HEAD + b"content-length: -2\r\n\r\n{}"), FAILED),
    "breaks its chunks": Case(raw(HEAD + b"transfer-encoding: chunked\r\n\r\nZZ\r\n{}"), FAILED),
    "compresses": Case(
        raw(HEAD + b"content-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1f\x8b\x08\x00"), FAILED),
    # It cannot be understood.
    "answers with nothing": Case(answer_with(200, b""), FAILED),
    "has no content": Case(raw(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"), FAILED),
    "answers with garbage": Case(answer_with(200, b"{broken}\n"), FAILED),
    "answers with a web page": Case(answer_with(200, b"<html>", "text/html"), FAILED),
    "answers with other JSON": Case(answer_with(200, {"object": "list"}), FAILED),
    "puts an error into a 200": Case(answer_with(200, {"error": {"message": "boom"}}), FAILED),
    "ends its stream at once": Case(stream_of(sse("[DONE]")), FAILED),
    "begins its stream with an error": Case(stream_of(sse({"error": {"message": "boom"}})), FAILED),
    # It says no.
    "redirects": Case(answer_with(307, b"", headers="location: http://127.0.0.1:9/\r\n"), FAILED,
                      1),
    "refuses the request": Case(refused(400), INVALID, 1),
    "refuses the key": Case(refused(401, message="bad key " + KEY), FAILED, 1),
    "forbids it": Case(refused(403), FAILED, 1),
    "has no such model": Case(refused(404), FAILED, 1),
    "has waited too long": Case(refused(408), FAILED),
    "is in conflict": Case(refused(409), FAILED),
    "finds it too large": Case(refused(413),
                               INVALID._replace(status=413, anthropic="request_too_large"), 1),
    "cannot process it": Case(refused(422), INVALID._replace(status=422), 1),
    "limits the rate": Case(refused(429), LIMITED),
    "limits the rate for seconds": Case(refused(429, "retry-after: 37\r\n"), LIMITED, 1, "paused-1",
                                        retry_after=(30, 37)),
    "limits the rate until a date": Case(lambda *a: refused(429, in_an_hour())(*a), LIMITED, 1,
                                         "paused-2", retry_after=(3500, 3600)),
    "limits the rate for milliseconds": Case(
        refused(429, "retry-after: 1\r\nretry-after-ms: 37100\r\n"), LIMITED, 1,
        "paused-3", retry_after=(30, 38)),
    "fails": Case(refused(500), FAILED),
    "has a bad gateway": Case(answer_with(502, b"<html>", "text/html"), FAILED),
    "is unavailable, in HTML": Case(answer_with(503, b"<html>", "text/html"), FAILED),
    "is overloaded": Case(refused(529), BUSY),
    "cuts its refusal": Case(raw(b"HTTP/1.1 500 X\r\ncontent-length: 900\r\n\r\n{\"error\":"),
                             FAILED),
}


def garbage_of(provider):
    return b"{broken\n" if provider.plugin == "ollama" else b"data: {broken\n\n"


def sends(data, end=True):
    def then(connection):
        send_piece(connection, data)
        if end:
            end_stream(connection)
        return "close"
    return then


def sends_raw(data):
    def then(connection):
        connection.sendall(data)
        return "close"
    return then


def error_of(provider):
    status, body = provider.failure
    if provider.plugin == "ollama":
        return json.dumps(body).encode() + b"\n"
    return sse(body, "error" if provider.plugin == "anthropic" else None)


# What the provider does after the first pieces of a stream: provider -> (connection -> what becomes
# of it). Whatever it is, the caller's stream ends in the dialect's own error event and nothing
# behind it.
MIDWAY = {
    "is cut": lambda provider: lambda connection: "close",
    "is cut within an event": lambda provider: sends(garbage_of(provider)[:6], end=False),
    "is cut within a chunk": lambda provider: sends_raw(b"ff\r\ndata: {"),
    "ends too early": lambda provider: lambda connection: end_stream(connection),
    "breaks its chunks": lambda provider: sends_raw(b"ZZ\r\nwhat\r\n"),
    "turns to garbage": lambda provider: sends(garbage_of(provider)),
    "ends in an error": lambda provider: sends(error_of(provider)),
}


def pieces_then(pieces, then):
    """A stream that begins as it should, and then `then(connection)`."""
    def script(request, connection):
        begin_stream(connection)
        for piece in pieces:
            send_piece(connection, piece)
        return then(connection)
    return script


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as once:
        return once.getsockname()[1]


@pytest.fixture
def plain_port():
    """Of a server that answers a TLS handshake as web servers do whose port has no TLS."""
    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)  # closing alone would leave accept() waiting


@pytest.fixture
def full_port():
    """Of a listener that takes no more connections."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for client in waiting:
            client.close()


@pytest.fixture
def remote(start_gateway, upstream, full_port, plain_port):
    """A gateway in front of the scripted provider, and of some that cannot be reached."""
    def start(provider=OpenAi(), timeouts="first_byte: 20s", attempts=1):
        def entry(name, url):
            return (
                f"  {name}: {{ plugin: {provider.plugin}, base_url: \"{url}\", api_key: {KEY}, "
                "breaker: { failures: 0 }, "
                f"timeouts: {{ connect: {'500ms' if name == 'full' else '20s'}, {timeouts} }} }}\n")

        def model(alias, name, real="real"):
            return (f"  {alias}: {{ targets: [ {{ provider: {name}, model: {real} }} ], "
                    f"retry: {{ attempts: {attempts}, backoff: 1ms }} }}\n")

        urls = {
            "remote": upstream.url, "nobody": f"http://127.0.0.1:{closed_port()}/v1",
            "full": f"http://127.0.0.1:{full_port}/v1",
            "plain": f"https://127.0.0.1:{plain_port}/v1"
        }
        return start_gateway("providers:\n" + "".join(entry(*item) for item in urls.items()) +
                             "models:\n" + model("default-chat", "remote") +
                             "".join(model(name, name) for name in urls if name != "remote") +
                             "".join(model(name, "remote", name) for name in PAUSED) +
                             "log_sinks: [ { plugin: jsonl, config: { path: requests.jsonl } } ]\n")
    return start
