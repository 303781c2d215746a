"""Callers' keys: made on the command line, in force on the running gateway at once."""
import re

import pytest

from harness import ECHO, SINK, eventually, records
from keys import create_key, key_command

KEYS = ECHO + "auth: keys\n"


def ask(gateway, key, path="/v1/chat/completions", header="authorization", **fields):
    headers = {} if key is None else {header: f"Bearer {key}" if header == "authorization" else key}
    if path == "/v1/chat":
        fields = {
            "model": "default-chat", "messages": [{"role": "user", "content": "hi"}], **fields
        }
        return gateway.request("POST", path, fields, headers)
    return gateway.chat(path=path, headers=headers, **fields)


def test_a_key_opens_the_door_and_names_the_client(start_gateway):
    gateway = start_gateway(KEYS + SINK)
    assert ask(gateway, None).status == 401
    key_id, key = create_key(gateway, "--client", "web")
    for header in ("authorization", "x-api-key", "api-key", "x-goog-api-key"):
        assert eventually(lambda: ask(gateway, key, header=header).status == 200)
    assert ask(gateway, key, path="/v1/chat").status == 200
    assert ask(gateway, key, path="/v1/chat", client_id="web").status == 200
    overruled = gateway.chat(path="/v1/chat/completions",
                             headers={"x-api-key": key, "x-client-id": "boss"})
    assert overruled.status == 200
    assert {(line["client_id"], line["key_id"])
            for line in records(gateway, 7)
            if line["status"] == 200} == {("web", key_id)}
    assert key not in gateway.log() and key not in (gateway.folder / "requests.jsonl").read_text()


def test_a_body_that_claims_another_client_is_refused(start_gateway):
    gateway = start_gateway(KEYS)
    _, key = create_key(gateway, "--client", "web")
    refused = ask(gateway, key, path="/v1/chat", client_id="boss")
    assert refused.status == 403 and refused.json()["error"]["code"] == "client_mismatch"


@pytest.mark.parametrize("key", [None, "gh-unknown", "x"])
def test_the_refusal_in_each_dialect(start_gateway, key):
    gateway = start_gateway(KEYS)
    plain, openai = ask(gateway, key, path="/v1/chat"), ask(gateway, key)
    assert plain.status == openai.status == 401
    assert plain.json()["error"]["type"] == "authentication_error"
    assert openai.json()["error"].keys() >= {"message", "type", "param", "code"}
    assert plain.json()["error"]["code"] == openai.json()["error"]["code"] == "invalid_api_key"
    assert gateway.request("GET", "/v1/models").json()["error"]["code"] == "invalid_api_key"
    assert gateway.request("GET", "/healthz").status == 200


def test_the_body_of_a_refused_request_is_not_the_next_one(start_gateway):
    gateway = start_gateway(KEYS)
    body = b"GET /smuggled HTTP/1.1\r\nhost: localhost\r\n\r\n"
    with gateway.socket() as caller:
        caller.sendall(
            b"POST /v1/chat HTTP/1.1\r\nhost: localhost\r\n"
            b"x-api-key: wrong\r\ncontent-length: %d\r\n\r\n%s"
            % (len(body), body) + b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n"
                                  b"connection: close\r\n\r\n")
        answers = b""
        while more := caller.recv(65536):
            answers += more
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"401", b"200"], answers


def test_two_credentials_are_one_too_many(start_gateway):
    gateway = start_gateway(KEYS)
    _, key = create_key(gateway, "--client", "web")
    assert gateway.chat(path="/v1/chat/completions",
                        headers={"x-api-key": key, "authorization": "Bearer other"}).status == 400
    assert eventually(
        lambda: gateway.chat(path="/v1/chat/completions", headers=
                             {"x-api-key": key, "authorization": f"Bearer {key}"}).status == 200)


def test_rotate_and_revoke_take_effect_at_once(start_gateway):
    gateway = start_gateway(KEYS)
    key_id, first = create_key(gateway, "--client", "web")
    assert eventually(lambda: ask(gateway, first).status == 200)
    second = key_command(gateway, "rotate", key_id).stdout.strip()
    assert eventually(lambda: (ask(gateway, first).status, ask(gateway, second).status) ==
                      (401, 200))
    assert key_command(gateway, "revoke", key_id).returncode == 0
    assert eventually(lambda: ask(gateway, second).status == 401)
    listed = key_command(gateway, "list").stdout
    assert key_id in listed and "REVOKED" in listed and first not in listed and second not in listed
    assert key_command(gateway, "revoke", key_id).returncode == 1


def test_keys_are_for_their_models_and_their_time(start_gateway):
    gateway = start_gateway(
        KEYS.replace("models: {",
                     "models: { other: { targets: [ { provider: local, model: echo } ] }, "))
    _, narrow = create_key(gateway, "--client", "web", "--models", "other")
    _, short = create_key(gateway, "--client", "web", "--expires", "2s")
    assert eventually(lambda: ask(gateway, narrow, model="other").status == 200)
    refused = ask(gateway, narrow)
    assert refused.status == 403 and refused.json()["error"]["code"] == "model_not_allowed"
    models = gateway.request("GET", "/v1/models",
                             headers={"authorization": f"Bearer {narrow}"}).json()
    assert [model["id"] for model in models["data"]] == ["other"] and models["first_id"] == "other"
    assert gateway.request("GET", "/v1/models/default-chat",
                           headers={"x-api-key": narrow}).status == 404
    assert eventually(
        lambda: "expired" in ask(gateway, short).json().get("error", {}).get("message", ""))


def test_an_open_gateway_still_knows_its_keys(start_gateway):
    gateway = start_gateway(ECHO + SINK)
    key_id, key = create_key(gateway, "--client", "web")
    assert ask(gateway, None).status == ask(gateway, "gh-unknown").status == 200
    assert eventually(
        lambda: ask(gateway, key).status == 200 and records(gateway, 1)[-1]["client_id"] == "web")
    key_command(gateway, "revoke", key_id)
    assert eventually(lambda: ask(gateway, key).status == 401)


def test_keys_survive_a_restart_and_a_kill(start_gateway):
    gateway = start_gateway(KEYS)
    _, key = create_key(gateway, "--client", "web")
    gateway.process.kill()
    gateway.process.wait()
    again = start_gateway(KEYS)
    assert ask(again, key).status == 200


@pytest.mark.parametrize(
    "words", [["create"], ["create", "--client", "a b"], ["create", "--client", "a", "--rpm", "0"],
              ["create", "--client", "a", "--budget", "20/month"], ["revoke"], ["nonsense"],
              ["create", "--client", "a", "--expires", "2020-01-01"], []])
def test_used_wrongly(start_gateway, words):
    gateway = start_gateway()
    wrong = key_command(gateway, *words)
    assert wrong.returncode == 2 and wrong.stderr.startswith("gatehouse")


def test_the_list_says_what_was_agreed(start_gateway):
    gateway = start_gateway()
    key_id, _ = create_key(gateway, "--client", "web", "--rpm", "60", "--tpm", "1000", "--budget",
                           "20usd/month,0.5usd/day", "--expires", "30d", "--models", "a,b")
    listed = key_command(gateway, "list").stdout
    assert re.search(
        rf"^{key_id} .*web .*expires \d{{4}}-.*models a and b rpm 60 tpm 1000 "
        r"0.5usd/day 20usd/month$",
        listed, re.M)


def test_a_model_nobody_knows_is_noted(start_gateway):
    made = key_command(start_gateway(), "create", "--client", "web", "--models",
                       "default-chat,defualt-chat")
    assert made.returncode == 0
    assert "note: the configuration has no model 'defualt-chat'" in made.stderr
    assert made.stderr.count("note:") == 1
