"""A stream that the provider answers with one JSON: the caller gets a stream of it, or the
provider's own words."""
import json

import pytest

from dialects import DIALECTS, gateway_to, names
from providers import PROVIDERS, TOOLS
from upstream import answer_with

TYPES = ["application/json", "application/json; charset=utf-8", "text/event-stream", "text/plain"]
BOOM = {"type": "error", "error": {"type": "api_error", "message": "the model is not loaded"}}


def ask(gateway, dialect, kind="text"):
    body = {"model": "default-chat", **dialect.request(kind), **dialect.stream}
    return gateway.request("POST", dialect.path, body)


@pytest.mark.parametrize("provider", PROVIDERS, ids=names)
def test_a_whole_answer_becomes_a_stream(start_gateway, upstream, provider):
    gateway = gateway_to(start_gateway, upstream, provider)
    # Ollama's streams are lines of JSON, and a whole answer is one of them.
    indent = None if provider.plugin == "ollama" else 2
    for case in ((dialect, kind, content_type) for dialect in DIALECTS
                 for kind in ("text", "tools", "cut") for content_type in TYPES):
        dialect, kind, content_type = case
        body = b"\r\n " + json.dumps(provider.whole(kind), indent=indent).encode() + b"\n"
        upstream.script = answer_with(200, body, content_type)
        answer = ask(gateway, dialect, kind)
        where = (names(dialect), kind, content_type, answer.body)
        assert answer.status == 200, where
        assert answer.headers["content-type"].startswith("text/event-stream"), where
        expected = ("", TOOLS) if kind == "tools" else ("Hello wörld", [])
        assert dialect.reduce(answer, True) == (*expected, dialect.finish[kind], 20, 5), where


def test_a_list_of_geminis_answers_becomes_a_stream(start_gateway, upstream):
    gemini = next(provider for provider in PROVIDERS if provider.plugin == "gemini")
    gateway = gateway_to(start_gateway, upstream, gemini)
    answers = [gemini.answer([{"text": "Hello "}]), gemini.answer([{"text": "wörld"}], "text")]
    upstream.script = answer_with(200, answers)
    for dialect in DIALECTS:
        answer = ask(gateway, dialect)
        said = dialect.reduce(answer, True)
        assert said == ("Hello wörld", [], dialect.finish["text"], 20, 5), answer.body


@pytest.mark.parametrize("provider", PROVIDERS, ids=names)
def test_an_error_is_told_in_the_providers_words(remote, upstream, provider):
    gateway = remote(provider)
    upstream.script = answer_with(200, BOOM)
    for dialect in DIALECTS:
        answer = ask(gateway, dialect)
        assert answer.status in (502, 529) and BOOM["error"]["message"] in answer.body.decode(), (
            names(dialect), answer.status, answer.body)
