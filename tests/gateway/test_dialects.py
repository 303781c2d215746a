"""Every dialect in, every provider out, whole and streamed; and each dialect's own errors."""
import base64
import json
import re

import pytest

from dialects import DIALECTS, Chat, Messages, Responses, gateway_to, names
from harness import ECHO
from providers import (PROVIDERS, TOOLS, Anthropic, Gemini, Ollama, OpenAi, answer_as, cut,
                       is_streamed)
from upstream import answer_with, begin_stream, chunk, completion, end_stream, respond, send_piece


@pytest.mark.parametrize("provider", PROVIDERS, ids=names)
def test_every_dialect_to_every_provider(start_gateway, upstream, provider):
    gateway = gateway_to(start_gateway, upstream, provider)
    for dialect in DIALECTS:
        for kind in ("text", "tools", "cut"):
            for streamed in (False, True):
                case = (names(dialect), kind, streamed)
                upstream.script = answer_as(provider, kind)
                body = {
                    "model": "default-chat", **dialect.request(kind),
                    **(dialect.stream if streamed else {})
                }
                answer = gateway.request("POST", dialect.path, body)
                assert answer.status == 200, (case, answer.body)
                expected = ("", TOOLS) if kind == "tools" else ("Hello wörld", [])
                assert dialect.reduce(answer,
                                      streamed) == (*expected, dialect.finish[kind], 20, 5), case
                asked = upstream.requests[-1]
                assert asked.path.startswith(provider.path) and is_streamed(asked) == streamed, case
                assert b"Be brief." in asked.body and (b"weather"
                                                       in asked.body) == (kind == "tools"), case


@pytest.mark.parametrize("provider", PROVIDERS, ids=names)
def test_a_stream_that_is_cut_never_looks_whole(start_gateway, upstream, provider):
    gateway = gateway_to(start_gateway, upstream, provider)
    for dialect in DIALECTS:
        upstream.script = cut(provider)
        answer = gateway.request(
            "POST", dialect.path,
            {"model": "default-chat", **dialect.request("text"), **dialect.stream})
        assert answer.status == 200 and dialect.broken(answer), (names(dialect), answer.body)


@pytest.mark.parametrize("provider", PROVIDERS, ids=names)
def test_a_stream_may_come_byte_by_byte(start_gateway, upstream, provider):
    def dripping(request, connection):
        begin_stream(connection)
        connection.sendall(b"".join(b"1\r\n%c\r\n" % byte
                                    for piece in provider.pieces("text")
                                    for byte in piece))
        end_stream(connection)

    upstream.script = dripping
    gateway = gateway_to(start_gateway, upstream, provider)
    for dialect in DIALECTS:
        answer = gateway.request(
            "POST", dialect.path,
            {"model": "default-chat", **dialect.request("text"), **dialect.stream})
        assert dialect.reduce(answer, True) == ("Hello wörld", [], dialect.finish["text"], 20,
                                                5), (names(dialect), answer.body)


def test_a_tool_calls_arguments_may_be_cut_anywhere(start_gateway, upstream):
    """Within an escape, too: they are a text, whatever it is the text of."""
    arguments = '{"city":"Troms\\u00f8 \\"x\\" \\\\","wörld":[1.50]}'

    def cut_up(request, connection):
        begin_stream(connection)
        send_piece(
            connection,
            chunk({
                "role": "assistant", "tool_calls": [{
                    "index": 0, "id": "call_1", "type": "function",
                    "function": {"name": "weather", "arguments": ""}
                }]
            }))
        for letter in arguments:
            send_piece(connection,
                       chunk({"tool_calls": [{"index": 0, "function": {"arguments": letter}}]}))
        send_piece(connection, chunk({}, "tool_calls") + b"data: [DONE]\n\n")
        end_stream(connection)

    upstream.script = cut_up
    gateway = gateway_to(start_gateway, upstream, PROVIDERS[0])
    for dialect in DIALECTS:
        answer = gateway.request(
            "POST", dialect.path,
            {"model": "default-chat", **dialect.request("tools"), **dialect.stream})
        text, [(call, name, told)], *_ = dialect.reduce(answer, True)
        assert (text, call, name, json.loads(told)) == ("", "call_1", "weather",
                                                        json.loads(arguments)), answer.body
        assert told == arguments or isinstance(dialect, Messages)  # whose arguments are an object


def test_a_refusals_words_reach_every_dialect(start_gateway, upstream):
    message = {"role": "assistant", "content": None, "refusal": "I'd rather not."}

    def refuses(request, connection):
        if not is_streamed(request):
            return respond(
                connection, 200,
                completion()
                | {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
        begin_stream(connection)
        for delta in ({"role": "assistant",
                       "content": None}, {"refusal": "I'd "}, {"refusal": "rather not."}):
            send_piece(connection, chunk(delta))
        send_piece(connection, chunk({}, "stop") + b"data: [DONE]\n\n")
        end_stream(connection)

    upstream.script = refuses
    gateway = gateway_to(start_gateway, upstream, PROVIDERS[0])
    for dialect, finish in ((Messages(), "refusal"), (Responses(), "incomplete")):
        for streamed in (False, True):
            answer = gateway.request(
                "POST", dialect.path, {
                    "model": "default-chat", **dialect.request("text"),
                    **(dialect.stream if streamed else {})
                })
            assert dialect.reduce(answer,
                                  streamed)[:3] == ("I'd rather not.", [], finish), answer.body
    assert gateway.chat(path="/v1/chat/completions").json()["choices"][0] == {
        "index": 0, "message": message, "finish_reason": "stop"
    }
    plain = gateway.chat().json()
    assert (plain["message"]["content"], plain["finish_reason"]) == ("I'd rather not.",
                                                                     "content_filter")


# A provider's word for how its answer ended, and what each dialect says of it.
ENDS = [
    (Anthropic, "pause_turn", ("stop", "pause_turn", "completed")),
    (Anthropic, "model_context_window_exceeded", ("length", "model_context_window_exceeded",
                                                  "incomplete")),
    (Anthropic, "refusal", ("content_filter", "refusal", "incomplete")),
    (Gemini, "SAFETY", ("content_filter", "refusal", "incomplete")),
    (Gemini, "BRAND_NEW", ("stop", "end_turn", "completed")),
    (Ollama, "unload", ("stop", "end_turn", "completed")),
    (OpenAi, "content_filter", ("content_filter", "refusal", "incomplete")),
    (OpenAi, "brand_new", ("brand_new", "end_turn", "completed")),
]


@pytest.mark.parametrize("kind,word,said", ENDS, ids=[word for _, word, _ in ENDS])
def test_how_an_answer_ended(start_gateway, upstream, kind, word, said):
    provider = kind()
    provider.finish = {"text": word}
    upstream.script = answer_as(provider)
    gateway = gateway_to(start_gateway, upstream, provider)
    for dialect, finish in zip(DIALECTS, said):
        for streamed in (False, True):
            answer = gateway.request(
                "POST", dialect.path, {
                    "model": "default-chat", **dialect.request("text"),
                    **(dialect.stream if streamed else {})
                })
            ended = dialect.reduce(answer, streamed)[2]
            assert ended == finish, (names(dialect), streamed, answer.body)
            # OpenAI's own word is the reason itself; another provider's is told as well.
            if isinstance(dialect, Chat) and kind is not OpenAi:
                assert f'"native_finish_reason":"{word}"'.encode() in answer.body


@pytest.mark.parametrize("provider", PROVIDERS, ids=names)
def test_the_model_is_always_the_one_that_answered(start_gateway, upstream, provider):
    upstream.script = answer_as(provider)
    gateway = gateway_to(start_gateway, upstream, provider)
    for dialect in DIALECTS:
        for streamed in (False, True):
            answer = gateway.request(
                "POST", dialect.path, {
                    "model": "default-chat", **dialect.request("text"),
                    **(dialect.stream if streamed else {})
                })
            told = re.findall(rb'"model":\s?"([^"]*)"', answer.body)
            assert told and set(told) == {b"real"}, (names(dialect), streamed, answer.body)


def test_reasoning_finds_its_way_back_through_every_dialect(start_gateway, upstream):
    """What a model thought comes back to it unchanged, whichever provider it is and whoever carried
    it."""
    anthropic, gemini = PROVIDERS[1], PROVIDERS[2]
    for provider, kind, seal in ((anthropic, "text", b'"signature":"c2ln"'),
                                 (gemini, "tools", b'"thoughtSignature":"Z2Vt"')):
        gateway = gateway_to(start_gateway, upstream, provider)
        for dialect in DIALECTS:
            for streamed in (False, True):
                upstream.script = answer_as(provider, kind)
                body = {"model": "default-chat", **dialect.request(kind)}
                answer = gateway.request("POST", dialect.path,
                                         {**body, **(dialect.stream if streamed else {})})
                follow_up = echo_back(dialect, body, answer, streamed)
                assert gateway.request("POST", dialect.path, follow_up).status == 200
                assert seal in upstream.requests[-1].body, (names(dialect), streamed,
                                                            upstream.requests[-1].body)
        gateway.stop()


def echo_back(dialect, body, answer, streamed):
    """The next request of a caller that keeps all it was given."""
    if isinstance(dialect, Responses):
        output = dialect.response(answer, streamed)["output"]
        results = [{"type": "function_call_output", "call_id": i["call_id"], "output": "4"}
                   for i in output
                   if i["type"] == "function_call"]
        return {
            **body, "input": [{"role": "user", "content": "hi"}, *output, *results,
                              {"role": "user", "content": "go on"}]
        }
    if isinstance(dialect, Messages):
        content = dialect.message(answer, streamed)["content"]
        results = [{"type": "tool_result", "tool_use_id": b["id"], "content": "4"}
                   for b in content
                   if b["type"] == "tool_use"]
        return {
            **body, "messages": [
                *body["messages"], {"role": "assistant", "content": content},
                {"role": "user", "content": [*results, {"type": "text", "text": "go on"}]}
            ]
        }
    message = chat_message(answer, streamed)
    results = [{"role": "tool", "tool_call_id": c["id"], "content": "4"}
               for c in message.get("tool_calls", [])]
    return {
        **body, "messages": [
            *body["messages"], message, *results, {"role": "user", "content": "go on"}
        ]
    }


def chat_message(answer, streamed):
    if not streamed:
        return answer.json()["choices"][0]["message"]
    message, calls, details = {"role": "assistant", "content": ""}, {}, {}
    for piece in map(json.loads, answer.events()[:-1]):
        for choice in piece["choices"]:
            delta = choice["delta"]
            message["content"] += delta.get("content") or ""
            for call in delta.get("tool_calls", []):
                so_far = calls.setdefault(
                    call["index"], {
                        "id": call.get("id"), "type": "function",
                        "function": {"name": call["function"].get("name"), "arguments": ""}
                    })
                so_far["function"]["arguments"] += call["function"]["arguments"]
            for detail in delta.get("reasoning_details", []):
                known = details.setdefault(detail["index"], {**detail, "text": ""})
                known |= {**detail, "text": known.get("text", "") + detail.get("text", "")}
    return message | ({"tool_calls": list(calls.values())}
                      if calls else {}) | {"reasoning_details": list(details.values())}


@pytest.mark.parametrize("provider", PROVIDERS, ids=names)
def test_each_dialect_has_its_own_errors(start_gateway, upstream, provider):
    gateway = gateway_to(start_gateway, upstream, provider)
    status, body = provider.failure
    upstream.script = answer_with(status, body)
    for dialect in DIALECTS:
        answer = gateway.request("POST", dialect.path,
                                 {"model": "default-chat", **dialect.request("text")},
                                 {"x-request-id": "caller-9"})
        assert answer.status >= 500 and answer.headers["request-id"] == "caller-9"
        error = answer.json()["error"]
        if isinstance(dialect, Messages):
            assert answer.json()["type"] == "error" and answer.json()["request_id"] == "caller-9"
            assert error["type"] == ("overloaded_error"
                                     if provider.plugin == "anthropic" else "api_error")
            assert (answer.status == 529) == (provider.plugin == "anthropic")
        else:
            assert set(error) == {"message", "type", "param", "code"
                                  } and error["type"] == "server_error"


@pytest.mark.parametrize("path, body, says", [
    ("/v1/messages", {"messages": [{"role": "user", "content": "hi"}]}, "'max_tokens' is required"),
    ("/v1/messages", {
        "max_tokens": 5, "messages": [{"role": "user", "content": [{"type": "video"}]}]
    }, "'messages[0].content[0].type' is a kind of content that cannot be carried to a provider"),
    ("/v1/messages", {
        "max_tokens": 5, "messages": [], "tools": [{"type": "web_search_20260101", "name": "w"}]
    }, "'tools[0].type'"),
    ("/v1/messages", {
        "max_tokens": 5, "messages": [{"role": "user", "content": "hi"}], "mcp_servers": []
    }, "'mcp_servers'"),
    ("/v1/responses", {"input": "hi", "previous_response_id": "resp_1"
                       }, "'previous_response_id' needs stored state"),
    ("/v1/responses", {"input": "hi", "store": True}, "'store' needs stored state"),
    ("/v1/responses", {"input": [{"type": "item_reference", "id": "x"}]
                       }, "'input[0].type' names a stored item"),
    ("/v1/responses", {"input": "hi", "tools": [{"type": "web_search"}]
                       }, "'tools[0].type' must be function"),
    ("/v1/responses", {}, "'input' is required"),
])
def test_what_cannot_be_done_is_named(start_gateway, path, body, says):
    answer = start_gateway(ECHO).request("POST", path, {"model": "default-chat", **body})
    assert answer.status == 400
    error = answer.json()["error"]
    assert says in error["message"] and error["type"] == "invalid_request_error"
    if path == "/v1/responses":
        assert error["param"] and error["message"].startswith(f"'{error['param']}'")


@pytest.mark.parametrize("provider", PROVIDERS, ids=names)
def test_what_a_provider_cannot_do_is_named(start_gateway, upstream, provider):
    """OpenAI itself says so, for the others their codecs do."""
    upstream.script = answer_with(
        400, {
            "error": {
                "message": "no", "type": "invalid_request_error", "param": "logit_bias",
                "code": None
            }
        })
    gateway = gateway_to(start_gateway, upstream, provider)
    for path in ("/v1/chat", "/v1/chat/completions"):
        answer = gateway.chat(path=path, logit_bias={"1": 1})
        assert (answer.status, answer.json()["error"]["param"]) == (400, "logit_bias"), answer.body
    assert len(upstream.requests) == (2 if provider.plugin == "openai" else 0)


def test_images_and_documents_arrive(start_gateway, upstream):
    gateway = gateway_to(start_gateway, upstream, PROVIDERS[2])
    upstream.script = answer_as(PROVIDERS[2])
    data = base64.b64encode(b"picture").decode()
    gateway.request(
        "POST", "/v1/messages", {
            "model": "default-chat", "max_tokens": 5, "messages": [{
                "role": "user", "content": [{
                    "type": "image",
                    "source": {"type": "base64", "media_type": "image/png", "data": data}
                }, {
                    "type": "document",
                    "source": {"type": "base64", "media_type": "application/pdf", "data": data}
                }]
            }]
        })
    parts = upstream.requests[-1].json()["contents"][0]["parts"]
    assert [part["inlineData"] for part in parts] == [{"mimeType": "image/png", "data": data},
                                                      {"mimeType": "application/pdf", "data": data}]
    gateway.request(
        "POST", "/v1/responses", {
            "model": "default-chat", "input": [{
                "role": "user",
                "content": [{"type": "input_image", "image_url": "data:image/png;base64," + data}]
            }]
        })
    assert upstream.requests[-1].json()["contents"][0]["parts"][0]["inlineData"]["data"] == data


def test_tokens_are_counted(start_gateway):
    gateway = start_gateway(ECHO)
    body = {"model": "default-chat", "messages": [{"role": "user", "content": "word " * 100}]}
    count = gateway.request("POST", "/v1/messages/count_tokens", body).json()
    assert list(count) == ["input_tokens"] and 100 <= count["input_tokens"] <= 200
    refused = gateway.request("POST", "/v1/messages/count_tokens", {"model": "default-chat"})
    assert refused.status == 400 and refused.json()["type"] == "error"


def test_anthropic_callers_are_told_their_limits_in_their_headers(start_gateway):
    gateway = start_gateway(ECHO + "limits: [ { per: client, requests_per_minute: 1 } ]\n")
    body = {
        "model": "default-chat", "max_tokens": 5, "messages": [{"role": "user", "content": "hi"}]
    }
    answer = gateway.request("POST", "/v1/messages", body)
    assert answer.headers["anthropic-ratelimit-requests-limit"] == "1"
    assert answer.headers["anthropic-ratelimit-requests-remaining"] == "0"
    assert answer.headers["anthropic-ratelimit-requests-reset"].endswith("Z")
    assert "x-ratelimit-limit-requests" not in answer.headers
    refused = gateway.request("POST", "/v1/messages", body)
    assert refused.status == 429 and refused.json()["error"]["type"] == "rate_limit_error"
