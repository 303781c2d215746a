"""A target that refuses a request for its length or its content: who is asked instead, and what the caller, the record
and the breaker make of it."""
import json

import pytest

from harness import records
from providers import PROVIDERS, Anthropic, Gemini, OpenAi, is_streamed, sse
from upstream import (Upstream, answer_with, begin_stream, chunk, completion, end_stream, respond,
                      send_piece)

TOO_LONG = {
    "openai": (400, {"error": {"message": "This model's maximum context length is 8192 tokens.",
                               "type": "invalid_request_error", "code": "context_length_exceeded"}}),
    "anthropic": (400, {"type": "error",
                        "error": {"type": "invalid_request_error",
                                  "message": "prompt is too long: 210000 tokens > 200000 maximum"}}),
    "gemini": (400, {"error": {"code": 400, "status": "INVALID_ARGUMENT",
                               "message": "The input token count (9) exceeds the maximum number of tokens allowed"}}),
    "ollama": (500, {"error": "the request exceeds context size"}),
}
FILTERED = (400, {"error": {"message": "The response was filtered", "code": "content_filter",
                            "innererror": {"code": "ResponsibleAIPolicyViolation"}}})


@pytest.fixture
def trio():
    servers = Upstream(), Upstream(), Upstream()
    yield servers
    for server in servers:
        server.close()


def routed(start_gateway, trio, *marks, plugin="openai", extra=""):
    """One target after the other, marked as `marks` says; the first speaks the plugin's wire."""
    names = ["one", "two", "three"][:len(marks)]
    providers = "".join(
        f"  {name}: {{ plugin: {plugin if name == 'one' else 'openai'}, base_url: \"{server.url}\", "
        "breaker: { failures: 1 } }\n" for name, server in zip(names, trio))
    targets = ", ".join(f"{{ provider: {name}, model: real, weight: {int(name == 'one')}"
                        + (f", fallback_on: [{mark}]" if mark else "") + " }"
                        for name, mark in zip(names, marks))
    return start_gateway(f"providers:\n{providers}models:\n  default-chat:\n    targets: [ {targets} ]\n"
                         "    retry: { attempts: 2, backoff: 1ms }\n"
                         "    price: { input: 1000, output: 1000 }\n"
                         "log_sinks: [ { plugin: jsonl, config: { path: requests.jsonl } } ]\n" + extra)


def ask(gateway, stream=False):
    return gateway.chat(path="/v1/chat/completions", stream=stream, headers={"x-request-id": "mine"})


def chunks(answer):
    events = answer.events()
    assert events[-1] == "[DONE]", events
    return [json.loads(event) for event in events[:-1]]


def said(answer, stream):
    if not stream:
        return answer.json()["choices"][0]["message"]["content"]
    return "".join(choice["delta"].get("content") or "" for one in chunks(answer) for choice in one["choices"])


def finish(answer, stream):
    if not stream:
        return answer.json()["choices"][0]["finish_reason"]
    return [choice["finish_reason"] for one in chunks(answer) for choice in one["choices"]
            if choice.get("finish_reason")][-1]


def tries(gateway, at=0):
    record = records(gateway, at + 1)[at]
    return [(one["provider"], one["error_type"], one.get("dollars") or 0) for one in record["tries"]]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.plugin)
def test_a_marked_target_is_asked_and_no_other(start_gateway, trio, provider, stream):
    one, two, three = trio
    status, body = TOO_LONG[provider.plugin]
    one.script = answer_with(status, body)
    gateway = routed(start_gateway, trio, "", "content_filter", "context_length", plugin=provider.plugin)
    for at in range(2):  # its breaker opens at the first failure, and this is none
        answer = ask(gateway, stream)
        assert answer.status == 200, answer.body
        assert said(answer, stream) == ("Hello stream" if stream else "Hello from upstream")
        assert answer.headers["x-gatehouse-attempts"] == f"one/real {status}, three/real 200"
        (first, why, cost), (last, fine, charged) = tries(gateway, at)
        assert (first, why, cost) == ("one", "context_length", 0), "what is refused costs nothing"
        assert (last, fine) == ("three", None) and charged > 0
    assert (len(one.requests), len(two.requests), len(three.requests)) == (2, 0, 2)


@pytest.mark.parametrize("marks", [("", ""), ("context_length", ""), ("", "content_filter")])
def test_with_nobody_marked_it_is_final(start_gateway, trio, marks):
    one, two, _ = trio
    one.script = answer_with(*TOO_LONG["openai"])
    answer = ask(routed(start_gateway, trio, *marks))
    assert answer.status == 400
    assert answer.json()["error"]["code"] == "context_length_exceeded"
    assert (len(one.requests), len(two.requests)) == (1, 0)


def test_a_refusal_without_a_code_is_given_openais(start_gateway, trio):
    trio[0].script = answer_with(*TOO_LONG["anthropic"])
    answer = ask(routed(start_gateway, trio, "", plugin="anthropic"))
    assert answer.status == 400 and answer.json()["error"]["code"] == "context_length_exceeded"


def test_a_marked_target_also_follows_any_other_failure(start_gateway, trio):
    one, two, _ = trio
    one.script = answer_with(503, {"error": {"message": "busy"}})
    answer = ask(routed(start_gateway, trio, "", "context_length"))
    assert answer.status == 200 and len(two.requests) == 1


def test_where_the_marked_target_refuses_as_well_its_words_are_final(start_gateway, trio):
    one, two, three = trio
    one.script, two.script = answer_with(*TOO_LONG["openai"]), answer_with(*FILTERED)
    gateway = routed(start_gateway, trio, "", "context_length", "context_length")
    answer = ask(gateway)
    assert answer.status == 400 and answer.json()["error"]["code"] == "content_filter"
    assert [why for _, why, _ in tries(gateway)] == ["context_length", "content_filter"]
    assert (len(one.requests), len(two.requests), len(three.requests)) == (1, 1, 0)


@pytest.mark.parametrize("marks", ["", "context_length"])
def test_a_stream_that_begins_with_the_refusal(start_gateway, trio, marks):
    def refuses(request, connection):
        begin_stream(connection)
        send_piece(connection, chunk({"role": "assistant", "content": ""}))
        send_piece(connection, sse(TOO_LONG["openai"][1]))
        end_stream(connection)
    one, two, _ = trio
    one.script = refuses
    gateway = routed(start_gateway, trio, "", marks)
    answer = ask(gateway, stream=True)
    assert (len(one.requests), len(two.requests)) == (1, int(bool(marks)))
    if marks:
        assert said(answer, True) == "Hello stream"
        assert tries(gateway)[0] == ("one", "context_length", 0)
    else:
        assert answer.status == 400 and answer.json()["error"]["code"] == "context_length_exceeded"


# A filter that lets no word through, of an answer that began well.
def withheld_by(provider):
    def script(request, connection):
        if provider.plugin == "gemini":
            whole = {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 20}}
            pieces = [sse(whole)]
        elif provider.plugin == "anthropic":
            whole = {**provider.whole("text"), "content": [], "stop_reason": "refusal"}
            events = [{"type": "message_start", "message": {"id": "m", "usage": {"input_tokens": 20}}},
                      {"type": "message_delta", "delta": {"stop_reason": "refusal"},
                       "usage": {"output_tokens": 1}}, {"type": "message_stop"}]
            pieces = [sse(event, event["type"]) for event in events]
        else:
            whole = completion("")
            whole["choices"][0]["finish_reason"] = "content_filter"
            pieces = [chunk({"role": "assistant", "content": ""}), chunk({}, "content_filter"),
                      chunk(usage={"prompt_tokens": 20, "completion_tokens": 1, "total_tokens": 21}), sse("[DONE]")]
        if not is_streamed(request):
            return respond(connection, 200, whole)
        begin_stream(connection)
        for piece in pieces:
            send_piece(connection, piece)
        end_stream(connection)
    return script


FILTERS = pytest.mark.parametrize("provider", [OpenAi(), Anthropic(), Gemini()], ids=lambda provider: provider.plugin)


@FILTERS
@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_that_a_filter_withheld_is_asked_for_elsewhere(start_gateway, trio, provider, stream):
    one, two, three = trio
    one.script = withheld_by(provider)
    gateway = routed(start_gateway, trio, "", "context_length", "content_filter", plugin=provider.plugin)
    answer = ask(gateway, stream)
    assert answer.status == 200, answer.body
    assert said(answer, stream) == ("Hello stream" if stream else "Hello from upstream")
    assert finish(answer, stream) == "stop"
    assert (len(one.requests), len(two.requests), len(three.requests)) == (1, 0, 1)
    (first, why, cost), (last, fine, _) = tries(gateway)
    assert (first, why, last, fine) == ("one", "content_filter", "three", None)
    assert cost > 0, "it was answered, and is charged"


@FILTERS
@pytest.mark.parametrize("stream", [False, True])
def test_without_a_mark_the_caller_gets_the_withheld_answer(start_gateway, trio, provider, stream):
    one, two, _ = trio
    one.script = withheld_by(provider)
    answer = ask(routed(start_gateway, trio, "", "context_length", plugin=provider.plugin), stream)
    assert answer.status == 200, answer.body
    assert not said(answer, stream) and finish(answer, stream) == "content_filter"
    assert (len(one.requests), len(two.requests)) == (1, 0)


def test_an_answer_that_has_begun_is_not_asked_for_again(start_gateway, trio):
    def filtered_midway(request, connection):
        if not is_streamed(request):
            whole = completion("Hello ")
            whole["choices"][0]["finish_reason"] = "content_filter"
            return respond(connection, 200, whole)
        begin_stream(connection)
        for piece in (chunk({"content": "Hello "}), chunk({}, "content_filter"), sse("[DONE]")):
            send_piece(connection, piece)
        end_stream(connection)
    one, two, _ = trio
    one.script = filtered_midway
    gateway = routed(start_gateway, trio, "", "content_filter")
    for stream in (False, True):
        answer = ask(gateway, stream)
        assert answer.status == 200
        assert said(answer, stream) == "Hello " and finish(answer, stream) == "content_filter"
    assert (len(one.requests), len(two.requests)) == (2, 0)


def test_where_the_marked_target_is_away_the_caller_may_come_back(start_gateway, trio):
    one, two, _ = trio
    one.script, two.script = withheld_by(OpenAi()), answer_with(401, {"error": {"message": "no"}})
    gateway = routed(start_gateway, trio, "", "content_filter")
    assert ask(gateway).status == 502  # opens the second's breaker
    answer = ask(gateway)
    assert answer.status == 503 and "retry-after" in answer.headers, answer.body
    assert [why for _, why, _ in tries(gateway, 1)] == ["content_filter", "circuit_open"]
