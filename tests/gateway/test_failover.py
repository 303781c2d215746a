"""The Redis that holds the shared limits dies under load, and its replica takes over its address:
everybody is answered meanwhile, and no more is let through than the replica had missed and the
gateways' own parts."""
import functools
import itertools
import select
import socket
import threading
import time

import pytest

from harness import Load, eventually, in_threads, unused_port
from redis_server import Redis, reachable
from upstream import completion, respond

LIMIT = 30_000  # a day
RESERVED, COST = 9, 8  # of a small request: "hi" is 5, and of 4 tokens that it may get it gets 3


class Address:
    """Where the gateways think their Redis is: connections are handed on to whoever it belongs to
    now."""

    def __init__(self, owner):
        self.port, self._owner, self._pairs = unused_port(), owner, set()
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=256)
        threading.Thread(target=self._accept, daemon=True).start()

    def give_to(self, owner):
        self._owner = owner
        for pair in list(self._pairs):
            self._cut(pair)

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.give_to(None)

    @staticmethod
    def _cut(pair):
        for end in pair:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._owner.port))
            except OSError:
                near.close()
                continue
            self._pairs.add(pair := (near, far))
            threading.Thread(target=self._hand_on, args=(pair,), daemon=True).start()

    def _hand_on(self, pair):
        near, far = pair
        try:
            while True:
                for end in select.select(pair, [], [])[0]:
                    data = end.recv(65536)
                    if not data:
                        return
                    (far if end is near else near).sendall(data)
        except OSError:
            pass
        finally:
            self._pairs.discard(pair)
            self._cut(pair)
            near.close()
            far.close()


class Pair:
    """A primary with a replica, at one address."""

    def __init__(self, folder):
        (folder / "primary").mkdir()
        (folder / "replica").mkdir()
        self.primary = Redis(folder / "primary")
        self.replica = Redis(folder / "replica", "--replicaof", "127.0.0.1", str(self.primary.port))
        self.address = Address(self.primary)
        self.port = self.address.port

    def in_step(self):
        self.primary.command("SET", "mark", mark := str(time.monotonic()))
        return eventually(lambda: self.replica.command("GET", "mark") == mark)


@pytest.fixture
def redis(tmp_path):
    pair = Pair(tmp_path)
    assert pair.in_step()
    yield pair
    pair.address.close()
    for server in (pair.primary, pair.replica):
        if server.process.poll() is None:
            server.kill()


def costs_less_than_reserved(request, connection):
    most = request.json()["max_tokens"]
    respond(
        connection, 200,
        completion(
            usage={"prompt_tokens": 5, "completion_tokens": most - 1, "total_tokens": most + 4}))


class Callers(Load):
    """Two at each gateway."""

    def __init__(self, gateways):
        self.answers = []  # (when it was there, its status)
        super().__init__(*(functools.partial(self._ask, gateway) for gateway in gateways * 2),
                         pause=0.01)

    def _ask(self, gateway):
        status = gateway.chat("hi", max_tokens=4).status
        self.answers.append((time.monotonic(), status))

    def after(self, moment, before=float("inf")):
        return [status for when, status in list(self.answers) if moment < when < before]

    def goes_on(self, count=60):
        now = time.monotonic()
        assert eventually(lambda: len(self.after(now)) >= count)


def lost_count(gateway):
    (line,) = [line for line in gateway.admin("/metrics").body.decode().splitlines()
               if line.startswith("gatehouse_shared_limits_failures_total ")]
    return int(line.split()[1])


def used_up(gateways, account):
    """Asks all gateways for much at a time, then for little, until nobody gets anything; what the
    account is then."""
    spent = account()
    for size in itertools.chain((1000, 100), itertools.repeat(4)):
        before = spent
        for gateway in itertools.cycle(gateways):
            if gateway.chat("hi", max_tokens=size).status != 200:
                break
            spent += size + 4
        assert eventually(lambda: account() == spent), (
            account(), spent)  # what was not used is given back
        if size == 4 and spent == before:
            break
    assert [gateway.chat("hi", max_tokens=4).status for gateway in gateways] == [429] * 3
    return spent


@pytest.mark.parametrize("when_away, meanwhile", [("degrade", 200), ("closed", 503), ("open", 200)])
def test_a_replica_takes_over_under_load(fleet, redis, upstream, when_away, meanwhile):
    upstream.script = costs_less_than_reserved
    gateways = fleet(f"limits: [ {{ per: global, tokens_per_day: {LIMIT} }} ]", when_away,
                     timeout="2s")
    with Callers(gateways) as load:
        load.goes_on()
        assert redis.in_step()
        stalled = time.monotonic()
        redis.replica.command("REPLICAOF", "127.0.0.1",
                              str(unused_port()))  # replication stalls: what comes now is lost
        load.goes_on()
        redis.primary.kill()
        assert all(in_threads(3, lambda index: eventually(lambda: not reachable(gateways[index]))))
        away = time.monotonic()
        load.goes_on()
        redis.address.give_to(redis.replica)  # which is nobody to be written to yet
        before = [lost_count(gateway) for gateway in gateways]
        load.goes_on()
        assert [reachable(gateway) for gateway in gateways] == [False] * 3
        assert [lost_count(gateway) for gateway in gateways
                ] == before, "it is away, and not back and lost again and again"
        promoted = time.monotonic()
        redis.replica.command("REPLICAOF", "NO", "ONE")
        assert all(in_threads(3, lambda index: eventually(lambda: reachable(gateways[index]))))
        load.goes_on()
    assert set(load.after(0, stalled)) == {200}
    # One that had asked while Redis was there may be told no by whoever is left.
    assert set(load.after(away, promoted)) <= {200, meanwhile}
    assert load.after(away, promoted).count(meanwhile) > 90
    assert set(load.after(0)) == {200, meanwhile}

    # The books: the gateways have told the replica what it had missed. The six callers had at most one under way at a
    # time; a take whose answer was lost stays reserved.
    cost = load.after(0).count(200) * COST
    account = lambda: redis.replica.spent("global:tokens_per_day:")
    last = lambda: (account(), time.sleep(0.3))[0] == account()
    assert eventually(last)
    assert cost <= account() <= cost + 6 * RESERVED, (cost, account())
    assert any("had lost what this gateway has spent" in gateway.log() for gateway in gateways), "this tests nothing"

    # From now on the limit holds again to the token.
    assert LIMIT - RESERVED < used_up(gateways, account) <= LIMIT


def test_a_redis_without_our_script_is_given_it(fleet, redis, upstream):
    upstream.script = costs_less_than_reserved
    gateways = fleet(f"limits: [ {{ per: global, tokens_per_day: {LIMIT} }} ]", timeout="10s")
    with Callers(gateways) as load:
        for _ in range(5):
            load.goes_on(12)
            redis.primary.command("SCRIPT", "FLUSH")
        load.goes_on(12)
    assert set(load.after(0)) == {200}
    assert eventually(
        lambda: redis.primary.spent("global:tokens_per_day:") == len(load.answers) * COST)
    assert [lost_count(gateway) for gateway in gateways] == [0] * 3
