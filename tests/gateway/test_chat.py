"""The two chat endpoints, whole and streamed, and what they say to bad input."""
import json

import pytest

from harness import ECHO


def test_the_envelope_to_the_letter(start_gateway):
    answer = start_gateway().chat("one two three", metadata={"request_id": "caller-7"})
    assert answer.status == 200
    body = answer.json()
    assert body["id"].startswith("gw-req-")
    assert {k: body[k]
            for k in ("model", "provider", "message")} == {
                "model": "default-chat", "provider": "local",
                "message": {"role": "assistant", "content": "one two three"}
            }
    usage = body["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 0
    assert list(body) == ["id", "model", "provider", "usage", "message"]
    assert answer.headers["x-request-id"] == "caller-7"
    assert answer.headers["content-type"] == "application/json"


def test_the_envelope_streamed(start_gateway):
    answer = start_gateway().chat("one two three", stream=True)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    *events, done = answer.events()
    assert done == "[DONE]"
    events = [json.loads(event) for event in events]
    assert "".join(event["message"]["content"] for event in events) == "one two three"
    assert len(events) == 4  # a word each, and the end
    assert all(event["provider"] == "local" and event["model"] == "default-chat"
               for event in events)
    assert events[-1]["usage"]["completion_tokens"] > 0 and not any("usage" in event
                                                                    for event in events[:-1])


def test_openai_whole(start_gateway):
    body = start_gateway().chat("one two", path="/v1/chat/completions").json()
    assert body["object"] == "chat.completion"
    assert body["choices"] == [{
        "index": 0, "message": {"role": "assistant", "content": "one two", "refusal": None},
        "logprobs": None, "finish_reason": "stop"
    }]
    assert body["usage"]["total_tokens"] > 0


@pytest.mark.parametrize("wants_usage", [False, True])
def test_openai_streamed(start_gateway, wants_usage):
    options = {"stream_options": {"include_usage": True}} if wants_usage else {}
    *events, done = start_gateway().chat("one two", path="/v1/chat/completions", stream=True,
                                         **options).events()
    assert done == "[DONE]"
    chunks = [json.loads(event) for event in events]
    assert all(chunk["object"] == "chat.completion.chunk" and "choices" in chunk
               for chunk in chunks)
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    text = "".join(c["delta"].get("content", "") for chunk in chunks for c in chunk["choices"])
    assert text == "one two"
    assert [c["finish_reason"] for chunk in chunks for c in chunk["choices"]][-1] == "stop"
    usages = [chunk for chunk in chunks if chunk.get("usage")]
    assert len(usages) == wants_usage
    assert all("usage" in chunk for chunk in chunks) == wants_usage


def test_without_v1(start_gateway):
    assert start_gateway().chat("x", path="/chat/completions").status == 200


def test_models(start_gateway):
    gateway = start_gateway(ECHO + "limits: []\n")
    listed = gateway.request("GET", "/v1/models").json()
    assert listed["object"] == "list" and [m["id"] for m in listed["data"]] == ["default-chat"]
    assert {"object", "created", "owned_by", "type", "display_name",
            "created_at"} <= set(listed["data"][0])
    assert gateway.request("GET", "/v1/models/default%2Dchat").json()["id"] == "default-chat"
    assert gateway.request("GET", "/v1/models/none").status == 404
    assert gateway.request("GET", "/healthz").status == 200
    assert gateway.request("GET", "/readyz").status == 200
    assert gateway.request("HEAD", "/healthz").body == b""


MESSAGES = '"messages":[{"role":"user","content":"x"}]'
BAD_BODIES = [
    (b"", 400, "empty"),
    (b"{", 400, "JSON"),
    (b"[]", 400, "object"),
    (b'{"model":"default-chat"}', 400, "'messages' is required"),
    (b'{%b}' % MESSAGES.encode(), 400, "'model' is required"),
    (b'{"model":7,%b}' % MESSAGES.encode(), 400, "'model' must be a string"),
    (b'{"model":"default-chat","messages":{}}', 400, "'messages' must be an array"),
    (b'{"model":"default-chat","messages":[]}', 400, "at least one"),
    (b'{"model":"default-chat","messages":[7]}', 400, "messages[0]"),
    (b'{"model":"default-chat","messages":[{"role":"king","content":"x"}]}', 400,
     "messages[0].role"),
    (b'{"model":"default-chat","messages":[{"role":"user","content":7}]}', 400,
     "messages[0].content"),
    (b'{"model":"default-chat","stream":"yes",%b}' % MESSAGES.encode(), 400,
     "'stream' must be true or false"),
    (b'{"model":"default-chat","max_tokens":0,%b}' % MESSAGES.encode(), 400, "max_tokens"),
    (b'{"model":"default-chat","model":"b",%b}' % MESSAGES.encode(), 400, "twice"),
    (b'{"model":"\xff\xfe",%b}' % MESSAGES.encode(), 400, "UTF-8"),
    (b'{"model":"default-chat",%b,"x":%b}' % (MESSAGES.encode(), b"[" * 80 + b"]" * 80), 400,
     "deeply"),
    (b'{"model":"default-chat",%b} trailing' % MESSAGES.encode(), 400, "JSON"),
    (b'{"model":"no-such-model",%b}' % MESSAGES.encode(), 404, "no-such-model"),
]


@pytest.mark.parametrize("path", ["/v1/chat", "/v1/chat/completions"])
def test_bad_bodies(start_gateway, path):
    gateway = start_gateway()
    for body, status, says in BAD_BODIES:
        answer = gateway.request("POST", path, body, {"content-type": "application/json"})
        error = answer.json()["error"]
        assert answer.status == status and says in error["message"], (body, answer.status, error)
        assert error["type"]
        assert answer.headers["x-request-id"]
        if path == "/v1/chat/completions":
            assert {"message", "type", "param", "code"} <= set(error)


def test_bad_routes(start_gateway):
    gateway = start_gateway()
    assert gateway.request("GET", "/nowhere").status == 404
    wrong = gateway.request("GET", "/v1/chat")
    assert wrong.status == 405 and wrong.headers["allow"] == "POST"
    assert wrong.json()["error"]["type"] == "method_not_allowed"
    assert gateway.request("POST", "/v1/models", b"{}").status == 405


def test_oversize_body(start_gateway):
    gateway = start_gateway("server: { listen: 127.0.0.1:0, max_body: 64KiB }\n" + ECHO)
    assert gateway.chat("x" * 60000).status == 200
    answer = gateway.chat("x" * 70000)
    assert answer.status == 413 and answer.json()["error"]["type"] == "request_too_large"


def test_clients(start_gateway):
    gateway = start_gateway(ECHO + "policies: [ { plugin: require_client } ]\n")
    body = {"model": "default-chat", "messages": [{"role": "user", "content": "x"}]}
    assert gateway.request("POST", "/v1/chat/completions", body, {"x-client-id": "a"}).status == 200
    nobody = gateway.request("POST", "/v1/chat/completions", body)
    assert nobody.status == 403 and nobody.json()["error"]["code"] == "client_required"
    both = gateway.request("POST", "/v1/chat", {**body, "client_id": "a"}, {"x-client-id": "b"})
    assert both.status == 400 and "x-client-id" in both.json()["error"]["message"]
    two_keys = gateway.request("POST", "/v1/chat", {**body, "client_id": "a"},
                               {"authorization": "Bearer a", "x-api-key": "b"})
    assert two_keys.status == 400 and "credentials" in two_keys.json()["error"]["message"]


def test_the_gateway_survives_all_of_it(start_gateway):
    gateway = start_gateway()
    for body, _, _ in BAD_BODIES:
        gateway.request("POST", "/v1/chat", body)
    assert gateway.chat("still here").json()["message"]["content"] == "still here"
