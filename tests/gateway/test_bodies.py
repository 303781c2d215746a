"""Who needs no body to be told no is told before it comes, and all bodies together are bounded."""
import json
import socket
import time

import pytest

from harness import DEADLINE, ECHO, SINK, eventually, records
from keys import create_key, key_command

KEYS = ECHO + SINK + "auth: keys\n"
TOKEN = 'admin: { listen: 127.0.0.1:0, token: "${ADMIN}" }\n' + ECHO
ENV = {"ADMIN": "may-change-0123"}
LARGE = 1 << 20


def head(method, path, *fields, length=LARGE):
    size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Content-Type: application/json", size,
             *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


class Caller:
    """One connection, whose bytes are sent and read by hand."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)

    def send(self, data):
        self.socket.sendall(data)
        return self

    def rest(self):
        """All that comes until the gateway ends the connection, which it does without a reset."""
        received = b""
        with self.socket:
            while piece := self.socket.recv(1 << 16):
                received += piece
        return received


def status(answer):
    return int(answer[9:12]) if answer else None


@pytest.mark.parametrize("fields", [[], ["Expect: 100-continue"]])
@pytest.mark.parametrize("begun", [b"", b"x" * 800_000], ids=["nothing", "most of it"])
def test_strangers_are_refused_by_their_head(start_gateway, fields, begun):
    gateway = start_gateway(KEYS)
    revoked_id, revoked = create_key(gateway, "--client", "gone")
    assert key_command(gateway, "revoke", revoked_id).returncode == 0
    chat = "/v1/chat/completions"
    time.sleep(0.3)  # the longest until a running gateway knows of it

    def told(method, path, *more, length=LARGE):
        caller = Caller(gateway.port).send(head(method, path, *fields, *more, length=length))
        return status(caller.send(begun).rest() if length else caller.rest())

    assert told("POST", chat) == 401
    assert told("POST", chat, "Authorization: Bearer gh-wrong") == 401
    assert told("POST", chat, f"X-Api-Key: {revoked}") == 401
    assert told("POST", "/v1/messages/count_tokens", "X-Api-Key: gh-wrong") == 401
    assert told("POST", "/v1/none") == 404
    assert told("PUT", chat) == 405
    assert told("POST", chat, length=1 << 40) == 413
    assert told("POST", "/v1/chat", "Sec-Fetch-Site: cross-site") == 403
    refused = [r for r in records(gateway, 3) if r["status"] == 401]
    assert {r["route"] for r in refused} == {chat}


@pytest.mark.parametrize("length", [LARGE, None])
def test_the_kind_of_a_body_is_looked_at_before_it_comes(start_gateway, length):
    gateway = start_gateway()
    asking = head("POST", "/v1/chat", "Expect: 100-continue", length=length)
    caller = Caller(gateway.port).send(asking.replace(b"application/json", b"text/plain"))
    assert status(caller.rest()) == 415


def test_a_chunked_body_of_a_stranger_is_not_read_either(start_gateway):
    gateway = start_gateway(KEYS)
    caller = Caller(gateway.port).send(head("POST", "/v1/chat", length=None) + b"ffff\r\nxx")
    assert status(caller.rest()) == 401


def test_the_operators_listener_refuses_by_the_head_too(start_gateway):
    gateway = start_gateway(TOKEN, ENV)
    for fields, wanted in [([], 401), (["Authorization: Bearer wrong"], 401)]:
        caller = Caller(gateway.admin_port).send(head("POST", "/admin/reload", *fields) + b"x")
        assert status(caller.rest()) == wanted
    unknown = head("POST", "/none", f"Authorization: Bearer {ENV['ADMIN']}")
    assert status(Caller(gateway.admin_port).send(unknown + b"x").rest()) == 404


def test_who_holds_a_key_is_asked_to_go_on_and_served(start_gateway):
    gateway = start_gateway(KEYS)
    _, key = create_key(gateway, "--client", "web")
    body = json.dumps({"model": "default-chat",
                       "messages": [{"role": "user", "content": "y" * LARGE}]}).encode()
    caller = Caller(gateway.port).send(
        head("POST", "/v1/chat/completions", f"Authorization: Bearer {key}", "Connection: close",
             "Expect: 100-continue", length=len(body)))
    assert caller.socket.recv(1 << 16) == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert status(caller.send(body).rest()) == 200


def test_large_bodies_together_are_bounded_and_small_ones_pass(start_gateway):
    gateway = start_gateway(
        "server: { listen: 127.0.0.1:0, max_body: 2MiB, max_bodies: 4MiB }\n" + ECHO)
    half = head("POST", "/v1/chat", length=2 << 20) + b" " * LARGE
    holding = [Caller(gateway.port).send(half) for _ in range(2)]

    def first_word(port, path):
        asking = head("POST", path, "Expect: 100-continue", length=2 << 20)
        with Caller(port).send(asking).socket as connection:
            return connection.recv(1 << 16)

    def refused():
        answer = first_word(gateway.port, "/v1/chat")
        return status(answer) == 503 and b"\r\nretry-after: 1\r\n" in answer

    assert eventually(refused)
    assert status(first_word(gateway.admin_port, "/admin/reload")) == 503
    assert gateway.chat("y" * 50_000).status == 200
    for caller in holding:
        caller.socket.close()
    assert eventually(lambda: gateway.chat("y" * LARGE).status == 200)


def silence(request, connection):
    connection.recv(1)  # until the gateway gives up


def test_health_is_no_work(start_gateway, upstream):
    upstream.script = silence
    gateway = start_gateway(f"""
server: {{ listen: 127.0.0.1:0, max_in_flight: 1 }}
providers: {{ up: {{ plugin: openai, base_url: "{upstream.url}" }} }}
models: {{ default-chat: {{ targets: [ {{ provider: up, model: m }} ] }} }}
""")
    body = json.dumps({"client_id": "a", "model": "default-chat",
                       "messages": [{"role": "user", "content": "hi"}]}).encode()
    caller = Caller(gateway.port).send(head("POST", "/v1/chat", length=len(body)) + body)
    assert eventually(lambda: upstream.requests)
    assert gateway.chat("hi").status == 503
    for path in ("/healthz", "/readyz"):
        assert gateway.request("GET", path).status == 200
    caller.socket.close()


@pytest.mark.parametrize("stream", [False, True])
def test_a_caller_who_ends_his_side_gets_what_the_record_says(start_gateway, upstream, stream):
    upstream.script = silence
    gateway = start_gateway(f"""
providers: {{ up: {{ plugin: openai, base_url: "{upstream.url}" }} }}
models: {{ default-chat: {{ targets: [ {{ provider: up, model: m }} ] }} }}
""" + SINK)
    body = json.dumps({"client_id": "a", "model": "default-chat", "stream": stream,
                       "messages": [{"role": "user", "content": "hi"}]}).encode()
    for more in (b"", b"GET / HTT"):
        caller = Caller(gateway.port).send(head("POST", "/v1/chat", length=len(body)) + body + more)
        caller.socket.shutdown(socket.SHUT_WR)
        assert caller.rest() == b""
    assert [r["status"] for r in records(gateway, 2)] == [499, 499]
