"""Few descriptors and many connections: whoever is new is answered, and operators and files have theirs."""
import contextlib
import resource
import threading

import pytest

from harness import DEADLINE, Stream, eventually
from upstream import STREAM, answer_chat, begin_stream, end_stream, send_piece

FEW = 64


def limited(soft, hard):
    """The command that runs another one with so many descriptors."""
    return ["prlimit", f"--nofile={soft}:{hard}"]


def configuration(upstream, server=""):
    return f"""
server: {{ listen: 127.0.0.1:0{server} }}
providers:
  up: {{ plugin: openai, base_url: "{upstream.url}", breaker: {{ failures: 1, open_for: 10m }} }}
models: {{ default-chat: {{ targets: [ {{ provider: up, model: real }} ] }} }}
log_sinks: [ {{ plugin: jsonl, config: {{ path: requests.jsonl }} }} ]
"""


def silent(gateway):
    return gateway.socket()


def half_a_head(gateway):
    connection = gateway.socket()
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0")
    return connection


def half_a_body(gateway):
    connection = gateway.socket()
    connection.sendall(b"POST /v1/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{")
    return connection


def kept_alive(gateway):
    connection = gateway.socket()
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    with contextlib.suppress(OSError):
        connection.recv(1000)
    return connection


@pytest.mark.parametrize("kind", [silent, half_a_head, half_a_body, kept_alive])
@pytest.mark.parametrize("count", [10, 100])
def test_operators_and_somebody_new_are_answered(start_gateway, upstream, kind, count):
    upstream.script = answer_chat()
    gateway = start_gateway(configuration(upstream), under=limited(FEW, FEW))
    held = [kind(gateway) for _ in range(count)]
    answer = gateway.request("GET", "/healthz")
    assert answer.status in (200, 503)
    assert gateway.admin("/metrics").status == 200
    answer = gateway.chat()
    assert answer.status in (200, 503), answer.body
    assert b"open files" not in answer.body and b"circuit" not in answer.body
    for connection in held:
        connection.close()
    assert eventually(lambda: gateway.chat().status == 200)
    assert gateway.chat().status == 200
    assert "Too many open files" not in gateway.log()


def test_streams_under_way_are_not_cut_for_somebody_new(start_gateway, upstream):
    go_on = threading.Event()

    def hold(request, connection):
        begin_stream(connection)
        send_piece(connection, STREAM[0] + STREAM[1])
        go_on.wait(DEADLINE)
        for piece in STREAM[2:]:
            send_piece(connection, piece)
        end_stream(connection)

    upstream.script = hold
    gateway = start_gateway(configuration(upstream), under=limited(FEW, FEW))
    stream = Stream(gateway, "hi")
    held = [gateway.socket() for _ in range(100)]
    assert gateway.request("GET", "/healthz").status == 200
    go_on.set()
    assert b"[DONE]" in stream.rest().body
    for connection in held:
        connection.close()


def test_the_soft_limit_is_raised_to_the_hard_one(start_gateway, upstream):
    gateway = start_gateway(configuration(upstream), under=limited(FEW, 1000))
    assert resource.prlimit(gateway.process.pid, resource.RLIMIT_NOFILE) == (1000, 1000)
    assert "open files leaves room for" in gateway.log(), "2048 in flight do not fit"


def test_a_limit_that_suffices_is_no_word_worth(start_gateway, upstream):
    gateway = start_gateway(configuration(upstream, ", max_in_flight: 100"), under=limited(FEW, 1000))
    assert "open files leaves room for" not in gateway.log()


def test_one_address_has_only_so_many_connections(start_gateway, upstream):
    gateway = start_gateway(configuration(upstream, ", max_connections_per_address: 3"))

    def parked(count):
        line = f"gatehouse_connections_parked {count}\n".encode()
        return eventually(lambda: line in gateway.admin("/metrics").body)

    held = [half_a_body(gateway) for _ in range(3)]
    assert parked(3)
    assert gateway.request("GET", "/healthz").status == 503
    while len(held) > 1:
        held.pop().close()
    assert parked(1)
    held += [silent(gateway), silent(gateway)]
    assert parked(3)
    served = eventually(lambda: gateway.request("GET", "/healthz").status == 200)
    assert served, "who is silent makes room"
