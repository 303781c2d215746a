"""Names that nobody vouches for: so many a day are told apart, the rest are counted together."""
from harness import ECHO, SINK, eventually, records
from keys import create_key

MOST = 20
SERVER = f"server: {{ listen: 127.0.0.1:0, max_unknown_clients: {MOST} }}\n"
LIMITS = "limits: [ {{ per: {}, requests_per_minute: 5 }} ]\n"

BODY = {"model": "default-chat", "messages": [{"role": "user", "content": "hi"}]}


def ask(gateway, key):
    return gateway.request("POST", "/v1/chat/completions", BODY, {"x-api-key": key}).status


def clients(gateway):
    usage = gateway.admin("/admin/usage?by=client").json()["usage"]
    return {line["client_id"]: line["requests"] for line in usage}


def test_so_many_clients_are_told_apart_and_the_others_share_an_account(start_gateway):
    gateway = start_gateway(ECHO + SINK + SERVER + LIMITS.format("client"))
    names = [f"client-{i}" for i in range(MOST + 30)]
    statuses = [gateway.chat(client_id=name).status for name in names]
    assert statuses[:MOST] == [200] * MOST
    others = statuses[MOST:].count(200)
    assert 5 <= others <= 8  # what one client may send in a minute, and a slow machine takes longer
    assert gateway.chat(client_id=names[0]).status == 200
    expected = {**{name: 1 for name in names[:MOST]}, names[0]: 2, "(others)": others}
    assert eventually(lambda: clients(gateway) == expected)
    metrics = gateway.admin("/metrics").body.decode()
    assert "gatehouse_requests_of_others_total 30" in metrics
    assert gateway.log().count("max_unknown_clients") == 1
    recorded = {line["client_id"] for line in records(gateway, len(names) + 1)}
    assert recorded == set(names)  # a record says who it was all the same


def test_keys_that_are_made_up_are_counted_together_too_and_real_ones_never(start_gateway):
    gateway = start_gateway(ECHO + SERVER + LIMITS.format("key"))
    made_up = [ask(gateway, f"sk-{i}") for i in range(MOST + 30)]
    assert MOST + 5 <= made_up.count(200) <= MOST + 8
    for name in ("web", "app"):
        _, key = create_key(gateway, "--client", name)
        assert eventually(lambda: ask(gateway, key) == 200)
    assert eventually(lambda: {"web", "app"} <= set(clients(gateway)))
