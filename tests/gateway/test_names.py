"""Names in a request: given once at any depth, and of a bounded length, in every dialect."""
import pytest

from harness import ECHO, SINK, records
from providers import PROVIDERS
from upstream import answer_with

KINDS = {provider.plugin: provider for provider in PROVIDERS}
LONG = "m" * 1_000_000
# path, and a body with %s where members of an object may stand
TWICE = [
    ("/v1/chat", '{"client_id":"c","model":"default-chat",%s"messages":[{"role":"user","content":"hi"}]}'),
    ("/v1/chat", '{"client_id":"c","model":"default-chat","metadata":{%s"request_id":"r"},'
                 '"messages":[{"role":"user","content":"hi"}]}'),
    ("/v1/chat/completions", '{"model":"default-chat","messages":[{%s"role":"user","content":"hi"}]}'),
    ("/v1/chat/completions", '{"model":"default-chat","messages":[{"role":"user","content":'
                             '[{%s"type":"text","text":"hi"}]}]}'),
    ("/v1/chat/completions", '{"model":"default-chat","messages":[{"role":"user","content":"hi"}],'
                             '"tools":[{"type":"function","function":{%s"name":"f"}}]}'),
    ("/v1/messages", '{"model":"default-chat","max_tokens":9,%s"messages":[{"role":"user","content":"hi"}]}'),
    ("/v1/messages", '{"model":"default-chat","max_tokens":9,"messages":[{%s"role":"user","content":"hi"}]}'),
    ("/v1/messages", '{"model":"default-chat","max_tokens":9,"messages":[{"role":"user","content":'
                     '[{%s"type":"text","text":"hi"}]}]}'),
    ("/v1/messages/count_tokens", '{"model":"default-chat","messages":[{%s"role":"user","content":"hi"}]}'),
    ("/v1/responses", '{"model":"default-chat",%s"input":"hi"}'),
    ("/v1/responses", '{"model":"default-chat","input":[{%s"role":"user","content":"hi"}]}'),
    ("/v1/embeddings", '{"model":"default-chat",%s"input":"hi"}'),
]
SPELLINGS = ['"zz":1,"zz":2,', '"zz":1,"z\\u007a":2,', '"zz":{"a":1,"b":{"c":0,"c":1}},',
             '"zz":[[{"a":1,"\\u0061":1}]],', '"zz":%s,"zz":1,' % ('"' + "x" * 5000 + '"')]


@pytest.mark.parametrize("path,body", TWICE)
def test_a_name_given_twice_is_refused_before_anybody_is_asked(start_gateway, upstream, path, body):
    upstream.script = answer_with(200, KINDS["openai"].whole("text"))
    gateway = start_gateway(
        f'providers: {{ up: {{ plugin: openai, base_url: "{upstream.url}", api_key: k }} }}\n'
        "models: { default-chat: { targets: [ { provider: up, model: m } ] } }\n")
    headers = {"content-type": "application/json", "x-client-id": "c"}
    for names in SPELLINGS:
        answer = gateway.request("POST", path, (body % names).encode(), headers)
        assert answer.status == 400 and "given twice" in str(answer.json()), (names, answer.body)
    assert upstream.requests == []


@pytest.mark.parametrize("path,body", [
    ("/v1/chat", {"client_id": "c", "model": LONG, "messages": [{"role": "user", "content": "hi"}]}),
    ("/v1/chat", {"client_id": LONG, "model": "m", "messages": [{"role": "user", "content": "hi"}]}),
    ("/v1/chat", {"client_id": "c", "model": "m", "metadata": {"request_id": LONG},
                  "messages": [{"role": "user", "content": "hi"}]}),
    ("/v1/chat", {"client_id": "c", "model": "m", "messages": [{"role": LONG, "content": "hi"}]}),
    ("/v1/chat/completions", {"model": LONG, "messages": [{"role": "user", "content": "hi"}]}),
    ("/v1/chat/completions", {"model": "m", "messages": [{"role": "user", "content": "hi"}],
                              "stream_options": {LONG: 1}, "n": LONG}),
    ("/v1/messages", {"model": LONG, "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}),
    ("/v1/messages", {"model": "m", "max_tokens": 9, LONG: 1, "messages": []}),
    ("/v1/messages", {"model": "m", "max_tokens": 9, "messages": [
        {"role": "user", "content": [{"type": LONG}]}]}),
    ("/v1/responses", {"model": LONG, "input": "hi"}), ("/v1/responses", {"model": "m", LONG: 1}),
    ("/v1/responses", {"model": "m", "input": [{"type": LONG}]}),
    ("/v1/embeddings", {"model": LONG, "input": "hi"}), ("/v1/embeddings", {"model": "m", LONG: 1}),
])
def test_what_a_caller_names_at_length_is_neither_repeated_nor_kept(start_gateway, path, body):
    gateway = start_gateway(ECHO + SINK)
    headers = {"content-type": "application/json"}
    answer = gateway.request("POST", path, body, headers)
    assert answer.status in (400, 404) and len(answer.body) < 4096, (answer.status, len(answer.body))
    assert all(len(str(record)) < 8192 for record in records(gateway, 1))


def test_a_long_path_is_not_repeated(start_gateway):
    gateway = start_gateway()
    answer = gateway.request("GET", "/v1/" + "p" * 4000)
    assert answer.status == 404 and len(answer.body) < 512
    answer = gateway.request("GET", "/v1/models/" + "m" * 4000)
    assert answer.status == 404 and len(answer.body) < 512
