"""Several gateways that hold one limit together in a real Redis: exact while it is there, and still
in order when it is killed, stopped, slowed or made to forget."""
import signal
import threading
import time

import pytest

from harness import DEADLINE, eventually, in_threads, records
from redis_server import reachable
from spending import ask, spent
from upstream import answer_chat


def test_a_strangers_key_is_one_account_at_all_gateways(fleet, upstream, redis):
    gateways = fleet("limits: [ { per: key, requests_per_minute: 6 } ]", timeout="10s")
    headers = {"authorization": "Bearer sk-somebody-elses"}
    body = {"model": "default-chat", "messages": [{"role": "user", "content": "hi"}]}
    statuses = [gateways[i % 3].request("POST", "/v1/chat/completions", body, headers).status for i in range(12)]
    assert statuses == [200] * 6 + [429] * 6


@pytest.mark.parametrize("stream", [False, True])
def test_fifty_at_once_on_three_gateways_never_pass_a_hundred_tokens(fleet, upstream, redis,
                                                                     stream):
    release = threading.Event()
    answer = answer_chat()

    def slow(request, connection):
        release.wait(DEADLINE / 2)
        answer(request, connection)

    upstream.script = slow
    gateways = fleet("limits: [ { per: global, tokens_per_day: 100 } ]", timeout="10s")
    answers = []

    def ask_once(index):
        answers.append(gateways[index % 3].chat("hi", max_tokens=20, stream=stream))
        if sum(answer.status == 429 for answer in answers) >= 46:
            release.set()

    in_threads(50, ask_once)
    assert {answer.status for answer in answers} == {200, 429}
    admitted = sum(answer.status == 200 for answer in answers)
    assert admitted == len(upstream.requests) == 4
    written = [
        record for index, gateway in enumerate(gateways)
        for record in records(gateway, 17 if index < 2 else 16)
    ]
    assert sum(record["reserved_tokens"] for record in written if record["status"] == 200) <= 100
    assert eventually(lambda: redis.spent("global:tokens_per_day:") == admitted *
                      (11 if stream else 13))


def test_what_one_has_spent_the_others_miss(fleet):
    gateways = fleet("limits: [ { per: client, requests_per_minute: 2 } ]", timeout="10s")
    first, second, third = (ask(gateway) for gateway in gateways)
    assert [first.status, second.status, third.status] == [200, 200, 429]
    assert [answer.headers["x-ratelimit-remaining-requests"]
            for answer in (first, second, third)] == ["1", "0", "0"]
    assert first.headers["x-ratelimit-limit-requests"] == "2"
    assert third.json()["error"]["message"] == "Request rate exceeded for client_id dev-local-1"
    assert 1 <= int(third.headers["retry-after"]) <= 60
    assert ask(gateways[0], client_id="another").status == 200


def test_several_accounts_are_taken_from_together_or_not_at_all(fleet, redis):
    gateways = fleet("limits: [ { per: client, tokens_per_day: 1000 }, { per: global, tokens_per_day: 20 } ]")
    account, all_of_them = "client:tokens_per_day:dev-local-1", "global:tokens_per_day:"
    assert ask(gateways[0]).status == 200
    assert eventually(lambda: (redis.spent(account), redis.spent(all_of_them)) == (13, 13))
    for gateway in gateways:
        refused = ask(gateway)
        assert refused.status == 429
        assert "all callers together" in refused.json()["error"]["message"]
    assert ask(gateways[1], client_id="another").status == 429
    assert (redis.spent(account), redis.spent(all_of_them)) == (13, 13)
    assert redis.spent("client:tokens_per_day:another") in (None, 0)


def test_the_operator_sees_what_all_have_spent_together(fleet, redis):
    gateways = fleet("limits: [ { per: client, tokens_per_day: 90 } ]", timeout="10s")
    assert [ask(gateway).status for gateway in gateways] == [200] * 3
    assert eventually(lambda: redis.spent("client:tokens_per_day:dev-local-1") == 39)
    shown = lambda: gateways[0].admin("/admin/limits").json()["limits"][0]["spent"]
    assert shown() == [{
        "name": "dev-local-1", "spent": 13, "of": 30, "together": {"spent": 39, "of": 90}
    }]
    redis.kill()
    assert eventually(lambda: not reachable(gateways[0]))
    assert shown() == [{"name": "dev-local-1", "spent": 13, "of": 30}]


def test_a_redis_whose_clock_is_set_back_shuts_nobody_out(fleet, redis):
    gateways = fleet("limits: [ { per: client, requests_per_minute: 60 } ]", timeout="10s")
    assert ask(gateways[0]).status == 200
    epoch = redis.command("GET", "gatehouse:{limits}:epoch")
    account = f"gatehouse:{{limits}}:{epoch}:client:requests_per_minute:dev-local-1"
    an_hour_ahead = str(int((time.time() + 3600) * 1e6))
    redis.command("HSET", account, "s", str(60 * 60_000_000), "a",
                  an_hour_ahead)  # used up, as of then
    redis.command("PERSIST", account)  # what is to expire is kept longer too
    admitted = []

    def again():  # one comes back each second
        if not admitted and ask(gateways[1]).status == 200:
            admitted.append(True)
        return bool(admitted)

    assert eventually(again)


def test_a_redis_that_is_killed_and_comes_back_knowing_nothing(fleet, redis):
    gateways = fleet("limits: [ { per: client, tokens_per_day: 90 } ]")
    assert ask(gateways[0]).status == 200
    assert eventually(lambda: redis.spent("client:tokens_per_day:dev-local-1") == 13)
    redis.kill()
    assert eventually(lambda: not any(reachable(gateway) for gateway in gateways))
    # Each goes by its own part of 30: two of 13 tokens fit, and the first has had one already.
    assert [[ask(gateway).status
             for _ in range(3)]
            for gateway in gateways] == [[200, 429, 429]] + [[200, 200, 429]] * 2
    for gateway, own in zip(gateways, (26, 26, 26)):
        assert eventually(lambda: spent(gateway, "tokens_per_day") == own)
    redis.start()
    assert eventually(lambda: all(reachable(gateway) for gateway in gateways))
    assert eventually(lambda: redis.spent("client:tokens_per_day:dev-local-1") == 78)
    assert ask(gateways[0]).status == 200  # 78 and 9 reserved
    assert eventually(lambda: redis.spent("client:tokens_per_day:dev-local-1") == 91)
    assert [ask(gateway).status for gateway in gateways] == [429] * 3


@pytest.mark.parametrize("when_away, status", [("open", 200), ("closed", 503)])
def test_without_redis_everybody_or_nobody(fleet, redis, when_away, status):
    gateways = fleet("limits: [ { per: client, tokens_per_day: 20 } ]", when_away)
    redis.kill()
    assert eventually(lambda: not reachable(gateways[0]))
    answers = [ask(gateways[0]) for _ in range(4)]
    assert {answer.status for answer in answers} == {status}
    assert gateways[0].request("GET", "/readyz").status == status
    if status == 503:
        ready = gateways[0].admin("/readyz")
        assert ready.json() == {"status": "shared_limits_unreachable"}
        assert gateways[0].request("GET", "/healthz").status == 200
        assert 1 <= int(answers[0].headers["retry-after"]) <= 60
        assert spent(gateways[0], "tokens_per_day") in (None, 0)
    else:
        assert eventually(lambda: spent(gateways[0], "tokens_per_day") == 4 * 13)
    redis.start()
    assert eventually(lambda: all(reachable(gateway) for gateway in gateways))
    assert gateways[0].request("GET", "/readyz").status == 200
    assert ask(gateways[1]).status == (429 if status == 200 else 200)


def test_a_redis_that_forgets_is_told_again(fleet, redis):
    gateways = fleet("limits: [ { per: client, tokens_per_day: 40 } ]")
    assert [ask(gateway).status for gateway in gateways[:2]] == [200, 200]
    for gateway in gateways[:2]:
        assert eventually(lambda: spent(gateway, "tokens_per_day") == 13)
    redis.command("FLUSHALL")
    assert eventually(lambda: redis.spent("client:tokens_per_day:dev-local-1") == 26)
    assert eventually(lambda: all(reachable(gateway) for gateway in gateways))
    assert ask(gateways[2]).status == 200
    assert eventually(lambda: redis.spent("client:tokens_per_day:dev-local-1") == 39)
    assert [ask(gateway).status for gateway in gateways] == [429] * 3


@pytest.mark.parametrize("how", ["stopped", "slowed"])
def test_under_load_nobody_waits_for_a_redis_that_does_not_answer(fleet, redis, how):
    gateways = fleet("limits: [ { per: global, tokens_per_day: 1000000000 } ]", timeout="1s")
    done = threading.Event()

    def load(index):
        statuses = []
        while not done.is_set():
            statuses.append(ask(gateways[index % 3]).status)
        return statuses

    def disturb():
        time.sleep(0.3)
        if how == "stopped":
            redis.process.send_signal(signal.SIGSTOP)
        else:
            redis.command("CLIENT", "PAUSE", "8000", "ALL")
        assert all(in_threads(3, lambda index: eventually(lambda: not reachable(gateways[index]))))
        time.sleep(0.3)
        if how == "stopped":
            redis.process.send_signal(signal.SIGCONT)
        assert eventually(lambda: all(reachable(gateway) for gateway in gateways))
        time.sleep(0.3)

    def work(index):
        if index < 6:
            return load(index)
        try:
            return disturb()
        finally:
            done.set()

    results = in_threads(7, work)
    statuses = [status for seen in results[:6] for status in seen]
    assert set(statuses) == {200}
    # Whoever decided, the books agree in the end: what came too late has taken nothing. Only a
    # reservation that was made just before, whose answer is what came too late, stays: at most one
    # of 9 tokens for each who asked.
    cost, lost = 13 * len(statuses), 6 * 9
    assert eventually(lambda: cost <= redis.spent("global:tokens_per_day:") <= cost + lost), (
        redis.spent("global:tokens_per_day:"), cost)


@pytest.mark.parametrize("limit", ["tokens_per_hour", "tokens_per_week", "tokens_per_month", "tokens_total"])
def test_every_span_of_a_places_calendar_is_one_for_all(fleet, redis, limit):
    gateways = fleet(f"limits: [ {{ per: client, {limit}: 30, timezone: Asia/Kolkata }} ]")
    account = f"client:{limit}:dev-local-1"
    assert ask(gateways[0]).status == 200
    assert eventually(lambda: redis.spent(account) == 13)
    assert [ask(gateway).status for gateway in gateways[1:]] == [200, 429]
    redis.command("FLUSHALL")
    assert eventually(lambda: redis.spent(account) == 26), redis.spent(account)
    time.sleep(0.1)  # in which the third has noticed too
    assert eventually(lambda: all(reachable(gateway) for gateway in gateways))
    refused = ask(gateways[2])
    assert refused.status == 429 and redis.spent(account) == 26
    assert ("(Asia/Kolkata)" in refused.json()["error"]["message"]) == (limit != "tokens_total")
