"""What an operator mends: `gatehouse limits` and the endpoints behind it, on one gateway and on several."""
import json
import subprocess
from urllib.parse import urlencode

import pytest

from harness import BINARY, DEADLINE, eventually, unused_port
from keys import create_key
from redis_server import reachable
from spending import ask, priced, spent

BUDGET = "limits: [ { per: client, dollars_per_month: 20, requests_per_minute: 100 }, { per: global, tokens_per_day: 1000 } ]"


def limits(gateway, *words):
    return subprocess.run([BINARY, "limits", *words, "--config", gateway.config], cwd=gateway.folder,
                          capture_output=True, text=True, timeout=DEADLINE)


def correct(gateway, how, **parameters):
    return gateway.request("POST", f"/admin/limits/{how}?" + urlencode(parameters), port=gateway.admin_port)


@pytest.fixture
def spender(start_gateway, upstream):
    gateway = start_gateway(priced(upstream, BUDGET) + f"admin: {{ listen: 127.0.0.1:{unused_port()} }}\n")
    assert [ask(gateway).status for _ in range(2)] == [200, 429]
    return gateway


def test_a_budget_that_a_wrong_charge_used_up(spender):
    shown = limits(spender, "show", "--per", "client", "--name", "dev-local-1")
    assert shown.returncode == 0 and "dollars_per_month    dev-local-1              13 of 20" in shown.stdout, shown
    assert limits(spender, "show", "--per", "client", "--name", "nobody").stdout == "nothing is spent\n"
    where = ("--per", "client", "--name", "dev-local-1", "--limit", "dollars_per_month")
    given = limits(spender, "credit", *where, "--amount", "10.5", "--reason", "the provider counted twice")
    assert (given.returncode, given.stdout) == (0, "gave back 10.5; 2.5 of 20 are spent now\n"), given
    assert ask(spender).status == 200
    given = limits(spender, "reset", *where, "--reason", "a new month for all", "--json")
    assert given.returncode == 0 and json.loads(given.stdout)["given_back"] == 15.5, given
    assert ask(spender).status == 200
    reasons = lambda: [(one["given_back"], one["reason"]) for one in spender.admin(
        "/admin/limits/corrections").json()["corrections"]]
    assert eventually(lambda: reasons() == [(15.5, "a new month for all"), (10.5, "the provider counted twice")])
    assert "an operator gave back 10.5 of dollars_per_month per client 'dev-local-1': the provider counted twice" in \
        spender.log()


def test_what_was_given_back_stays_given_back(spender):
    assert correct(spender, "reset", per="client", name="dev-local-1", limit="dollars_per_month",
                   reason="r").json()["spent"] == 0
    assert eventually(lambda: spent(spender, "dollars_per_month") == 0)
    assert spender.stop() == 0
    again = spender.again()
    try:
        assert [ask(again).status for _ in range(2)] == [200, 429]
    finally:
        assert again.stop() == 0


def test_a_keys_own_budget(start_gateway, upstream):
    gateway = start_gateway(priced(upstream))
    key_id, key = create_key(gateway, "--client", "web", "--budget", "20usd/month")
    call = lambda: gateway.chat("hi", "/v1/chat/completions", {"x-api-key": key}, max_tokens=4).status
    assert eventually(lambda: call() == 200) and call() == 429
    where = {"per": "own", "name": key_id, "limit": "dollars_per_month"}
    assert correct(gateway, "reset", **where, reason="r").json() == {
        "per": "own", "name": key_id, "limit": "dollars_per_month", "given_back": 13, "spent": 0, "of": 20}
    assert call() == 200
    assert correct(gateway, "reset", **{**where, "name": "key-none"}, reason="r").status == 400


def test_a_keys_own_budget_by_the_command(start_gateway, upstream):
    gateway = start_gateway(priced(upstream) + f"admin: {{ listen: 127.0.0.1:{unused_port()} }}\n")
    key_id, key = create_key(gateway, "--client", "web", "--budget", "20usd/month")
    call = lambda: gateway.chat("hi", "/v1/chat/completions", {"x-api-key": key}, max_tokens=4).status
    assert eventually(lambda: call() == 200) and call() == 429
    where = ("--per", "own", "--name", key_id, "--limit", "dollars_per_month", "--reason", "r")
    given = limits(gateway, "reset", *where)
    assert (given.returncode, given.stdout) == (0, "gave back 13; 0 of 20 are spent now\n"), given
    assert [call(), call()] == [200, 429]
    given = limits(gateway, "credit", *where, "--amount", "3")
    assert (given.returncode, given.stdout) == (0, "gave back 3; 10 of 20 are spent now\n"), given
    wrong = limits(gateway, "reset", *where[:3], "key-none", *where[4:])
    assert wrong.returncode == 1 and "key-none" in wrong.stderr, wrong


@pytest.mark.parametrize("how, parameters, what", [
    ("reset", {"per": "clients"}, "'per' must be one of client, key, own"),
    ("reset", {"limit": "money"}, "'limit' must be one of requests_per_minute"),
    ("reset", {"reason": None}, "'reason' must be there"),
    ("reset", {"name": "nobody"}, "'nobody' has spent nothing"),
    ("reset", {"per": "model", "name": "default-chat"}, "there is no limit 'dollars_per_month' per model"),
    ("reset", {"per": "global", "limit": "tokens_per_day"}, "'name' must be left out"),
    ("reset", {"amount": "1"}, "amount"),
    ("credit", {}, "'amount' must be dollars"),
    ("credit", {"amount": "-3"}, "'amount' must be dollars"),
    ("credit", {"amount": "1e99"}, "'amount' must be dollars"),
    ("credit", {"limit": "requests_per_minute", "amount": "0.5"}, "'amount' must be a whole number"),
])
def test_nonsense_changes_nothing(spender, how, parameters, what):
    given = {"per": "client", "name": "dev-local-1", "limit": "dollars_per_month", "reason": "r", **parameters}
    answer = correct(spender, how, **{name: value for name, value in given.items() if value is not None})
    assert answer.status == 400 and what in answer.json()["error"]["message"], answer.body
    assert ask(spender).status == 429


@pytest.mark.parametrize("words, what", [
    ((), "show, reset or credit"), (("erase",), "show, reset or credit"), (("reset",), "needs --per"),
    (("credit", "--per", "client", "--limit", "tokens_per_day", "--reason", "r"), "needs --amount")])
def test_a_command_that_is_used_wrongly(spender, words, what):
    done = limits(spender, *words)
    assert done.returncode == 2 and what in done.stderr, done


def test_all_gateways_know_of_it(fleet, redis):
    gateways = fleet("limits: [ { per: client, tokens_per_day: 45 } ]")
    assert [ask(gateway).status for gateway in gateways] == [200] * 3
    account = lambda: redis.spent("client:tokens_per_day:dev-local-1")
    assert eventually(lambda: account() == 39) and ask(gateways[0]).status == 429
    where = {"per": "client", "name": "dev-local-1", "limit": "tokens_per_day", "reason": "r"}
    assert correct(gateways[0], "credit", **where, amount=20).json()["spent"] == 19
    assert eventually(lambda: account() == 19)
    assert correct(gateways[1], "reset", **where).json()["given_back"] == 19
    assert eventually(lambda: account() == 0)
    assert [ask(gateway).status for gateway in gateways] == [200] * 3
    redis.kill()
    assert eventually(lambda: not any(reachable(gateway) for gateway in gateways))
    assert correct(gateways[2], "reset", **where).status == 503
