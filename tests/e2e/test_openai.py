"""The official OpenAI SDKs for Python and Node, unmodified, through Gatehouse."""
import json
import os
import subprocess

import openai
import pytest

from upstream import STREAM, begin_stream, send_piece

E2E = os.environ["GATEHOUSE_E2E"]
LIMITS = "limits: [ { per: client, requests_per_minute: 1000, tokens_per_minute: 1000000 } ]\n"


@pytest.fixture(params=["echo", "remote"])
def served(request, start_gateway, upstream):
    """A gateway in front of the echo provider or of a remote one, and what either answers."""
    if request.param == "echo":
        provider, text = "{ plugin: echo }", None
    else:
        provider, text = f'{{ plugin: openai, base_url: "{upstream.url}" }}', "Hello from upstream"
    gateway = start_gateway(f"providers: {{ p: {provider} }}\n"
                  "models: { default-chat: { targets: [ { provider: p, model: real-model } ] } }\n"
                  "policies: [ { plugin: require_client } ]\n" + LIMITS)
    return gateway, text


def client_of(gateway):
    return openai.OpenAI(base_url=f"http://127.0.0.1:{gateway.port}/v1", api_key="any",
                         max_retries=0, default_headers={"x-client-id": "python"})


def test_python(served):
    gateway, text = served
    client = client_of(gateway)
    messages = [{"role": "user", "content": "one two three"}]
    whole = client.chat.completions.create(model="default-chat", messages=messages)
    assert whole.choices[0].message.content == (text or "one two three")
    assert whole.choices[
        0].finish_reason == "stop" and whole.usage.total_tokens > 0 and whole._request_id

    said, usage, pieces = "", None, 0
    for chunk in client.chat.completions.create(model="default-chat", messages=messages,
                                                stream=True,
                                                stream_options={"include_usage": True}):
        said += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        usage, pieces = chunk.usage or usage, pieces + 1
    assert said == ("Hello stream"
                    if text else "one two three") and usage.total_tokens > 0 and pieces > 3

    assert [model.id for model in client.models.list()] == ["default-chat"]
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="no-such-model", messages=messages)
    assert missing.value.code == "model_not_found" and missing.value.request_id


def test_node(served):
    gateway, text = served
    ran = subprocess.run([
        "node", "chat.mjs", f"http://127.0.0.1:{gateway.port}/v1", "default-chat", "one two three"
    ], cwd=E2E, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)
    streamed = "Hello stream" if text else "one two three"
    assert seen["whole"]["text"] == (text or "one two three") and seen["whole"]["finish"] == "stop"
    assert seen["whole"]["usage"]["total_tokens"] > 0 and seen["whole"]["id"]
    assert seen["stream"]["text"] == seen["helper"]["text"] == streamed
    assert seen["stream"]["usage"]["total_tokens"] > 0 and seen["stream"]["pieces"] > 3
    assert seen["models"] == ["default-chat"]
    assert seen["error"] == {
        "name": "NotFoundError", "status": 404, "code": "model_not_found", "id": seen["error"]["id"]
    }


def test_a_cut_stream_is_an_error_to_both(start_gateway, upstream):
    def cut(request, connection):
        begin_stream(connection)
        for piece in STREAM[:3]:
            send_piece(connection, piece)
        return "close"

    upstream.script = cut
    gateway = start_gateway(
        f'providers: {{ p: {{ plugin: openai, base_url: "{upstream.url}" }} }}\n'
        "models: { default-chat: { targets: [ { provider: p, model: m } ] } }\n")
    with pytest.raises(openai.APIError):
        for _ in client_of(gateway).chat.completions.create(
                model="default-chat", messages=[{"role": "user", "content": "x"}], stream=True):
            pass


def test_limits_and_denials_have_their_exceptions(start_gateway):
    gateway = start_gateway(
        "providers: { p: { plugin: echo } }\n"
        "models: { default-chat: { targets: [ { provider: p, model: m } ] } }\n"
        "policies: [ { plugin: model_access, config: { disabled: [off] } } ]\n"
        "limits: [ { per: client, requests_per_minute: 2 } ]\n")
    client = client_of(gateway)
    messages = [{"role": "user", "content": "x"}]
    with pytest.raises(openai.PermissionDeniedError) as denied:
        client.chat.completions.create(model="off", messages=messages)
    assert denied.value.code == "model_disabled"
    client.chat.completions.create(model="default-chat", messages=messages)
    with pytest.raises(openai.RateLimitError) as limited:
        client.chat.completions.create(model="default-chat", messages=messages)
    assert limited.value.code == "rate_limit_exceeded" and int(
        limited.value.response.headers["retry-after"]) >= 1
