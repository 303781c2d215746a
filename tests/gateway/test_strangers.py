"""Who has not shown a valid key writes next to nothing, and keeps nobody else's record out."""
import re

import pytest

from harness import ECHO, SINK, eventually, records
from keys import create_key, key_command

KEYS = ECHO + "auth: keys\n"
PATHS = ("/v1/chat", "/v1/chat/completions", "/v1/messages", "/v1/responses")
MOST = 5  # records of one address in a minute
TRIES = 40
BODY = {"model": "default-chat", "messages": [{"role": "user", "content": "hi"}]}


def revoked_key(gateway):
    key_id, key = create_key(gateway, "--client", "gone")
    assert key_command(gateway, "revoke", key_id).returncode == 0
    return key


STRANGERS = {
    "no key": lambda gateway: {},
    "a wrong key": lambda gateway: {"x-api-key": "gh-made-up"},
    "a revoked key": lambda gateway: {"authorization": "Bearer " + revoked_key(gateway)},
    "two keys": lambda gateway: {"authorization": "Bearer one", "x-api-key": "two"},
}


def ask(gateway, headers, path="/v1/chat/completions"):
    return gateway.request("POST", path, BODY, headers).status


def unrecorded(gateway):
    metrics = gateway.admin("/metrics").body.decode()
    return int(float(re.search(r"^gatehouse_unrecorded_total (\S+)$", metrics, re.M)[1]))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_leaves_a_few_records_and_is_told_each_time(start_gateway, who, path):
    gateway = start_gateway(KEYS + SINK)
    _, key = create_key(gateway, "--client", "honest")
    headers = STRANGERS[who](gateway)
    assert eventually(lambda: ask(gateway, headers, path) in (400, 401))
    before = unrecorded(gateway)
    statuses = {ask(gateway, headers, path) for _ in range(TRIES)}
    assert statuses <= {400, 401}
    assert eventually(lambda: unrecorded(gateway) >= before + TRIES - MOST)
    assert eventually(lambda: ask(gateway, {"x-api-key": key}) == 200)
    assert gateway.stop() == 0
    lines = records(gateway, 2)
    assert "honest" in {line["client_id"] for line in lines}
    assert 0 < sum(line["status"] in (400, 401) for line in lines) <= MOST


def test_what_nobody_can_read_is_a_strangers_where_keys_are_not_asked_for(start_gateway):
    gateway = start_gateway(ECHO + SINK)
    for body in (b"no json", b"{}", b'{"model": 1}'):
        statuses = {gateway.request("POST", "/v1/chat", body).status for _ in range(TRIES)}
        assert statuses == {400}
    assert eventually(lambda: unrecorded(gateway) == 3 * TRIES - MOST)
    assert gateway.chat().status == 200
    assert gateway.stop() == 0
    assert len(records(gateway, MOST + 1)) == MOST + 1


def test_a_key_holders_mistakes_are_all_recorded(start_gateway):
    gateway = start_gateway(KEYS + SINK)
    _, key = create_key(gateway, "--client", "clumsy")
    headers = {"x-api-key": key}
    assert eventually(lambda: ask(gateway, headers) == 200)
    for _ in range(TRIES):
        assert gateway.request("POST", "/v1/chat", b"no json", headers).status == 400
    assert gateway.stop() == 0
    assert sum(line["status"] == 400 for line in records(gateway, TRIES + 1)) == TRIES


COUNT = "/v1/messages/count_tokens"


def test_counting_tokens_is_governed_as_asking_is(start_gateway):
    gateway = start_gateway(KEYS + SINK)
    _, key = create_key(gateway, "--client", "web", "--models", "default-chat", "--rpm", "5")
    headers = {"x-api-key": key}
    assert eventually(lambda: ask(gateway, headers, COUNT) == 200)
    other = gateway.request("POST", COUNT, {**BODY, "model": "dear-chat"}, headers)
    assert other.status == 403 and other.json()["type"] == "error"
    assert [ask(gateway, headers, COUNT) for _ in range(6)] == [200] * 4 + [429] * 2
    assert gateway.stop() == 0
    lines = [line for line in records(gateway, 8) if line["status"] != 401]
    assert {line["route"] for line in lines} == {COUNT}
    assert sorted(line["status"] for line in lines) == [200] * 5 + [403] + [429] * 2
    assert {line["client_id"] for line in lines} == {"web"}


@pytest.mark.parametrize("trusted, address", [("127.0.0.1", "192.0.2.1"), ("10.0.0.0/8", "127.0.0.1")])
def test_behind_a_trusted_proxy_a_record_has_the_callers_address(start_gateway, trusted, address):
    gateway = start_gateway(
        ECHO + SINK + f"server: {{ listen: 127.0.0.1:0, trusted_proxies: [{trusted}] }}\n")
    headers = {"x-forwarded-for": "198.51.100.7, 192.0.2.1"}
    assert gateway.request("POST", "/v1/chat/completions", BODY, headers).status == 200
    assert records(gateway, 1)[0]["remote_addr"] == address
