"""What a request costs does not grow with how much is configured and known: counted in
instructions, by callgrind."""
import contextlib
import json
import re
import sqlite3
import subprocess

import pytest

REQUESTS = 100
ROUNDS = 3  # the best counts: what happens to come in between only adds
MODEL = "default-chat"
ANSWERED = b"HTTP/1.1 200"

YAML = """
server: {{ listen: 127.0.0.1:0, max_unknown_clients: 200000 }}
providers: {{ local: {{ plugin: echo }} }}
models:
{models}
policies:
  - plugin: model_access
    config:
      clients:
{rules}
limits:
  - {{ per: client, requests_per_minute: 100000000, tokens_per_minute: 1000000000,
       tokens_per_day: 1000000000 }}
  - {{ per: model, requests_per_minute: 100000000 }}
{matches}"""


def yaml(models=1, rules=1, matches=0):
    names = [MODEL] + [f"a-model-{i}" for i in range(1, models)]
    return YAML.format(
        models="\n".join(
            f"  {name}: {{ targets: [ {{ provider: local, model: echo }} ] }}" for name in names),
        rules="\n".join(
            f"        client-{i}: {{ allow: [{MODEL}, a-model-{i}], deny: [other-{i}] }}"
            for i in range(rules)),
        matches="".join(
            f"  - {{ per: client, match: {{ client: [client-{i}, else-{i}*], model: {MODEL} }},\n"
            f"      requests_per_minute: 90000000 }}\n" for i in range(matches)))


def request(client):
    body = json.dumps({"model": MODEL, "messages": [{"role": "user",
                                                     "content": "Who is there?"}]}).encode()
    return (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nX-Client-Id: {client}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body


def ask(running, clients, at_once=1):
    """One request for each client, so many of them sent ahead of their answers."""
    clients = list(clients)
    with running.socket() as connection:
        for begin in range(0, len(clients), at_once):
            asked = clients[begin:begin + at_once]
            connection.sendall(b"".join(map(request, asked)))
            received = b""
            while (found := received.count(ANSWERED)) < len(asked) or not received.endswith(b"}"):
                piece = connection.recv(1 << 20)
                assert piece, f"the gateway hung up after {found} answers: {running.log()}"
                received += piece


def accounts(stopped):
    """How many clients it will know when it starts again: of each it keeps what was spent today."""
    database = sqlite3.connect(stopped.folder / "var" / "gatehouse.db")
    with contextlib.closing(database):
        return database.execute(
            "SELECT COUNT(DISTINCT name) FROM balances WHERE spent > 0").fetchone()[0]


def spent(dump):
    """By a thread that serves requests; what others do beside it, such as writing the books, goes
    by time."""
    text = dump.read_text()
    return int(re.search(r"^totals: (\d+)", text,
                         re.M)[1]) if "gatehouse::net::Loop::run" in text else 0


@pytest.fixture
def instructions(start_gateway, tmp_path):
    """instructions(yaml, known, clients): how many a request costs, where so many clients have been
    here before, and so many ask."""

    def control(running, *command):
        subprocess.run(
            ["callgrind_control", *command, str(running.process.pid)], check=True,
            capture_output=True)

    def count(yaml, known=0, clients=REQUESTS):
        if known:
            before = start_gateway(yaml)
            ask(before, (f"client-{i}" for i in range(known)), at_once=50)
            assert before.stop() == 0, before.log()
            assert accounts(before) >= known
        out = tmp_path / "callgrind.out"
        counted = start_gateway(
            yaml, under=[
                "valgrind", "--tool=callgrind", "--instr-atstart=no", "--separate-threads=yes",
                f"--callgrind-out-file={out}"
            ])
        asking = [f"client-{i % clients}" for i in range(REQUESTS)]
        ask(counted, asking)
        control(counted, "--instr=on")
        ask(counted, asking)
        totals = []
        for number in range(1, ROUNDS + 1):
            control(counted, "--zero")
            ask(counted, asking)
            control(counted, "--dump")
            totals.append(
                sum(spent(dump) for dump in tmp_path.glob(f"callgrind.out.{number}-*")) // REQUESTS)
        assert counted.stop() == 0, counted.log()
        return min(totals)

    return count


def test_a_request_costs_as_much_beside_many_others(instructions):
    alone = instructions(yaml())
    assert alone > 10_000, "that is not a whole request"
    grown = {
        "1,000 clients with rules of their own": instructions(yaml(rules=1_000)),
        "10,000 models": instructions(yaml(models=10_000)),
        "100,000 known clients": instructions(yaml(), known=100_000),
    }
    few = instructions(yaml(matches=10), clients=10)  # each of them has a line of its own
    many = instructions(yaml(matches=1_000), clients=10)
    assert many < 1.02 * few, f"with 10 lines that match a request costs {few}, with 1,000 {many}"
    print(f"10 and 1,000 lines that match: {few} {many}")
    print(f"one of each: {alone}", *(f"{what}: {cost}" for what, cost in grown.items()), sep="\n")
    for what, cost in grown.items():
        assert cost < 1.1 * alone, f"with {what} a request costs {cost}, with one of each {alone}"
