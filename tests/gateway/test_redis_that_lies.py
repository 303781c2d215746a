"""A Redis that no longer has all that it was told: each gateway knows what it has spent, and tells it again."""
import time

import pytest

from harness import eventually, in_threads
from redis_server import reachable
from spending import ask

A_DAY = "client:tokens_per_day:dev-local-1"


def all_reachable(gateways):
    return all(reachable(gateway) for gateway in gateways)


def from_the_snapshot(redis, gateways):
    redis.kill()
    assert eventually(lambda: not any(reachable(gateway) for gateway in gateways))
    redis.start()
    assert eventually(lambda: all_reachable(gateways))


def account_of(redis, account):
    epoch = redis.command("GET", "gatehouse:{limits}:epoch")
    return f"gatehouse:{{limits}}:{epoch}:{account}"


@pytest.mark.parametrize("limit, account, unit", [
    ("tokens_per_day: 90", A_DAY, 1),
    ("dollars_per_month: 90", "client:dollars_per_month:dev-local-1", 10**9)])
def test_what_came_after_the_last_snapshot(fleet, redis, limit, account, unit):
    gateways = fleet(f"limits: [ {{ per: client, {limit} }} ]")
    assert [ask(gateway).status for gateway in gateways[:2]] == [200, 200]
    assert eventually(lambda: redis.spent(account) == 2 * 13 * unit)
    redis.command("SAVE")
    assert [ask(gateways[index]).status for index in (0, 2, 2)] == [200] * 3
    assert eventually(lambda: redis.spent(account) == 5 * 13 * unit)
    from_the_snapshot(redis, gateways)
    assert redis.spent(account) == 5 * 13 * unit
    assert any("had lost what this gateway has spent" in gateway.log() for gateway in gateways)


@pytest.mark.parametrize("limit", ["requests_per_minute: 6", "tokens_per_minute: 70"])
def test_what_refills_is_not_full_again(fleet, redis, limit):
    began = time.monotonic()
    gateways = fleet(f"limits: [ {{ per: client, {limit} }} ]")
    assert ask(gateways[0]).status == 200
    redis.command("SAVE")
    assert [ask(gateways[index % 3]).status for index in range(4)] == [200] * 4
    from_the_snapshot(redis, gateways)
    statuses = [ask(gateways[index % 3]).status for index in range(9)]
    came_back = (time.monotonic() - began) / 10
    assert statuses.count(200) <= 1 + came_back, (statuses, came_back)


def test_an_account_that_was_evicted(fleet, redis):
    gateways = fleet("limits: [ { per: client, tokens_per_day: 90 } ]")
    assert [ask(gateway).status for gateway in gateways] == [200] * 3
    assert eventually(lambda: redis.spent(A_DAY) == 39)
    redis.command("DEL", account_of(redis, A_DAY))
    for gateway in gateways:  # the next request of each shows it what is missing
        assert ask(gateway).status == 200
    assert eventually(lambda: redis.spent(A_DAY) == 78), redis.spent(A_DAY)
    assert all_reachable(gateways)


def test_a_gateway_that_is_started_again_tells_what_it_spent_before(fleet, redis):
    gateways = fleet("limits: [ { per: client, tokens_per_day: 90 } ]")
    redis.command("SAVE")
    assert [ask(gateway).status for gateway in gateways] == [200] * 3
    assert eventually(lambda: redis.spent(A_DAY) == 39)
    assert gateways[0].stop() == 0
    gateways[0] = gateways[0].again()
    assert eventually(lambda: reachable(gateways[0]))
    assert redis.spent(A_DAY) == 39  # which are known
    assert gateways[0].stop() == 0
    redis.kill()
    redis.start()
    gateways[0] = gateways[0].again()
    assert eventually(lambda: all_reachable(gateways))
    assert eventually(lambda: redis.spent(A_DAY) == 39), redis.spent(A_DAY)


def test_under_load_no_more_is_spent_than_the_limit(fleet, redis):
    """Two restarts from an old snapshot while six callers ask."""
    limit = 4000
    gateways = fleet(f"limits: [ {{ per: client, tokens_per_day: {limit} }} ]", timeout="1s")
    redis.command("SAVE")

    def work(index):
        if index == 6:
            for _ in range(2):
                assert eventually(lambda: (redis.spent(A_DAY) or 0) > limit / 8)
                redis.kill()
                redis.start()
                assert eventually(lambda: all_reachable(gateways))
            return 0
        passed = refused = 0
        while refused < 30:
            status = ask(gateways[(index + passed + refused) % 3]).status
            passed, refused = passed + (status == 200), refused + (status == 429)
        return passed

    passed = sum(in_threads(7, work))
    # Each gateway may admit one that it could not know to be too much.
    assert 13 * passed <= limit + 3 * 13, passed
