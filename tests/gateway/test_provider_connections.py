"""Connections to providers that are used again: whatever a provider says or does on one that
nobody waits on reaches nobody, and what a provider has read is not sent to it again."""
import fcntl
import http.client
import json
import socket
import struct
import time

import pytest

from harness import DEADLINE, eventually, records
from upstream import (STREAM, answer_chat, begin_stream, completion, end_stream, respond,
                      send_piece)

ROUNDS = 10
TIOCOUTQ = 0x5411  # how many bytes the other side has not acknowledged


@pytest.fixture
def remote(start_gateway, upstream):
    return lambda: start_gateway(f"""
providers: {{ up: {{ plugin: openai, base_url: "{upstream.url}", breaker: {{ failures: 0 }} }} }}
models:
  default-chat: {{ targets: [ {{ provider: up, model: real }} ], retry: {{ attempts: 1 }} }}
log_sinks: [ {{ plugin: jsonl, config: {{ path: requests.jsonl }} }} ]
""")


class Caller:
    """Keeps its connection, and with it the loop that serves it and the connections there."""

    def __init__(self, gateway):
        self.connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=DEADLINE)

    def ask(self, text, stream=False):
        body = {"model": "default-chat", "messages": [{"role": "user", "content": text}],
                "stream": stream}
        self.connection.request("POST", "/v1/chat/completions", json.dumps(body),
                                {"x-client-id": "a", "content-type": "application/json"})
        response = self.connection.getresponse()
        return response.status, response.read().decode(), response.headers


def prompt(request):
    return request.json()["messages"][0]["content"]


def chunked(connection, text):
    body = json.dumps(completion(text)).encode()
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                       b"transfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
                       % (len(body), body))


def streamed(connection, text):
    begin_stream(connection)
    for piece in STREAM:
        send_piece(connection, piece.replace(b"stream", text.encode()))
    end_stream(connection)


FORMS = {"by length": lambda connection, text: respond(connection, 200, completion(text)),
         "in chunks": chunked, "as a stream": streamed}


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


ANOTHER = json.dumps(completion("somebody else's")).encode()
FAREWELL = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
UNASKED = {
    "another answer": (b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s"
                       % (len(ANOTHER), ANOTHER), None),
    "an interim answer": (b"HTTP/1.1 103 Early Hints\r\n\r\n", None),
    "half a head": (b"HTTP/1.1 200 OK\r\ncontent-le", None),
    "a byte": (b"\n", None),
    "a farewell": (FAREWELL, socket.socket.close),
    "its end": (b"", socket.socket.close),
    "a reset": (b"", reset),
}


def unacknowledged(connection):
    return struct.unpack("i", fcntl.ioctl(connection.fileno(), TIOCOUTQ, b"\0" * 4))[0]


def says_unasked(form, unasked, then, said):
    """Answers, and once the gateway has the answer, says what nobody asked for."""
    def script(request, connection):
        FORMS[form](connection, prompt(request))
        if prompt(request) != "first":
            return
        assert eventually(lambda: not unacknowledged(connection))
        connection.sendall(unasked)
        assert eventually(lambda: not unacknowledged(connection))
        if then:
            then(connection)
        said.append(True)
    return script


@pytest.mark.parametrize("form", FORMS)
def test_what_nobody_asked_for_reaches_nobody(remote, upstream, form):
    gateway = remote()
    caller, stream = Caller(gateway), form == "as a stream"
    for name, (unasked, then) in UNASKED.items():
        for number in range(ROUNDS):
            said = []
            upstream.script = says_unasked(form, unasked, then, said)
            assert caller.ask("first", stream)[0] == 200, name
            assert eventually(lambda: said)
            status, body, headers = caller.ask(f"next-{number}", stream)
            where = (name, number, status, body, headers["x-gatehouse-attempts"])
            assert status == 200 and f"next-{number}" in body and "somebody" not in body, where
            assert headers["x-gatehouse-attempts"] == "up/real 200", where
    told = gateway.log().count("bytes came on it that nobody had asked for")
    assert 0 < told < ROUNDS, "there is a line of it, but not for each connection"


def test_connections_that_behave_are_used_again(remote, upstream):
    opened = set()

    def script(request, connection):
        opened.add(connection)
        answer_chat(prompt(request))(request, connection)

    upstream.script = script
    caller = Caller(remote())
    for number in range(20):
        assert f"text-{number}" in caller.ask(f"text-{number}")[1]
    assert len(opened) == 1


@pytest.mark.parametrize("ends", [socket.socket.close, reset], ids=["closes", "resets"])
@pytest.mark.parametrize("works", [0, 0.02, 0.8])
def test_what_a_provider_has_read_is_not_sent_again(remote, upstream, works, ends):
    def script(request, connection):
        if prompt(request) != "work":
            return answer_chat()(request, connection)
        time.sleep(works)
        ends(connection)

    upstream.script = script
    gateway = remote()
    caller = Caller(gateway)
    for number in range(3):
        assert caller.ask("hello")[0] == 200
        upstream.requests.clear()
        status, _, headers = caller.ask("work")
        assert status == 502 and len(upstream.requests) == 1
        assert headers["x-gatehouse-attempts"] == "up/real upstream_error"
        assert records(gateway, 2 * number + 2)[-1]["attempts"] == 1
