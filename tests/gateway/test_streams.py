"""Streams that go on for too long, come too slowly, or are read too slowly."""
import http.client
import json
import socket
import threading
import time

import pytest

from dialects import DIALECTS, names
from failures import garbage_of, pieces_then, sends, sends_raw, silence
from harness import DEADLINE, records
from providers import PROVIDERS, OpenAi
from upstream import answer_chat, begin_stream, chunk, end_stream, send_piece


def test_an_answer_without_end_is_bounded(remote, upstream):
    def endless(request, connection):
        begin_stream(connection)
        connection.settimeout(DEADLINE)
        while True:  # until the gateway has had enough
            send_piece(connection, b"x" * 65536)

    upstream.script = endless
    answer = remote().chat(path="/v1/chat/completions", stream=True)
    assert answer.status == 502 and answer.json()["error"]["type"] == "server_error"


def test_every_event_leaves_as_it_comes(remote, upstream):
    """The provider says its next word only when the caller has heard the one before."""
    words = [b"first", b"second", b"third"]
    heard = threading.Semaphore(0)

    def waits_for_its_caller(request, connection):
        begin_stream(connection)
        for word in words:
            send_piece(connection, chunk({"content": word.decode()}))
            assert heard.acquire(timeout=DEADLINE)
        send_piece(connection, chunk({}, "stop") + b"data: [DONE]\n\n")
        end_stream(connection)

    upstream.script = waits_for_its_caller
    gateway = remote()
    for dialect in DIALECTS:
        caller = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=DEADLINE)
        caller.request(
            "POST", dialect.path,
            json.dumps({"model": "default-chat", **dialect.request("text"), **dialect.stream}))
        answer = caller.getresponse()
        for word in words:
            while word not in (line := answer.readline()):
                assert line
            heard.release()
        assert answer.read()
        caller.close()


LAST_WORDS = [b"[DONE]", b"event: message_stop", b"event: response.completed"]


@pytest.mark.parametrize("dialect,last", list(zip(DIALECTS, LAST_WORDS)), ids=map(names, DIALECTS))
def test_the_last_word_and_the_end_leave_in_one_write(remote, upstream, dialect, last):
    """Clients stop reading at the last word; what came after it would cost them the connection."""
    upstream.script = answer_chat()
    gateway = remote()
    body = json.dumps({"model": "default-chat", **dialect.request("text"),
                       **dialect.stream}).encode()
    with gateway.socket() as caller:
        for _ in range(10):
            caller.sendall(b"POST %s HTTP/1.1\r\nhost: localhost\r\ncontent-length: %d\r\n\r\n%s" %
                           (dialect.path.encode(), len(body), body))
            answer = b""
            while last not in answer:
                assert (more := caller.recv(65536)), answer
                answer += more
            assert answer.endswith(b"\n\n\r\n0\r\n\r\n"), answer


# What a provider does after the last word of its stream, other than to end the HTTP around it.
BEHIND_THE_END = {
    "waits": lambda provider: lambda connection: silence(None, connection),
    "hangs up": lambda provider: lambda connection: "close",
    "says more": lambda provider: sends(
        next(piece for piece in provider.pieces("text") if b"rld" in piece)),
    "turns to garbage": lambda provider: sends(garbage_of(provider)),
    "breaks its chunks": lambda provider: sends_raw(b"ZZ\r\nwhat\r\n"),
}


@pytest.mark.parametrize("provider", [p for p in PROVIDERS if p.plugin != "gemini"],
                         ids=names)  # whose wire has no last word
def test_a_stream_is_over_when_the_provider_says_so(remote, upstream, provider):
    gateway = remote(provider)
    for name, then in BEHIND_THE_END.items():
        upstream.script = pieces_then(list(provider.pieces("text")), then(provider))
        for dialect in DIALECTS:
            began = time.monotonic()
            answer = gateway.request(
                "POST", dialect.path,
                {"model": "default-chat", **dialect.request("text"), **dialect.stream})
            assert dialect.reduce(answer, True) == ("Hello wörld", [], dialect.finish["text"], 20,
                                                    5), (name, answer.body)
            assert time.monotonic() - began < 30, name  # of the 60 s that silence may last
    assert all(r["status"] == 200 and not r.get("error_type")
               for r in records(gateway,
                                len(BEHIND_THE_END) * len(DIALECTS)))


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
        piece = b"data: " + json.dumps(
            {"choices": [{"index": 0, "delta": {"content": "x" * 30000}}]}).encode() + b"\n\n"
        connection.settimeout(2)
        try:
            for _ in range(4000):  # 120 MB
                send_piece(connection, piece)
                sent.append(len(piece))
        except OSError:
            pass
        return "close"

    upstream.script = flood
    gateway = remote()
    body = json.dumps(
        {"model": "default-chat", "stream": True, "messages": [{"role": "user",
                                                                "content": "x"}]}).encode()
    with gateway.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        client.sendall(
            b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nx-client-id: a\r\n"
            b"content-length: %d\r\n\r\n%s"
            % (len(body), body))
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:  # until the provider could send nothing for a while
            before = len(sent)
            time.sleep(2.5)
            if sent and len(sent) == before:
                break
        assert sum(sent) < 60 << 20
