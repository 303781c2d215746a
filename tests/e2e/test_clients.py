"""What people use beside OpenAI's own SDKs, unmodified: Anthropic's SDKs for Python and Node,
LangChain, LlamaIndex and Vercel's AI SDK, each in front of every provider's wire."""
import json
import os
import subprocess

import anthropic
import pytest

from providers import PROVIDERS, answer_as, cut
from upstream import respond

E2E = os.environ["GATEHOUSE_E2E"]
CLIENTS = [
    "anthropic", "langchain", "llamaindex", "vercel-compatible", "vercel-responses",
    "vercel-anthropic"
]
VECTORS = [[0.5, -1.25], [1.0, 2.0]]
plugin_of = lambda provider: provider.plugin


def served(start_gateway, upstream, provider):
    def script(request, connection):
        if request.path.endswith("/embeddings"):
            return respond(
                connection, 200, {
                    "object": "list", "model": "real", "usage": {
                        "prompt_tokens": 2, "total_tokens": 2
                    }, "data": [{"object": "embedding", "index": i, "embedding": v}
                                for i, v in enumerate(VECTORS)]
                })
        return answer_as(provider)(request, connection)

    upstream.script = script
    return start_gateway(f"""
providers:
  remote: {{ plugin: {provider.plugin}, base_url: "{upstream.url}", api_key: sk-upstream }}
  vectors: {{ plugin: openai, base_url: "{upstream.url}" }}
models:
  default-chat: {{ targets: [ {{ provider: remote, model: real }} ] }}
  vectors: {{ targets: [ {{ provider: vectors, model: real }} ] }}
policies: [ {{ plugin: require_client }} ]
""")


@pytest.mark.parametrize("provider", PROVIDERS, ids=plugin_of)
@pytest.mark.parametrize("client", CLIENTS)
def test_node(start_gateway, upstream, client, provider):
    gateway = served(start_gateway, upstream, provider)
    ran = subprocess.run(
        ["node", "clients.mjs", client, f"http://127.0.0.1:{gateway.port}", "default-chat", "hi"],
        cwd=E2E, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)
    assert seen["whole"] == seen["stream"] == "Hello wörld", seen
    assert seen["finish"] in ("stop", "end_turn") and seen.get("streamFinish",
                                                               "stop") in ("stop", "end_turn"), seen
    assert seen["input"] in (20, 12), seen  # Anthropic's own count leaves out what was cached
    assert seen["error"] in (404, "NotFoundError"), seen
    if client == "langchain":
        assert seen["vectors"] == VECTORS
    if client == "anthropic":
        assert seen["counted"] > 0 and seen["models"] == ["default-chat", "vectors"]


def client_of(gateway):
    return anthropic.Anthropic(base_url=f"http://127.0.0.1:{gateway.port}", api_key="any",
                               max_retries=0, default_headers={"x-client-id": "python"})


REQUEST = {
    "model": "default-chat", "max_tokens": 100, "messages": [{"role": "user", "content": "hi"}]
}


@pytest.mark.parametrize("provider", PROVIDERS, ids=plugin_of)
def test_anthropic_python(start_gateway, upstream, provider):
    client = client_of(served(start_gateway, upstream, provider))
    whole = client.messages.create(**REQUEST)
    assert [block.text for block in whole.content if block.type == "text"] == ["Hello wörld"]
    assert whole.stop_reason == "end_turn" and whole.usage.output_tokens == 5
    with client.messages.stream(**REQUEST) as stream:
        assert "".join(stream.text_stream) == "Hello wörld"
        assert stream.get_final_message().stop_reason == "end_turn"
    assert client.messages.count_tokens(model="default-chat",
                                        messages=REQUEST["messages"]).input_tokens > 0
    with pytest.raises(anthropic.NotFoundError):
        client.messages.create(**{**REQUEST, "model": "no-such-model"})
    upstream.script = answer_as(provider, "tools")
    tools = [{"name": "weather", "description": "Weather", "input_schema": {"type": "object"}}]
    called = client.messages.create(**REQUEST, tools=tools)
    assert [(block.name, block.input) for block in called.content if block.type == "tool_use"] == [
        ("weather", {"city": "Oslo"}), ("now", {})] and called.stop_reason == "tool_use"


@pytest.mark.parametrize("provider", PROVIDERS, ids=plugin_of)
def test_a_cut_stream_is_an_error_to_anthropic(start_gateway, upstream, provider):
    gateway = served(start_gateway, upstream, provider)
    upstream.script = cut(provider)
    with pytest.raises(anthropic.APIError):
        with client_of(gateway).messages.stream(**REQUEST) as stream:
            list(stream)
