"""Who used what: GET /admin/usage, GET /admin/limits and `gatehouse usage`."""
import subprocess

from harness import BINARY, DEADLINE, eventually
from keys import create_key
from spending import ask, priced


def usage(gateway, query=""):
    answer = gateway.admin("/admin/usage" + query)
    assert answer.status == 200, answer.body
    return answer.json()["usage"]


def test_usage_by_client_key_and_model(start_gateway, upstream):
    gateway = start_gateway(priced(upstream))
    key_id, key = create_key(gateway, "--client", "web")
    assert eventually(lambda: ask(gateway, path="/v1/chat/completions", headers={"x-api-key": key}).
                      status == 200 and any(line["key_id"] == key_id for line in usage(gateway)))
    assert [ask(gateway).status, ask(gateway, stream=True).status] == [200, 200]
    assert eventually(lambda: {"client_id": "dev-local-1", "requests": 2}.items() <= max(
        usage(gateway, "?by=client"), key=lambda line: line["client_id"] == "dev-local-1").items())
    mine = [line for line in usage(gateway) if line["client_id"] == "dev-local-1"]
    assert len(mine) == 1
    assert {k: v
            for k, v in mine[0].items()
            if k != "day"} == {
                "client_id": "dev-local-1", "key_id": None, "model": "default-chat", "requests": 2,
                "input_tokens": 18, "output_tokens": 6, "cached_tokens": 0, "reasoning_tokens": 0,
                "dollars": 24
            }
    total = usage(gateway, "?by=model")
    assert len(total) == 1 and total[0]["model"] == "default-chat" and "client_id" not in total[0]
    assert usage(gateway, "?since=2999-01-01") == []
    for wrong in ("?since=yesterday", "?since=-100-1-1", "?since=%2B26-01-01", "?since=2027-02-30",
                  "?since=2027-01-31x", "?by=colour", "?nonsense=1"):
        assert gateway.admin("/admin/usage" + wrong).status == 400
    table = subprocess.run([BINARY, "usage", "--config", gateway.config, "--by", "client,model"],
                           cwd=gateway.folder, capture_output=True, text=True, timeout=DEADLINE)
    assert table.returncode == 0
    assert table.stdout.splitlines()[0].split() == [
        "client", "model", "requests", "input", "output", "cached", "usd"
    ]
    assert "dev-local-1 default-chat 2 18 6 0 24".split() in [
        line.split() for line in table.stdout.splitlines()
    ]


def test_a_callers_name_does_not_command_the_operators_terminal(start_gateway, upstream):
    gateway = start_gateway(priced(upstream))
    assert ask(gateway, client_id="a\x1b[2Jb\x07\u202e").status == 200
    assert eventually(lambda: usage(gateway, "?by=client") != [])
    table = subprocess.run([BINARY, "usage", "--config", gateway.config, "--by", "client"],
                           cwd=gateway.folder, capture_output=True, text=True, timeout=DEADLINE)
    assert table.stdout.splitlines()[1].split()[0] == r"a\u{1B}[2Jb\u{7}\u{202E}"


def test_usage_survives_a_restart_and_is_added_to(start_gateway, upstream):
    yaml = priced(upstream)
    gateway = start_gateway(yaml)
    assert ask(gateway).status == 200
    assert gateway.stop() == 0
    again = start_gateway(yaml)
    assert ask(again).status == 200
    assert eventually(lambda: [line["requests"] for line in usage(again)] == [2])


def test_limits_now(start_gateway, upstream):
    gateway = start_gateway(
        priced(upstream,
               "limits: [ { per: client, dollars_per_day: 100, requests_per_minute: 60 } ]"))
    assert gateway.admin("/admin/limits").json() == {"limits": []}
    assert [ask(gateway, client_id=name).status for name in ("a", "a", "b")] == [200] * 3

    def limits():
        return {(entry["per"], entry["limit"]): entry
                for entry in gateway.admin("/admin/limits").json()["limits"]}

    assert eventually(lambda: limits()["client", "dollars_per_day"][
        "spent"] == [{"name": "a", "spent": 26, "of": 100}, {"name": "b", "spent": 13, "of": 100}])
    assert limits()["client", "requests_per_minute"]["spenders"] == 2


def test_usage_in_pages(start_gateway, upstream):
    gateway = start_gateway(priced(upstream))
    names = ["a", "b", "c", "d \u00e9"]
    assert [ask(gateway, client_id=name).status for name in names] == [200] * 4
    assert eventually(lambda: len(usage(gateway, "?by=client")) == 4)
    found, after = [], ""
    while after is not None:
        page = gateway.admin("/admin/usage?by=client&limit=1" + after).json()
        found += [line["client_id"] for line in page["usage"]]
        after = page["next"] and "&after=" + page["next"]
    assert found == names
    assert [line["requests"] for line in usage(gateway, "?client=b&model=default-chat")] == [1]
    assert usage(gateway, "?model=another") == usage(gateway, "?since=2020-01-01&until=2020-01-02") == []
    for name, value in (("limit", "0"), ("limit", "1001"), ("limit", "x"), ("after", "nonsense"),
                        ("until", "tomorrow"), ("until", "2020-01-01")):
        answer = gateway.admin(f"/admin/usage?{name}={value}")
        assert answer.status == 400 and name in answer.json()["error"]["message"], answer.body
    table = subprocess.run([BINARY, "usage", "--config", gateway.config, "--by", "client",
                            "--limit", "3"], cwd=gateway.folder, capture_output=True, text=True,
                           timeout=DEADLINE)
    assert len(table.stdout.splitlines()) == 4 and "there is more: --after " in table.stderr
    rest = subprocess.run([BINARY, "usage", "--config", gateway.config, "--by", "client",
                           "--after", table.stderr.split()[-1]], cwd=gateway.folder,
                          capture_output=True, text=True, timeout=DEADLINE)
    assert len(rest.stdout.splitlines()) == 2 and rest.stderr == ""


def test_names_are_in_the_order_of_their_bytes(start_gateway, upstream):
    gateway = start_gateway(priced(upstream))
    for name in ("\u00e9", "a", "B", "a b", "ab", "\U0001f600", "\uff5e"):
        assert ask(gateway, client_id=name).status == 200
    assert eventually(lambda: len(usage(gateway)) == 7)
    ordered = ["B", "a", "a b", "ab", "\u00e9", "\uff5e", "\U0001f600"]
    assert [line["client_id"] for line in usage(gateway)] == ordered
    assert [line["client_id"] for line in usage(gateway, "?by=client")] == ordered


def test_limits_in_pages(start_gateway, upstream):
    gateway = start_gateway(
        priced(upstream, "limits: [ { per: client, dollars_per_day: 100 }, { per: model, "
               "tokens_per_day: 1000 } ]"))
    assert [ask(gateway, client_id=name).status for name in ("a", "a", "b", "c")] == [200] * 4

    def limits(query):
        return [(entry["per"], [one["name"] for one in entry["spent"]], entry["next_offset"])
                for entry in gateway.admin("/admin/limits" + query).json()["limits"]]

    assert eventually(lambda: limits("?per=client") == [("client", ["a", "b", "c"], None)])
    assert limits("?per=client&limit=1&offset=1") == [("client", ["b"], 2)]
    assert limits("?per=client&name=c") == [("client", ["c"], None)] and limits("?per=client&name=nobody") == []
    assert limits("?per=model&name=default-chat") == [("model", ["default-chat"], None)]
    for query in ("limit=0", "limit=1001", "offset=-1", "per=planet", "name=a"):
        answer = gateway.admin("/admin/limits?" + query)
        assert answer.status == 400, answer.body
