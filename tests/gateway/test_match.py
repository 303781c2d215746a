"""Lines of `limits` that are for some requests: by model, team and tag, and what providers are limited to."""

import json
import subprocess

import pytest

from harness import BINARY, DEADLINE, eventually, records, unused_port
from keys import create_key, key_command
from redis_server import reachable
from test_embeddings import answer_vectors
from upstream import completion, respond


MESSAGES = [{"role": "user", "content": "hi"}]
MODELS = """
models:
  cheap: { targets: [ { provider: here, model: m } ] }
  gpt-5: { targets: [ { provider: here, model: m } ] }
  gpt-5-mini: { targets: [ { provider: here, model: m } ] }
  both: { targets: [ { provider: here, model: m }, { provider: there, model: m, weight: 0 } ], retry: { attempts: 1 } }
"""


def configured(upstream, limits):
    url = upstream.url
    return (f"providers:\n  here: {{ plugin: openai, base_url: {url}, api_key: k }}\n"
            f"  there: {{ plugin: openai, base_url: {url}, api_key: k }}\n{MODELS}limits:\n{limits}"
            f"admin: {{ listen: 127.0.0.1:{unused_port()} }}\n"
            "log_sinks: [ { plugin: jsonl, config: { path: requests.jsonl } } ]\n")


def answer(request, connection):
    if request.path.endswith("/embeddings"):
        return answer_vectors(request, connection)
    return respond(connection, 200, completion())


@pytest.fixture
def ask(upstream, start_gateway):
    upstream.script = answer

    def begin(limits):
        gateway = start_gateway(configured(upstream, limits))

        def one(model="cheap", client="a"):
            return gateway.request("POST", "/v1/chat/completions", json.dumps(
                {"model": model, "messages": [{"role": "user", "content": "hi"}]}), {"x-client-id": client})
        one.gateway = gateway
        return one
    return begin


def test_the_narrowest_match_decides_and_counts_on_its_own(ask):
    one = ask("  - { per: client, requests_per_minute: 3 }\n"
              "  - { per: client, match: { model: gpt-5* }, requests_per_minute: 2 }\n"
              "  - { per: client, match: { client: ci, model: [gpt-5-mini] }, requests_per_minute: 1 }\n")
    assert [one("cheap").status for _ in range(4)] == [200, 200, 200, 429]
    assert [one(model).status for model in ("gpt-5", "gpt-5-mini", "gpt-5")] == [200, 200, 429]
    refused = one("gpt-5").json()["error"]["message"]
    assert "client_id a and model gpt-5" in refused, refused
    assert [one("gpt-5-mini", "ci").status for _ in range(2)] == [200, 429]
    assert one("gpt-5", "ci").status == 200


def test_what_is_spent_under_each_line_is_shown_mended_and_kept(ask):
    one = ask("  - { per: client, requests_per_day: 5 }\n"
              "  - { per: client, match: { model: gpt-5* }, requests_per_day: 2 }\n")
    for model in ("cheap", "gpt-5", "gpt-5"):
        assert one(model).status == 200
    gateway = one.gateway
    lines = gateway.admin("/admin/limits").json()["limits"]
    assert {json.dumps(line.get("match")): [(who["name"], who["spent"], who["of"]) for who in line["spent"]]
            for line in lines} == {"null": [("a", 1, 5)], '{"model": ["gpt-5*"]}': [("a", 2, 2)]}
    metrics = gateway.admin("/metrics").body.decode()
    assert ('gatehouse_limit_used_ratio{per="client",limit="requests_per_day",'
            'match="{\\"model\\":[\\"gpt-5*\\"]}"} 1') in metrics
    assert one("gpt-5").status == 429
    done = subprocess.run([BINARY, "limits", "reset", "--per", "client", "--name", "a", "--limit", "requests_per_day",
                           "--match", '{"model":["gpt-5*"]}', "--reason", "a test", "--config", gateway.config],
                          cwd=gateway.folder, capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 0, done.stderr
    assert one("gpt-5").status == 200
    gateway.stop()
    again = gateway.again()
    lines = again.admin("/admin/limits").json()["limits"]
    assert sorted(who["spent"] for line in lines for who in line["spent"]) == [1, 1]
    again.stop()


def test_a_line_is_named_as_it_is_shown(ask):
    one = ask("  - { per: client, match: { model: [gpt-5, cheap], team: [none, a*], client: a },"
              " requests_per_day: 2 }\n"
              "  - { per: client, requests_per_day: 5 }\n").gateway
    _, key = create_key(one, "--client", "a", "--team", "a-team")
    body = json.dumps({"model": "cheap", "messages": MESSAGES})
    headers = {"authorization": f"Bearer {key}"}
    assert eventually(lambda: one.request("GET", "/v1/models", headers=headers).status == 200)
    assert [one.request("POST", "/v1/chat/completions", body, headers).status for _ in range(3)] == [200, 200, 429]

    def limits(*arguments):
        return subprocess.run([BINARY, "limits", *arguments, "--config", one.config], cwd=one.folder,
                              capture_output=True, text=True, timeout=DEADLINE)

    (shown,) = [line for line in limits("show").stdout.splitlines() if " for " in line]
    match = shown.split(" for ")[1].split(", all gateways")[0]
    assert json.loads(match) == {"client": ["a"], "model": ["cheap", "gpt-5"], "team": ["a*", "none"]}
    where = ("reset", "--per", "client", "--name", "a", "--limit", "requests_per_day", "--reason", "a test", "--match")
    for wrong in ("x", "[]", '{"model":"cheap"}', '{"nobody":["x"]}', '{"model":[5]}'):
        refused = limits(*where, wrong)
        assert refused.returncode == 1 and "match" in refused.stderr, refused
    assert limits(*where, '{"model":["cheap"]}').returncode == 1, "there is no such line"
    assert limits(*where, match).returncode == 0
    assert one.request("POST", "/v1/chat/completions", body, headers).status == 200


def test_a_provider_that_is_used_up_is_passed_over(ask):
    one = ask("  - { per: provider, match: { provider: here }, requests_per_minute: 2 }\n")
    assert [one("both").status for _ in range(4)] == [200] * 4
    asked = sorted(records(one.gateway, 4), key=lambda record: record["ts"])  # each may be written by another thread
    assert [record["provider"] for record in asked] == ["here", "here", "there", "there"]
    refused = one("cheap")
    assert refused.status == 429 and "provider here" in refused.json()["error"]["message"], refused.body


def test_a_team_spends_together_and_a_budget_begins_with_what_it_has_cost(ask):
    one = ask("  - { per: client, requests_per_day: 100 }\n")
    gateway = one.gateway
    keys = {name: create_key(gateway, "--client", name, "--team", team)[1]
            for name, team in (("a", "research"), ("b", "research"), ("c", "sales"))}

    def by(name, model="cheap"):
        headers = {"authorization": f"Bearer {keys[name]}"}
        return gateway.request("POST", "/v1/chat/completions", json.dumps(
            {"model": model, "messages": [{"role": "user", "content": "hi"}]}), headers)

    assert "team research" in key_command(gateway, "list").stdout
    assert eventually(lambda: by("a").status == 200)
    assert records(gateway, 1)[-1]["team"] == "research"
    text = gateway.config.read_text()
    gateway.config.write_text(text.replace(
        "requests_per_day: 100 }\n", "requests_per_day: 100 }\n"
        "  - { per: team, match: { team: res* }, requests_per_day: 3 }\n  - { per: team, requests_per_day: 50 }\n"))
    assert eventually(lambda: usage_is_written(gateway))
    assert gateway.request("POST", "/admin/reload", port=gateway.admin_port).status == 200
    assert [by(name).status for name in "abab"] == [200, 200, 429, 429]
    assert "team research" in by("a").json()["error"]["message"]
    assert by("c").status == 200


def test_callers_without_a_team_are_counted_together(ask):
    one = ask("  - { per: team, requests_per_day: 2 }\n")
    _, key = create_key(one.gateway, "--client", "a", "--team", "research")
    headers = {"authorization": f"Bearer {key}"}
    assert eventually(lambda: one.gateway.request("GET", "/v1/models", headers=headers).status == 200)
    assert [one(client=name).status for name in "abc"] == [200, 200, 429]
    body = {"model": "cheap", "messages": MESSAGES}
    assert one.gateway.request("POST", "/v1/chat/completions", body, headers).status == 200


def usage_is_written(gateway):
    return gateway.admin("/admin/usage").json()["usage"] != []


def test_a_tag_is_counted_by_its_value_wherever_it_stands(ask):
    one = ask("  - { per: \"tag:project\", requests_per_minute: 2 }\n"
              "  - { per: client, match: { \"tag:env\": ci }, requests_per_minute: 1 }\n")

    def by(tags=None, header=None, client="a"):
        fields = {"metadata": tags} if tags is not None else {}
        headers = {"x-client-id": client, **({"x-gatehouse-tags": header} if header else {})}
        return one.gateway.request("POST", "/v1/chat/completions", json.dumps(
            {"model": "cheap", "messages": [{"role": "user", "content": "hi"}], **fields}), headers)

    assert [by(*how).status for how in (
        ({"project": "x"},), (None, "project=x"), ({"project": "x", "other": 5},), ({"project": "y"}, "project=x"))
    ] == [200, 200, 429, 200]
    assert "tag project x" in by({"project": "x"}).json()["error"]["message"]
    assert [by().status for _ in range(3)] == [200, 200, 429], "those without it are counted together"
    assert [by({"project": str(n), "env": "ci"}, client="b").status for n in range(2)] == [200, 429]
    assert records(one.gateway, 1)[0]["tags"] == {"project": "x"}
    for wrong in (5, "", "a\nb", "y" * 129, ["x"], None):
        refused = by({"project": wrong})
        assert refused.status == 400 and refused.json()["error"]["param"] == "metadata.project", (wrong, refused.body)
    assert by(None, "project=").status == 400
    shown = one.gateway.admin("/admin/limits?per=tag:project").json()["limits"]
    assert [line["per"] for line in shown] == ["tag:project"]
    assert ("x", 2) in [(who["name"], who["spent"]) for who in shown[0]["spent"]]


def by_project(gateway):
    shown = gateway.admin("/admin/limits?per=tag:project").json()["limits"][0]["spent"]
    return {who["name"]: who["spent"] for who in shown}


DIALECTS = {"/v1/chat/completions": {"messages": MESSAGES}, "/v1/chat": {"messages": MESSAGES},
            "/v1/messages": {"messages": MESSAGES, "max_tokens": 5}, "/v1/responses": {"input": "hi"},
            "/v1/messages/count_tokens": {"messages": MESSAGES}, "/v1/embeddings": {"input": "hi"}}


def test_every_dialect_counts_and_records_tags_and_team(ask):
    gateway = ask("  - { per: \"tag:project\", requests_per_day: 100 }\n").gateway
    _, key = create_key(gateway, "--client", "a", "--team", "research")
    headers = {"authorization": f"Bearer {key}", "x-gatehouse-tags": "project=by-header"}

    def post(path, **fields):
        return gateway.request("POST", path, json.dumps({"model": "cheap", **DIALECTS[path], **fields}), headers)

    assert eventually(lambda: gateway.request("GET", "/v1/models", headers=headers).status == 200)
    for path in DIALECTS:
        assert [post(path, **how).status for how in ({"metadata": {"project": path, "user_id": "u"}}, {})] == [200] * 2
        assert post(path, metadata={"project": 5}).status == 400
    assert by_project(gateway) == {**dict.fromkeys(DIALECTS, 1), "by-header": len(DIALECTS)}
    kept = records(gateway, 3 * len(DIALECTS))
    assert sorted((one["team"], one["tags"]["project"]) for one in kept if one["status"] == 200) == sorted(
        ("research", project) for path in DIALECTS for project in (path, "by-header"))


def test_made_up_values_of_a_tag_are_bounded_at_every_endpoint(ask, start_gateway, upstream):
    gateway = start_gateway("server: { listen: 127.0.0.1:0, max_unknown_clients: 3 }\n" + configured(
        upstream, "  - { per: \"tag:project\", requests_per_day: 100 }\n"))
    for path, fields in DIALECTS.items():
        for number in range(5):
            body = json.dumps({"model": "cheap", **fields})
            assert gateway.request("POST", path, body, {"x-gatehouse-tags": f"project={path}{number}"}).status == 200
    assert by_project(gateway) == {**{f"/v1/chat/completions{number}": 1 for number in range(3)},
                                   "(others)": 5 * len(DIALECTS) - 3}


def test_lines_of_the_header_are_one_list_and_what_is_no_text_is_refused(ask):
    gateway = ask("  - { per: \"tag:project\", requests_per_day: 100 }\n").gateway
    body = json.dumps({"model": "cheap", "messages": MESSAGES}).encode()

    def raw(lines):
        with gateway.socket() as connection:
            connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: %d\r\n"
                               b"content-type: application/json\r\nconnection: close\r\n%b\r\n\r\n%b" %
                               (len(body), lines, body))
            return connection.makefile("rb").read().split(b" ")[1]

    assert raw(b"x-gatehouse-tags: other=1\r\nx-gatehouse-tags: project=second") == b"200"
    assert raw(b"x-gatehouse-tags: project=a\xff\xfeb") == b"400"
    assert {one["status"]: one.get("tags") for one in records(gateway, 2)} == {200: {"project": "second"}, 400: None}


def test_a_key_keeps_its_team_when_it_is_rotated_and_a_bad_one_is_refused(ask):
    gateway = ask("  - { per: team, requests_per_day: 2 }\n").gateway
    key_id, _ = create_key(gateway, "--client", "a", "--team", "research")
    assert key_command(gateway, "rotate", key_id).returncode == 0
    assert key_command(gateway, "list").stdout.count("team research") == 1
    for wrong in ("", "a b", "a\x1fb", "y" * 129):
        refused = key_command(gateway, "create", "--client", "a", "--team", wrong)
        assert refused.returncode == 2 and "team" in refused.stderr, (wrong, refused)


def test_several_gateways_hold_each_line_together(fleet):
    gateways = fleet("limits:\n  - { per: client, requests_per_day: 6 }\n"
                     "  - { per: client, match: { client: \"dev-*\" }, requests_per_day: 4 }\n")
    assert eventually(lambda: all(map(reachable, gateways)))
    statuses = [gateways[n % 3].chat("hi", max_tokens=4).status for n in range(6)]
    assert statuses == [200] * 4 + [429] * 2
    others = [gateways[n % 3].chat("hi", max_tokens=4, client_id="other").status for n in range(7)]
    assert others == [200] * 6 + [429]
