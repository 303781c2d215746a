"""Embeddings: OpenAI's dialect in front of every provider that has them, as numbers and as base64.
"""
import base64
import struct

import pytest

from dialects import gateway_to
from harness import ECHO
from providers import PROVIDERS
from upstream import answer_with, respond

VECTORS = [[0.5, -1.25, 3e-3], [1, 2, 3]]


def answer_vectors(request, connection):
    data = [{"object": "embedding", "index": i, "embedding": v}
            for i, v in enumerate(VECTORS[:len(request.json()["input"])])]
    respond(
        connection, 200, {
            "object": "list", "data": data, "model": "real",
            "usage": {"prompt_tokens": 6, "total_tokens": 6}
        })


@pytest.mark.parametrize("inputs, sent", [("one", ["one"]), (["one", "two"], ["one", "two"]),
                                          ([1, 2], [[1, 2]]), ([[1, 2], [3]], [[1, 2], [3]])])
def test_embeddings_as_numbers_and_as_base64(start_gateway, upstream, inputs, sent):
    gateway = gateway_to(start_gateway, upstream, PROVIDERS[0])
    upstream.script = answer_vectors
    body = {"model": "default-chat", "input": inputs, "dimensions": 3, "metadata": {"project": "goes to nobody"}}
    answer = gateway.request("POST", "/v1/embeddings", body)
    assert answer.status == 200, answer.body
    assert answer.json() == {
        "object": "list", "model": "real", "usage": {"prompt_tokens": 6, "total_tokens": 6},
        "data": [{"object": "embedding", "index": i, "embedding": v}
                 for i, v in enumerate(VECTORS[:len(sent)])]
    }
    asked = upstream.requests[-1]
    assert asked.path == "/v1/embeddings"
    assert asked.json() == {
        "model": "real", "input": sent, "dimensions": 3, "encoding_format": "float"
    }
    packed = gateway.request("POST", "/v1/embeddings",
                             {**body, "encoding_format": "base64"}).json()["data"]
    assert [entry["embedding"] for entry in packed] == [
        base64.b64encode(struct.pack(f"<{len(v)}f", *v)).decode() for v in VECTORS[:len(sent)]]


def test_embeddings_that_cannot_be_had_are_refused(start_gateway, upstream):
    gateway = gateway_to(start_gateway, upstream, PROVIDERS[0])
    for body, param in (({}, "input"), ({"input": []}, "input"),
                        ({"input": "x", "encoding_format": "int8"}, "encoding_format"),
                        ({"input": [[1], ["x"]]}, "input[1]"), ({"input": "x", "stream": True}, "stream"),
                        ({"input": "x", "metadata": "project"}, "metadata")):
        answer = gateway.request("POST", "/v1/embeddings", {"model": "default-chat", **body})
        assert (answer.status, answer.json()["error"]["param"]) == (400, param), answer.body
    upstream.script = answer_vectors
    answer = gateway.request("POST", "/v1/embeddings",
                             {"model": "default-chat", "input": ["a", "b", "c"]})
    assert answer.status == 502 and "one entry for each input" in answer.json()["error"]["message"]


# How the others are asked, and answer.
OLLAMA = ("/v1/api/embed", {"model": "real", "input": ["one", "two"], "dimensions": 3},
          {"model": "real", "embeddings": VECTORS, "total_duration": 1, "prompt_eval_count": 6})
GEMINI = ("/v1/models/real:batchEmbedContents", {
    "requests": [{
        "model": "models/real", "content": {"parts": [{"text": text}]}, "outputDimensionality": 3
    } for text in ("one", "two")]
}, {"embeddings": [{"values": v} for v in VECTORS], "usageMetadata": {"promptTokenCount": 6}})


@pytest.mark.parametrize("provider, path, asked, answer", [(PROVIDERS[3], *OLLAMA),
                                                           (PROVIDERS[2], *GEMINI)],
                         ids=["ollama", "gemini"])
def test_embeddings_of_other_providers(start_gateway, upstream, provider, path, asked, answer):
    gateway = gateway_to(start_gateway, upstream, provider)
    upstream.script = answer_with(200, answer)
    body = {"model": "default-chat", "input": ["one", "two"], "dimensions": 3, "user": "u"}
    told = gateway.request("POST", "/v1/embeddings", body)
    assert told.status == 200, told.body
    assert told.json() == {
        "object": "list", "model": "real", "usage": {"prompt_tokens": 6, "total_tokens": 6},
        "data": [{"object": "embedding", "index": i, "embedding": v} for i, v in enumerate(VECTORS)]
    }
    assert (upstream.requests[-1].path, upstream.requests[-1].json()) == (path, asked)
    tokens = gateway.request("POST", "/v1/embeddings", {**body, "input": [[1, 2]]})
    assert tokens.status == 400, tokens.body
    assert "'input[0]' must be text" in tokens.json()["error"]["message"]
    long = gateway.request("POST", "/v1/embeddings", {**body, "dimensions": "9" * 1000})
    assert long.status == 400 and "'dimensions' must be" in long.json()["error"]["message"]
    for nonsense in ({"embeddings": [1]}, {"object": "list"}):
        upstream.script = answer_with(200, nonsense)
        assert gateway.request("POST", "/v1/embeddings", body).status == 502


@pytest.mark.parametrize("provider", ["echo", "anthropic"])
def test_a_provider_without_embeddings_says_so(start_gateway, upstream, provider):
    if provider == "echo":
        gateway = start_gateway(ECHO)
    else:
        gateway = gateway_to(start_gateway, upstream, PROVIDERS[1])
    answer = gateway.request("POST", "/v1/embeddings", {"model": "default-chat", "input": "x"})
    assert answer.status == 400 and "has no embeddings" in answer.json()["error"]["message"]
