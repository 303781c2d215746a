"""A gateway whose process is stopped for a while, as on a machine that sleeps: what has come
meanwhile is read before anybody is found late."""
import http.client
import json
import signal
import threading
import time

import pytest

from harness import DEADLINE, eventually, records
from upstream import (STREAM, answer_with, begin_stream, completion, end_stream, send_piece)

AT_ONCE = 20
LONGER = 8  # seconds: than the time for a head, and than what a body may rest


@pytest.fixture
def remote(start_gateway, upstream):
    return lambda timeouts: start_gateway(f"""
providers:
  up: {{ plugin: openai, base_url: "{upstream.url}", timeouts: {{ {timeouts} }},
         breaker: {{ failures: 1, open_for: 10m }} }}
models:
  default-chat: {{ targets: [ {{ provider: up, model: real }} ], retry: {{ attempts: 1 }} }}
log_sinks: [ {{ plugin: jsonl, config: {{ path: requests.jsonl }} }} ]
""")


def stopped_while(gateway, work, seconds):
    """Does the work while the gateway's process does not run, and for so long."""
    gateway.process.send_signal(signal.SIGSTOP)
    until = time.monotonic() + seconds
    work()
    time.sleep(max(0.0, until - time.monotonic()))
    gateway.process.send_signal(signal.SIGCONT)


def ask_many(gateway):
    """So many callers at once; their answers are in the list when the threads have ended."""
    answers = []

    def ask():
        answers.append(gateway.chat("hi", path="/v1/chat/completions", stream=True))

    threads = [threading.Thread(target=ask) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    return answers, threads


def answers_later(before, waiting, go_on):
    """So many pieces of a stream at once, the others when it is told to go on."""
    def script(request, connection):
        if before:
            begin_stream(connection)
        for piece in STREAM[:before]:
            send_piece(connection, piece)
        waiting.append(connection)
        go_on.wait(DEADLINE)
        if not before:
            begin_stream(connection)
        for piece in STREAM[before:]:
            send_piece(connection, piece)
        end_stream(connection)
    return script


# How many pieces have come when the gateway stops, and which time runs then.
@pytest.mark.parametrize("before, timeouts", [
    (0, "first_byte: 3s"), (2, "between_chunks: 3s"), (0, "total: 4s"), (2, "total: 4s")])
def test_an_answer_that_came_while_the_gateway_was_stopped(remote, upstream, before, timeouts):
    waiting, go_on = [], threading.Event()
    upstream.script = answers_later(before, waiting, go_on)
    gateway = remote(timeouts)
    answers, threads = ask_many(gateway)
    assert eventually(lambda: len(waiting) == AT_ONCE)
    stopped_while(gateway, go_on.set, seconds=5)
    for thread in threads:
        thread.join(DEADLINE)
    assert len(answers) == AT_ONCE
    for answer in answers:
        assert answer.status == 200 and answer.events()[-1] == "[DONE]", answer.body
    assert {record["error_type"] for record in records(gateway, AT_ONCE)} == {None}
    upstream.script = answer_with(200, completion())
    assert gateway.chat().status == 200, "a failure that counted would have opened the breaker"


def test_a_request_that_came_while_the_gateway_was_stopped(remote, upstream):
    upstream.script = answer_with(200, completion())
    gateway = remote("total: 60s")
    body = json.dumps({"model": "default-chat", "client_id": "a",
                       "messages": [{"role": "user", "content": "x" * 300_000}]}).encode()
    head = (b"POST /v1/chat HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n" % len(body))
    request = head + body
    cuts = [10, len(head) + 1000]  # within the head, within the body
    callers = [(gateway.socket(), cuts[number % 2]) for number in range(AT_ONCE)]
    for caller, cut in callers:
        caller.sendall(request[:cut])
    time.sleep(0.2)

    def send_the_rest():
        for caller, cut in callers:
            rest = request[cut:]
            threading.Thread(target=caller.sendall, args=(rest,), daemon=True).start()

    stopped_while(gateway, send_the_rest, LONGER)
    for caller, _ in callers:
        answer = http.client.HTTPResponse(caller)
        answer.begin()
        assert answer.status == 200, answer.read()
        caller.close()
