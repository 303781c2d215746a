"""Streams that go on for too long, come too slowly, or are read too slowly."""
import json
import socket
import time

from conftest import DEADLINE
from failures import full_port, plain_port, remote  # noqa: F401, a fixture
from providers import OpenAi
from upstream import begin_stream, send_piece


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
