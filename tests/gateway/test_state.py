"""State that is lost is never quietly begun anew. A failing database is told, once."""
import os
import re
import shutil
import sqlite3
import subprocess
import time

import pytest

from harness import BINARY, DEADLINE, ECHO, eventually
from keys import create_key

KEYS = ECHO + "auth: keys\n"


def command(gateway, *words):
    return subprocess.run([BINARY, *words, "--config", gateway.config], cwd=gateway.folder,
                          capture_output=True, text=True, timeout=DEADLINE)


@pytest.fixture
def served(start_gateway):
    """A gateway that has served and ended, with a key."""
    gateway = start_gateway(KEYS)
    create_key(gateway, "--client", "web")
    assert gateway.stop() == 0
    return gateway


def lose(folder, how):
    database, secret = folder / "gatehouse.db", folder / "key.secret"
    if how == "database of 0 bytes":
        os.truncate(database, 0)
    elif how == "no database":
        os.unlink(database)
    elif how == "neither":
        os.unlink(database)
        os.unlink(secret)
    elif how == "no secret":
        os.unlink(secret)
    elif how == "secret of 0 bytes":
        os.truncate(secret, 0)
    elif how == "another secret":
        secret.write_bytes(b"x" * 32)
    elif how == "page of noise":
        with open(database, "r+b") as file:
            file.seek(4096)
            file.write(b"\xa5" * (os.path.getsize(database) - 4096))


@pytest.mark.parametrize("how", ["database of 0 bytes", "no database", "neither", "no secret",
                                 "secret of 0 bytes", "another secret", "page of noise"])
def test_what_is_lost_is_refused_with_what_to_do(served, start_gateway, how):
    lose(served.folder / "var", how)
    before = sorted(os.listdir(served.folder / "var"))
    for line in ("serve", "check", "key list", "key create --client c", "usage"):
        answer = command(served, *line.split())
        assert answer.returncode == 1, (line, answer.stdout)
        assert "from a backup" in answer.stderr, (line, answer.stderr)
        assert "gatehouse begin-anew" in answer.stderr, (line, answer.stderr)
    assert sorted(os.listdir(served.folder / "var")) == before

    assert command(served, "begin-anew").returncode == 0
    again = start_gateway(KEYS)
    assert again.chat().status == 401
    assert command(again, "key", "list").stdout == ""


def test_a_sound_state_is_not_set_aside(served):
    answer = command(served, "begin-anew")
    assert answer.returncode == 1 and "sound" in answer.stderr
    assert "web" in command(served, "key", "list").stdout


def gauge(gateway):
    lines = gateway.admin("/metrics").body.decode().splitlines()
    return next(line for line in lines if line.startswith("gatehouse_database_failing")).split()[1]


def told(gateway):
    """What the log says of the database."""
    lines = [line.split("gatehouse: ", 1)[1] for line in gateway.log().splitlines()]
    return [line for line in lines if re.search("gatehouse.db|database|written down", line)]


def test_a_database_that_is_deleted_and_brought_back(start_gateway):
    gateway = start_gateway(KEYS)
    _, key = create_key(gateway, "--client", "web")

    def ask():
        return gateway.chat(path="/v1/chat/completions", headers={"x-api-key": key})

    assert eventually(lambda: ask().status == 200)
    assert gauge(gateway) == "0" and gateway.request("GET", "/readyz").status == 200
    shutil.copytree(gateway.folder / "var", gateway.folder / "backup",
                    ignore=shutil.ignore_patterns("*.sock"))
    shutil.rmtree(gateway.folder / "var")
    assert eventually(lambda: gauge(gateway) == "1")
    unready = gateway.request("GET", "/readyz")
    assert unready.status == 503 and unready.json() == {"status": "database_failed"}
    assert gateway.admin("/readyz").status == 503
    assert gateway.request("GET", "/healthz").status == 200
    assert all(ask().status == 200 for _ in range(20)), "the keys known so far stay good"
    (only,) = told(gateway)
    assert "is gone while the gateway serves" in only

    shutil.copytree(gateway.folder / "backup", gateway.folder / "var")
    assert eventually(lambda: gauge(gateway) == "0")
    assert gateway.request("GET", "/readyz").status == 200
    assert len(told(gateway)) == 2 and told(gateway)[1] == "the database works again", told(gateway)
    assert gateway.stop() == 0
    table = command(gateway, "usage").stdout.splitlines()[1:]
    requests = sum(int(line.split()[-5]) for line in table)
    assert requests >= 20, "what was spent meanwhile is written down"


def test_a_database_that_stays_away_is_told_at_the_end(start_gateway):
    gateway = start_gateway()
    gateway.chat()
    shutil.rmtree(gateway.folder / "var")
    assert eventually(lambda: gauge(gateway) == "1")
    gateway.chat()
    assert gateway.stop() == 1
    assert "what was spent last is not written down" in gateway.log()


def test_another_gateways_database_is_not_taken_in_its_place(served, start_gateway):
    foreign = served.folder / "foreign.db"
    shutil.move(served.folder / "var", served.folder / "old")
    shutil.copy(served.folder / "old" / "gatehouse.db", foreign)
    gateway = start_gateway(KEYS)
    shutil.copy(foreign, gateway.folder / "new.db")
    os.replace(gateway.folder / "new.db", gateway.folder / "var" / "gatehouse.db")
    assert eventually(lambda: gauge(gateway) == "1")
    assert "not of the same gateway" in gateway.log()
    assert gateway.stop() == 0, "nothing was spent that would have to be written down"


def test_a_locked_database_is_told_once_as_it_begins_and_once_as_it_ends(start_gateway):
    gateway = start_gateway()
    holder = sqlite3.connect(gateway.folder / "var" / "gatehouse.db", timeout=DEADLINE)
    holder.execute("begin exclusive")
    for _ in range(3):
        gateway.chat()
    assert eventually(lambda: gauge(gateway) == "1")
    assert {gateway.chat().status for _ in range(50)} == {200}, "nobody waits for it"
    holder.rollback()
    holder.close()
    assert eventually(lambda: gauge(gateway) == "0")
    assert gateway.stop() == 0
    assert len(told(gateway)) == 2 and told(gateway)[1] == "the database works again", told(gateway)


@pytest.mark.parametrize("wait", [0, 3], ids=["at once", "in the middle of a wait"])
def test_a_database_that_is_locked_at_the_end_delays_it_little_and_what_is_lost_is_told(start_gateway, wait):
    gateway = start_gateway(ECHO + "limits: [ { per: client, tokens_per_day: 100000 } ]\n")
    holder = sqlite3.connect(gateway.folder / "var" / "gatehouse.db", timeout=DEADLINE, isolation_level=None)
    holder.execute("begin exclusive")
    assert gateway.chat().status == 200
    time.sleep(wait)
    began = time.monotonic()
    assert gateway.stop() == 1
    assert time.monotonic() - began < 4.5, "it waited for another process's transaction"
    holder.rollback()
    (line,) = [line for line in gateway.log().splitlines() if "not written down: " in line and "balances" in line]
    assert "1 balances" in line and "dev-local-1 with default-chat: 1 requests, " in line, line


def test_sinks_that_cannot_write_at_the_end_share_one_wait(start_gateway):
    sinks = ", ".join(f"{{ plugin: sqlite, name: s{n}, config: {{ path: s{n}.db }} }}" for n in range(3))
    gateway = start_gateway(ECHO + f"log_sinks: [ {sinks} ]\n")
    assert gateway.chat().status == 200
    locks = []
    for n in range(3):
        assert eventually((gateway.folder / f"s{n}.db").exists)
        locks.append(sqlite3.connect(gateway.folder / f"s{n}.db", timeout=DEADLINE, isolation_level=None))
        locks[-1].execute("begin exclusive")
    assert gateway.chat().status == 200
    began = time.monotonic()
    gateway.stop()
    assert time.monotonic() - began < 10, "each had 10 s of its own"
    assert [f"log sink s{n} lost " in gateway.log() for n in range(3)] == [True] * 3, gateway.log()
