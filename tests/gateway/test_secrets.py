"""A configured secret appears nowhere, whoever says it."""
import subprocess

import pytest

from harness import BINARY, SINK, records
from upstream import answer_chat, answer_with, begin_stream, chunk, end_stream, send_piece

KEY = "sk-test-1234567890abcdef"
PLUGINS = ["openai", "anthropic", "gemini", "ollama"]
SAY = "Incorrect API key provided: %s. See example.com"
PATHS = ["/v1/chat", "/v1/chat/completions", "/v1/messages", "/v1/responses"]


def body_of(path, **fields):
    if path == "/v1/responses":
        return {"model": "m", "input": "hi", **fields}
    more = {"max_tokens": 9} if path == "/v1/messages" else {}
    return {"model": "m", "messages": [{"role": "user", "content": "hi"}], **more, **fields}


def configured(upstream, plugin):
    return (f"providers: {{ up: {{ plugin: {plugin}, base_url: \"{upstream.url}\", "
            f"api_key: {KEY}, breaker: {{ failures: 0 }} }} }}\n"
            "models: { m: { targets: [ { provider: up, model: m } ], retry: { attempts: 1 } } }\n" + SINK)


@pytest.mark.parametrize("plugin", PLUGINS)
def test_what_a_provider_quotes_of_its_key_goes_no_further(start_gateway, upstream, plugin):
    gateway = start_gateway(configured(upstream, plugin))
    asked = 0
    for quoted in (KEY, "Bearer " + KEY, KEY[:14] + "****" + KEY[-8:]):
        for status in (200, 400, 401, 403, 404, 422, 429, 500, 503):
            upstream.script = answer_with(status, {"error": {"message": SAY % quoted, "code": quoted,
                                                             "param": quoted, "type": "x"}})
            for path in PATHS:
                for stream in (False, True):
                    answer = gateway.request("POST", path, body_of(path, stream=stream),
                                             {"x-client-id": "c"})
                    asked += 1
                    told = answer.body.decode() + str(answer.headers)
                    assert not any(KEY[i:i + 8] in told for i in range(len(KEY) - 7)), told
    assert records(gateway, asked)
    for text in ((gateway.folder / "requests.jsonl").read_text(), gateway.log(),
                 gateway.admin("/metrics").body.decode()):
        assert not any(KEY[i:i + 8] in text for i in range(len(KEY) - 7))


def test_a_stream_that_quotes_the_key_midway_keeps_the_rest_of_its_words(start_gateway, upstream):
    def midway(_, connection):
        begin_stream(connection)
        send_piece(connection, chunk({"content": "hel"}))
        send_piece(connection, b'data: {"error":{"message":"%s"}}\n\n' % (SAY % KEY).encode())
        end_stream(connection)

    upstream.script = midway
    gateway = start_gateway(configured(upstream, "openai"))
    for path in PATHS:
        answer = gateway.request("POST", path, body_of(path, stream=True), {"x-client-id": "c"})
        assert KEY[:8].encode() not in answer.body and b"See example.com" in answer.body, answer.body


@pytest.mark.parametrize("yaml", [
    'providers: { up: { plugin: openai, base_url: "http://user:s3cr3t-77aa@127.0.0.1/v1" } }\n',
    'providers: { up: { plugin: openai, base_url: "http://127.0.0.1/v1?key=s3cr3t-77aa" } }\n',
    'shared_limits: { redis: "redis://:s3cr3t-77aa@127.0.0.1:6379", gateways: 2 }\n',
    'shared_limits: { redis: ":s3cr3t-77aa@127.0.0.1:6379", gateways: 2 }\n',
    'providers: { up: { plugin: openai, api_key: [ "s3cr3t-77aa" ] } }\n',
    'providers: { up: { plugin: openai, api_kee: "s3cr3t-77aa" } }\n',
    'admin: { token: "s3cr3t\\t77aa" }\n',
])
def test_a_mistake_is_told_without_the_secret_in_it(tmp_path, yaml):
    file = tmp_path / "g.yaml"
    file.write_text("plugins: { path: [p] }\n" + yaml)
    told = subprocess.run([BINARY, "check", "--config", file], capture_output=True, text=True)
    assert told.returncode == 1 and "s3cr3t" not in told.stdout + told.stderr


def test_a_secret_may_end_in_a_line_end(start_gateway, upstream):
    upstream.script = answer_with(200, {"choices": [{"index": 0, "finish_reason": "stop", "message": {
        "role": "assistant", "content": "hi"}}]})
    gateway = start_gateway(configured(upstream, "openai").replace(KEY, f'"{KEY}\\n"'))
    assert gateway.request("POST", "/v1/chat", body_of("/v1/chat", client_id="c")).status == 200
    assert upstream.requests[0].headers["authorization"] == f"Bearer {KEY}"


def reload(gateway):
    return gateway.request("POST", "/admin/reload", port=gateway.admin_port)


def test_a_key_in_a_file_is_read_again_by_each_reload(start_gateway, upstream, tmp_path):
    first, second = KEY, KEY[::-1]
    file = tmp_path / "key.txt"
    file.write_text(first + "\n")
    file.chmod(0o600)
    upstream.script = answer_chat()
    gateway = start_gateway(configured(upstream, "openai").replace(KEY, f'"${{file:{file}}}"'))

    def sent():
        assert gateway.request("POST", PATHS[1], body_of(PATHS[1])).status == 200
        return upstream.requests[-1].headers["authorization"]

    assert sent() == "Bearer " + first
    file.write_text(second + "\n")
    assert sent() == "Bearer " + first
    assert reload(gateway).status == 200
    assert sent() == "Bearer " + second
    file.unlink()
    refused = reload(gateway)
    assert refused.status != 200 and b"key.txt cannot be read" in refused.body
    assert sent() == "Bearer " + second
    for secret in (first, second):
        assert secret[:8] not in gateway.log()
