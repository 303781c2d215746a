"""A remote provider behind the openai codec: what passes through, and what callers are told when
the provider fails in each of the ways it can."""
import json
import queue
import time

import pytest

from harness import DEADLINE, eventually, records, unused_port
from upstream import (STREAM, answer_with, begin_stream, chunk, completion, end_stream, respond,
                      send_piece)

KEY = "sk-provider-secret"


def config(url, timeouts="", extra=""):
    return f"""
providers:
  real: {{ plugin: openai, base_url: "{url}", api_key: "${{PROVIDER_KEY}}" {timeouts} }}
models: {{ default-chat: {{ targets: [ {{ provider: real, model: real-model }} ] }} }}
log_sinks: [ {{ plugin: jsonl, config: {{ path: requests.jsonl }} }} ]
{extra}"""


@pytest.fixture
def remote(start_gateway, upstream):
    def start(timeouts="", extra=""):
        return start_gateway(config(upstream.url, timeouts, extra), {"PROVIDER_KEY": KEY})
    return start


def test_unknown_fields_and_tools_reach_the_provider(remote, upstream):
    tools = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
    gateway = remote()
    answer = gateway.chat("hi", path="/v1/chat/completions",
                          headers={"x-client-id": "a", "authorization": "Bearer caller-key"},
                          tools=tools, temperature=0.25, x_unknown={"deep": [1, None]})
    assert answer.status == 200 and answer.json() == completion()
    seen = upstream.requests[0]
    assert seen.path == "/v1/chat/completions" and seen.headers["authorization"] == f"Bearer {KEY}"
    assert "x-client-id" not in seen.headers
    body = seen.json()
    assert body["model"] == "real-model" and body["tools"] == tools and body["x_unknown"] == {
        "deep": [1, None]
    }
    assert b'"temperature": 0.25' in seen.body or b'"temperature":0.25' in seen.body


def test_unknown_fields_of_the_answer_reach_the_caller(remote, upstream):
    upstream.script = answer_with(200, completion(x_vendor={"a": 1}, system_fingerprint="fp"))
    body = remote().chat(path="/v1/chat/completions").json()
    assert body["x_vendor"] == {"a": 1} and body["system_fingerprint"] == "fp"


@pytest.mark.parametrize("wants_usage", [False, True])
def test_a_stream_passes_through(remote, upstream, wants_usage):
    options = {"stream_options": {"include_usage": True, "include_obfuscation": False}
               } if wants_usage else {}
    gateway = remote()
    events = gateway.chat(path="/v1/chat/completions", stream=True, **options).events()
    expected = [piece[6:-2].decode() for piece in STREAM]
    if not wants_usage:
        expected = [e.replace(',"usage":null', "") for e in expected if '"choices":[]' not in e]
    assert events == expected
    sent = upstream.requests[0].json()["stream_options"]
    assert sent == ({"include_usage": True, "include_obfuscation": False}
                    if wants_usage else {"include_usage": True})
    record = records(gateway, 1)[0]
    assert (record["in_tokens"], record["out_tokens"], record["usage_reported"]) == (9, 2, True)


@pytest.mark.parametrize("usage", [None, {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}])
def test_no_usage_is_estimated_and_zero_is_none(remote, upstream, usage):
    upstream.script = answer_with(200, completion() | {"usage": usage})
    gateway = remote()
    assert gateway.chat(path="/v1/chat/completions").status == 200
    record = records(gateway, 1)[0]
    assert not record["usage_reported"]
    assert record["in_tokens"] > 0 and record["out_tokens"] > 0, record


def test_tool_calls(remote, upstream):
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
    reply = completion()
    reply["choices"][0] = {
        "index": 0, "message": {"role": "assistant", "content": None, "tool_calls": [call]},
        "finish_reason": "tool_calls"
    }
    upstream.script = answer_with(200, reply)
    gateway = remote()
    assert gateway.chat(path="/v1/chat/completions").json() == reply
    envelope = gateway.chat().json()
    assert envelope["message"]["tool_calls"] == [call] and envelope["finish_reason"] == "tool_calls"


def error(message="upstream says no", code="bad_thing"):
    return {
        "error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    }


def cut_body(request, connection):
    connection.sendall(
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"id\":")
    return "close"


def garbage(request, connection):
    connection.sendall(b"\x00\x01 this is not HTTP\r\n\r\n")
    return "close"


def silence(request, connection):
    connection.settimeout(DEADLINE)
    connection.recv(1)  # until the gateway has given up
    return "close"


# script, status, error type, what the message says
WHOLE = [
    (answer_with(400, error()), 400, "invalid_request_error", "upstream says no"),
    (answer_with(401, error(f"bad key {KEY}")), 502, "upstream_error", "api_key"),
    (answer_with(403, error()), 502, "upstream_error", "api_key"),
    (answer_with(404, error()), 502, "upstream_error", "real-model"),
    (answer_with(422, error()), 422, "invalid_request_error", "upstream says no"),
    (answer_with(429, error("slow down"),
                 headers="retry-after: 7\r\n"), 429, "rate_limit_exceeded", "slow down"),
    (answer_with(500, error("boom")), 502, "upstream_error", "boom"),
    (answer_with(503, b"<html>busy</html>", "text/html"), 502, "upstream_error", "503"),
    (answer_with(302, b"",
                 headers="location: http://127.0.0.1:9/\r\n"), 502, "upstream_error", "302"),
    (answer_with(200, b"<html>hello</html>", "text/html"), 502, "upstream_error", "JSON"),
    (answer_with(200, {"object": "list"}), 502, "upstream_error", "choices"),
    (answer_with(200, b""), 502, "upstream_error", ""),
    (cut_body, 502, "upstream_error", "middle of its answer"),
    (garbage, 502, "upstream_error", ""),
    (lambda request, connection: "close", 502, "upstream", ""),
    (silence, 504, "upstream_timeout", ""),
]


@pytest.mark.parametrize("script,status,type_,says", WHOLE)
def test_failures_before_the_answer(remote, upstream, script, status, type_, says):
    upstream.script = script
    gateway = remote(", timeouts: { first_byte: 1s }" if script is silence else "")
    answer = gateway.chat()
    message = answer.json()["error"]["message"]
    assert answer.status == status, (answer.status, message)
    assert answer.json()["error"]["type"].startswith(type_) and says in message, answer.body
    assert KEY not in answer.body.decode() and KEY not in gateway.log()
    if status == 429:
        assert answer.headers["retry-after"] == "7"
    assert records(gateway, 1)[0]["error_type"].startswith(type_)
    openai = gateway.chat(path="/v1/chat/completions")
    assert openai.status == status and {"message", "type", "param", "code"} <= set(
        openai.json()["error"])


def test_refused(start_gateway):
    port = unused_port()
    gateway = start_gateway(config(f"http://127.0.0.1:{port}/v1"), {"PROVIDER_KEY": KEY})
    answer = gateway.chat()
    message = answer.json()["error"]["message"]
    assert answer.status == 502 and "'real' could not be reached" in message
    assert records(gateway, 1)[0]["error_detail"] == f"127.0.0.1:{port}"


def stream_then(*pieces, then):
    def script(request, connection):
        begin_stream(connection)
        for piece in pieces:
            send_piece(connection, piece)
        return then(connection)
    return script


def cut(connection):
    return "close"


def clean_end(connection):
    end_stream(connection)


def stall(connection):
    return silence(None, connection)


def bad_chunk(connection):
    connection.sendall(b"ZZ\r\nwhat\r\n")
    return "close"


STALLS = stream_then(*STREAM[:2], then=stall)
MIDWAY = [
    (stream_then(*STREAM[:3], then=cut), "middle of its answer"),
    (stream_then(*STREAM[:3], then=clean_end), "before it was complete"),
    (stream_then(*STREAM[:3], b"data: [DONE]\n\n", then=clean_end), "before it was complete"),
    (stream_then(*STREAM[:2], b"data: {broken\n\n", then=clean_end), ""),
    (stream_then(*STREAM[:2],
                 b'data: {"error":{"message":"model fell over","type":"server_error"}}\n\n',
                 then=clean_end), "model fell over"),
    (STALLS, ""),
    (stream_then(*STREAM[:2], then=bad_chunk), ""),
]


@pytest.mark.parametrize("path", ["/v1/chat", "/v1/chat/completions"])
@pytest.mark.parametrize("script,says", MIDWAY)
def test_failures_midway_end_in_an_error_event(remote, upstream, script, says, path):
    upstream.script = script
    gateway = remote(", timeouts: { between_chunks: 3s }" if script is STALLS else "")
    answer = gateway.chat(path=path, stream=True)
    assert answer.status == 200  # it had begun
    events = answer.events()
    assert "[DONE]" not in events
    last = json.loads(events[-1])["error"]
    assert last["message"] and says in last["message"]
    assert "Hello" in answer.body.decode()
    record = records(gateway, 1)[0]
    assert record["status"] == 200 and record["error_type"].startswith("upstream")


def until_gone(connection, tick=None):
    """Says something now and then, or nothing, until the gateway closes the connection; when that
    was."""
    connection.settimeout(0.02)
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        try:
            if tick:
                send_piece(connection, tick)
            if connection.recv(1) == b"":
                return time.monotonic()
        except TimeoutError:
            continue
        except ConnectionError:
            return time.monotonic()
    return None


def talking(connection):
    begin_stream(connection)
    return until_gone(connection, chunk({"content": "tick "}))


def silent_midway(connection):
    begin_stream(connection)
    send_piece(connection, chunk({"content": "tick "}))
    return until_gone(connection)


@pytest.mark.parametrize("upstream_is", [talking, silent_midway, until_gone],
                         ids=lambda script: script.__name__)
def test_a_client_that_leaves_cancels_the_upstream(remote, upstream, upstream_is):
    """Within a second. Of a few attempts one has to be so quick, for a busy machine may stop any of
    us for longer."""
    seen = queue.Queue()
    upstream.script = lambda request, connection: (seen.put(upstream_is(connection)), "close")[1]
    gateway = remote()
    stream = upstream_is is not until_gone
    body = json.dumps({"model": "default-chat", "client_id": "a", "stream": stream,
                       "messages": [{"role": "user", "content": "x"}]}).encode()
    took = []
    for attempt in range(1, 6):
        with gateway.socket() as client:
            client.sendall(b"POST /v1/chat HTTP/1.1\r\nhost: localhost\r\n"
                           b"content-length: %d\r\n\r\n%s" %
                           (len(body), body))
            assert b"200 OK" in client.recv(4096) if stream else eventually(
                lambda: len(upstream.requests) == attempt)
            left = time.monotonic()
        took.append(seen.get(timeout=DEADLINE) - left)
        record = records(gateway, attempt)[-1]
        assert record["client_disconnected"] and record["error_type"] == "client_gone", record
        assert record["status"] == (200 if stream else 499) and record["out_tokens"] > 0, record
        if took[-1] < 1:
            break
    assert min(took) < 1, took


def test_a_dead_pooled_connection_is_replaced(remote, upstream):
    gateway = remote()
    assert gateway.chat().status == 200
    upstream.script = lambda request, connection: (respond(connection, 200, completion()), "close")[
        1]
    for _ in range(5):
        assert gateway.chat().status == 200


def test_the_caller_never_sees_a_prompt_in_the_log(remote, upstream):
    gateway = remote()
    gateway.chat("a most secret prompt", headers={"authorization": "Bearer caller-secret"})
    record = json.dumps(records(gateway, 1)[0])
    for secret in ("most secret", "Hello from upstream", "caller-secret", KEY):
        assert secret not in record and secret not in gateway.log()
