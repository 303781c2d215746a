"""Soft limits: who comes near a limit is told of once, in the log, in the metrics and to a webhook."""
import re
import time

import pytest

from harness import DEADLINE, ECHO, eventually, unused_port
from keys import create_key, key_command
from spending import ask, priced
from upstream import Upstream, completion, respond

BUDGET = "limits: [ { per: client, dollars_per_day: 26, warn: 0.5 } ]\n"  # a request costs $13


@pytest.fixture
def hook():
    server = Upstream()
    server.script = lambda request, connection: respond(connection, 204, b"")
    yield server
    server.close()


def warned(gateway):
    return [line for line in gateway.log().splitlines() if " has passed " in line]


def metric(gateway, name):
    found = re.search("^" + re.escape(name) + r" (\S+)$", gateway.admin("/metrics").body.decode(), re.M)
    return float(found[1]) if found else None


def at(url):
    return f"warnings: {{ webhook: \"{url}/tok-in-url?a=b\", headers: {{ authorization: Bearer hush-hush }} }}\n"


def test_a_daily_budget_is_told_of_once_and_across_a_restart(start_gateway, upstream, hook):
    yaml = priced(upstream, BUDGET + at(hook.url))
    gateway = start_gateway(yaml)
    assert ask(gateway).status == 200
    assert eventually(lambda: len(hook.requests) == 1)
    request = hook.requests[0]
    assert (request.method, request.path) == ("POST", "/v1/tok-in-url?a=b")
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] == "Bearer hush-hush"
    told = request.json()
    assert (told["event"], told["limit"], told["per"], told["account"]) == (
        "limit_warning", "dollars_per_day", "client", "dev-local-1")
    assert (told["spent"], told["of"], told["unit"], told["share"], told["period"]) == (
        13, 26, "dollars", 0.5, "day")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", told["resets"])
    assert [line for line in warned(gateway) if "client_id dev-local-1 has passed 50%" in line and "arning" in line]
    assert ask(gateway).status == 200
    assert gateway.request("POST", "/admin/reload", port=gateway.admin_port).status == 200
    assert ask(gateway).status == 429
    name = '{per="client",limit="dollars_per_day"}'
    assert metric(gateway, "gatehouse_limit_warnings_total" + name) == 1
    assert metric(gateway, "gatehouse_limit_used_ratio" + name) == 1
    assert eventually(lambda: metric(gateway, 'gatehouse_limit_webhook_total{result="delivered"}') == 1)
    assert "dev-local-1" not in gateway.admin("/metrics").body.decode()
    assert len(warned(gateway)) == 1
    assert "hush" not in gateway.log() and "tok-in-url" not in gateway.log()
    assert gateway.stop() == 0
    again = start_gateway(yaml)
    assert ask(again).status == 429
    time.sleep(0.5)
    assert len(hook.requests) == 1 and not warned(again)
    assert "hush" not in again.log() and "tok-in-url" not in again.log()


def test_an_account_that_is_overdrawn_has_used_more_than_all(start_gateway, upstream):
    usage = {"prompt_tokens": 9, "completion_tokens": 41, "total_tokens": 50}
    upstream.script = lambda request, connection: respond(connection, 200, completion(usage=usage))
    gateway = start_gateway(priced(upstream, "limits: [ { per: client, tokens_per_day: 40 } ]"))
    assert [ask(gateway, client_id=name).status for name in ("a", "a")] == [200, 429]
    ratio = 'gatehouse_limit_used_ratio{per="client",limit="tokens_per_day"}'
    assert metric(gateway, ratio) == 1.25


def test_a_limit_by_the_minute(start_gateway, hook):
    gateway = start_gateway(ECHO + "limits: [ { per: client, requests_per_minute: 10, warn: 0.8 } ]\n" + at(hook.url))
    statuses = [gateway.chat().status for _ in range(12)]
    assert statuses[:10] == [200] * 10
    assert eventually(lambda: len(hook.requests) == 1)
    assert (hook.requests[0].json()["period"], hook.requests[0].json()["resets"]) == ("minute", None)
    time.sleep(0.5)
    assert len(hook.requests) == 1


def test_a_webhook_that_fails_at_first_is_asked_again(start_gateway, upstream, hook):
    hook.script = lambda request, connection: respond(connection, 500 if len(hook.requests) < 3 else 200, b"{}")
    gateway = start_gateway(priced(upstream, BUDGET + at(hook.url)))
    assert ask(gateway).status == 200
    assert eventually(lambda: metric(gateway, 'gatehouse_limit_webhook_total{result="delivered"}') == 1)
    assert len(hook.requests) == 3 and len({request.body for request in hook.requests}) == 1


def hang(hook):
    hook.script = lambda request, connection: time.sleep(DEADLINE)


def refuse(hook):
    hook.script = lambda request, connection: respond(connection, 403, b"{}")


def fall(hook):
    hook.script = lambda request, connection: connection.close()


@pytest.mark.parametrize("fault", [hang, refuse, fall, None])
def test_a_webhook_that_does_not_answer_holds_nobody_up(start_gateway, upstream, hook, fault):
    url = hook.url if fault else f"http://127.0.0.1:{unused_port()}"
    if fault:
        fault(hook)
    gateway = start_gateway(priced(upstream, BUDGET + at(url)))
    began = time.monotonic()
    assert [ask(gateway).status for _ in range(3)] == [200, 200, 429]
    assert eventually(lambda: len(warned(gateway)) == 1)
    if fault is not hang:
        assert eventually(lambda: metric(gateway, 'gatehouse_limit_webhook_total{result="failed"}') == 1)
        assert "could not be brought to `warnings.webhook`" in gateway.log()
    if fault is refuse:
        assert len(hook.requests) == 1, "it says no, and is not asked again"
    assert time.monotonic() - began < 10
    began = time.monotonic()
    assert gateway.stop() == 0
    assert time.monotonic() - began < 15
    assert "hush" not in gateway.log() and "tok-in-url" not in gateway.log()


def test_gateways_that_share_a_limit_tell_of_what_all_have_spent(fleet, hook):
    gateways = fleet("limits: [ { per: global, tokens_per_day: 100, warn: 0.5 } ]\n" + at(hook.url))
    statuses = [gateways[index % 3].chat("hi", max_tokens=20).status for index in range(7)]
    assert statuses[:4] == [200] * 4  # 13 tokens each: none of the three has spent half of the limit
    assert eventually(lambda: hook.requests)
    told = hook.requests[0].json()
    assert told["of"] == 100 and told["spent"] >= 50 and told["account"] == ""
    time.sleep(0.5)
    assert len({request.json()["id"] for request in hook.requests}) == 1
    assert len(hook.requests) <= len(gateways)


def test_key_list_tells_what_is_left_of_a_keys_budget(start_gateway, upstream):
    gateway = start_gateway(priced(upstream) + "auth: keys\n")
    _, key = create_key(gateway, "--client", "web", "--budget", "20usd/month", "--tpd", "100")
    create_key(gateway, "--client", "app", "--rpm", "5")
    assert "spent" not in key_command(gateway, "list").stdout
    answer = gateway.chat("hi", max_tokens=4, client_id="web", headers={"authorization": f"Bearer {key}"})
    assert answer.status == 200
    assert eventually(lambda: "13 of 20usd/month, 7 left" in key_command(gateway, "list").stdout)
    web, app = sorted(key_command(gateway, "list").stdout.splitlines(), key=lambda line: " app " in line)
    assert "spent 13 of 100 tpd, 87 left; 13 of 20usd/month, 7 left" in web
    assert "spent" not in app
