"""Token counts by byte-pair encoding: where there is a file for it, a request's input is counted,
not estimated."""
import base64
import subprocess

import pytest

from harness import BINARY, DEADLINE, SINK, records
from spending import priced
from upstream import completion, respond


def counting(ranks, target="gpt-4o-mini", more="",
             limits="limits: [ { per: client, tokens_per_day: 1000 } ]"):
    return f"""
providers: {{ local: {{ plugin: echo }} }}
token_counts: {{ o200k_base: {ranks} }}
models: {{ default-chat: {{ targets: [ {{ provider: local, model: {target} }} ]{more} }} }}
{limits}
""" + SINK


def record_of(gateway, **fields):
    assert gateway.chat("hello world world", max_tokens=10, **fields).status == 200
    return records(gateway, 1)[0]


COUNTED = (
    "o200k_base", 3 + 4 + 3 + 10)  # the text, its message, the answer's beginning, and the answer


@pytest.mark.parametrize("more", ["", ", encoding: o200k_base"])
def test_the_input_is_counted(start_gateway, ranks, more):
    record = record_of(
        start_gateway(counting(ranks, "gpt-4o-mini" if not more else "of-my-own", more)))
    assert (record["estimate_method"], record["reserved_tokens"]) == COUNTED


@pytest.mark.parametrize("target, more", [("of-my-own", ""), ("gpt-4", ""),
                                          ("gpt-4o", ", encoding: none")])
def test_what_has_no_file_is_estimated(start_gateway, ranks, target, more):
    assert record_of(start_gateway(counting(ranks, target, more)))["estimate_method"] == "bytes"


def test_what_a_provider_reports_is_learnt(start_gateway, upstream):
    gateway = start_gateway(priced(upstream, "limits: [ { per: client, tokens_per_day: 100000 } ]") + SINK)
    prompt = "hello there " * 100
    assert gateway.chat(prompt, max_tokens=10).status == 200
    (first,) = records(gateway, 1)
    said = 3 * (first["reserved_tokens"] - 10)
    usage = {"prompt_tokens": said, "completion_tokens": 4, "total_tokens": said + 4}
    upstream.script = lambda request, connection: respond(connection, 200, completion(usage=usage))
    assert [gateway.chat(prompt, max_tokens=10).status for _ in range(3)] == [200] * 3
    *_, before, after = records(gateway, 4)
    assert after["estimate_method"] == "learnt"
    assert first["reserved_tokens"] < before["reserved_tokens"] < after["reserved_tokens"] < said


def test_nobody_counts_where_no_tokens_are_limited(start_gateway, ranks):
    gateway = start_gateway(
        counting(ranks, limits="limits: [ { per: client, requests_per_minute: 1000 } ]"))
    assert record_of(gateway)["estimate_method"] == "bytes"


def test_count_tokens_counts(start_gateway, ranks):
    gateway = start_gateway(counting(ranks))
    question = {
        "model": "default-chat",
        "messages": [{"role": "user", "content": "hello world<|endoftext|>"}]
    }
    assert gateway.request("POST", "/v1/messages/count_tokens",
                           question).json() == {"input_tokens": 2 + 12 + 4 + 3}
    elsewhere = gateway.request("POST", "/v1/messages/count_tokens",
                                {**question, "model": "unknown"})
    assert elsewhere.json() == {"input_tokens": 12}  # 24 bytes, as estimated


IMAGE = base64.b64encode(b"picture" * 1000).decode()
URL = "data:image/png;base64," + IMAGE
WITH_IMAGE = [("/v1/chat/completions", "messages", {"type": "image_url",
                                                    "image_url": {"url": URL}}),
              ("/v1/messages", "messages", {
                  "type": "image",
                  "source": {"type": "base64", "media_type": "image/png", "data": IMAGE}
              }), ("/v1/responses", "input", {"type": "input_image", "image_url": URL})]


@pytest.mark.parametrize("path, field, image", WITH_IMAGE, ids=[path for path, *_ in WITH_IMAGE])
def test_an_image_counts_in_every_dialect(start_gateway, ranks, path, field, image):
    """As what OpenAI reserves for one, and not by its bytes."""
    gateway = start_gateway(
        counting(ranks, limits="limits: [ { per: client, tokens_per_day: 100000 } ]"))
    question = {"model": "default-chat", field: [{"role": "user", "content": [image]}]}
    gateway.request("POST", path, question | ({"max_tokens": 10} if path == "/v1/messages" else {}))
    (record,) = records(gateway, 1)
    assert record["reserved_tokens"] == 765 + 4 + 3 + (10 if path == "/v1/messages" else 4096)


def check(gateway, yaml):
    gateway.config.write_text(gateway.config.read_text() + yaml)
    return subprocess.run([BINARY, "check", "--config", gateway.config], cwd=gateway.folder,
                          capture_output=True, text=True, timeout=DEADLINE)


def test_check_says_where_a_file_is_wrong(start_gateway, tmp_path):
    gateway = start_gateway()
    line = gateway.config.read_text().count("\n") + 1
    missing = check(gateway, "token_counts: { o200k_base: nowhere.tiktoken }\n")
    assert missing.returncode == 1
    assert (f"gatehouse.yaml:{line}:29: nowhere.tiktoken: cannot be read: No such file or directory"
            in missing.stderr)
    (tmp_path / "nowhere.tiktoken").write_text("<!DOCTYPE html>\n")
    malformed = check(gateway, "")
    assert malformed.returncode == 1
    assert (f"gatehouse.yaml:{line}:29: nowhere.tiktoken:1: is not a token in base64, a space and "
            "its rank") in malformed.stderr
