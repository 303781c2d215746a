"""A second build of a policy that runs beside the live one, decides nothing, and can be made live.
"""
import json
import time

import pytest

from harness import BUILD, DEADLINE, ECHO

PLUGINS = BUILD / "tests" / "swap_plugins"


class Shadowed:
    """A gateway whose policy `stamp` is version 1, with a shadow."""

    def __init__(self, start, shadow):
        self.gateway = start(self.yaml(shadow))
        self.head = self.gateway.config.read_text().split("\nproviders:")[0]

    @staticmethod
    def yaml(shadow, plugin="stamp_v1"):
        beside = f", shadow: {PLUGINS}/{shadow}.so" if shadow else ""
        return ECHO + f"policies: [ {{ plugin: {PLUGINS}/{plugin}.so, name: stamp{beside} }} ]\n"

    def reload(self, yaml):
        self.gateway.config.write_text(self.head + yaml)
        return self.gateway.request("POST", "/admin/reload", port=self.gateway.admin_port)

    def promote(self, policy="stamp"):
        return self.gateway.request("POST", "/admin/promote?policy=" + policy,
                                    port=self.gateway.admin_port)

    def plugin(self, kind):
        plugins = json.loads(self.gateway.admin("/admin/plugins").body)["plugins"]
        return next((plugin for plugin in plugins if plugin["kind"] == kind), None)

    def compared(self, exchanges):
        """The shadow's report once it has seen so many exchanges."""
        end = time.monotonic() + DEADLINE
        while (report := self.plugin("shadow"))["compared"] < exchanges:
            assert time.monotonic() < end, report
            time.sleep(0.02)
        return report


@pytest.fixture
def shadowed(start_gateway):
    return lambda shadow: Shadowed(start_gateway, shadow)


def verdicts(report, **wanted):
    return [v for v in report["verdicts"] if all(v[key] == value for key, value in wanted.items())]


def test_what_would_have_been_denied_is_reported_and_served(shadowed):
    house = shadowed("stamp_strict")
    told = house.gateway.chat("a secret")
    assert [told.status, house.gateway.chat("hello").status] == [200, 200]
    report = house.compared(2)
    assert (report["compared"], report["changed"], report["skipped"]) == (2, 1, 0)
    assert (report["version"], report["denied"]) == ("1.1.0", 1)
    denied, = verdicts(report, step="request", live="allow", shadow="deny")
    assert denied["exchanges"] == 1 and denied["request_ids"] == [told.json()["id"]
                                                                  ] and denied["same"] is False
    agreed, = verdicts(report, step="request", live="allow", shadow="allow")
    assert agreed["exchanges"] == 1 and agreed["request_ids"] == []
    assert f"{told.json()['id']}: on the request live allow, shadow deny" in house.gateway.log()
    assert house.plugin("policy")["denied"] == 0
    metrics = house.gateway.admin("/metrics").body.decode()
    assert 'kind="shadow",plugin="stamp",version="1.1.0"' in metrics


def test_answers_and_streams_are_compared_too(shadowed):
    house = shadowed("stamp_v2")
    whole, stream = house.gateway.chat("who"), house.gateway.chat("a b c", stream=True)
    assert whole.json()["message"]["content"] == "v1" and "v2" not in stream.body.decode()
    report = house.compared(2)
    assert report["changed"] == 2
    assert verdicts(report, step="response", live="modify", shadow="modify",
                    same=False)[0]["exchanges"] == 2
    assert verdicts(report, step="chunk", live="modify", shadow="modify",
                    same=False)[0]["exchanges"] >= 1


def test_a_failing_shadow_costs_nothing(shadowed):
    house = shadowed("stamp_fails")
    assert {house.gateway.chat("who").json()["message"]["content"] for _ in range(20)} == {"v1"}
    report = house.compared(20)
    assert verdicts(report, live="allow",
                    shadow="failed")[0]["exchanges"] == 20 and report["errors"] == 20
    assert json.loads(house.gateway.admin("/admin/generations").body)["rollbacks"] == []


def test_nobody_waits_for_a_slow_shadow(shadowed):
    house = shadowed("stamp_slow")
    assert {house.gateway.chat("who").status for _ in range(200)} == {200}
    # They would have taken 100 s had they waited for it, and so would the end of the gateway.
    assert house.compared(1)["compared"] < 200
    assert house.gateway.stop() == 0


def test_a_shadow_that_does_not_come_back_is_left_behind(shadowed):
    house = shadowed("stamp_stuck")
    assert house.gateway.chat("who").status == 200
    done = house.reload(house.yaml(None))
    assert done.status == 200, done.body
    end = time.monotonic() + DEADLINE
    while "does not come back" not in house.gateway.log():
        assert time.monotonic() < end
        time.sleep(0.02)
    assert house.gateway.chat("who").status == 200 and house.gateway.stop() == 0


def test_a_promoted_shadow_decides(shadowed):
    house = shadowed("stamp_strict")
    assert house.gateway.chat("a secret").status == 200
    done = house.promote()
    assert done.status == 200, done.body
    results = {(plugin["kind"], plugin["result"]) for plugin in done.json()["plugins"]}
    assert results == {("provider", "reused"), ("policy", "replaced"), ("shadow", "removed")}
    assert done.json()["promoted"][0]["plugin"].endswith("stamp_strict.so")
    denied = house.gateway.chat("a secret")
    assert denied.status == 403 and denied.json()["error"]["code"] == "secret"
    assert house.plugin("policy")["version"] == "1.1.0" and house.plugin("shadow") is None
    assert "until the configuration says `plugin:" in house.gateway.log()

    again = house.reload(
        house.yaml("stamp_strict"))  # the file has not been told; the promotion holds
    assert again.status == 200 and again.json()["promoted"]
    assert house.gateway.chat("a secret").status == 403
    told = house.reload(house.yaml(None, plugin="stamp_strict"))
    assert told.status == 200 and not told.json()["promoted"]
    assert {plugin["result"] for plugin in told.json()["plugins"]} == {"reused"}
    assert house.gateway.chat("a secret").status == 403


def test_what_cannot_be_promoted(shadowed):
    house = shadowed(None)
    assert house.promote("").status == 400
    for policy in ("stamp", "nobody"):
        refused = house.promote(policy)
        assert refused.status == 422 and "with a shadow" in refused.json()["error"]["message"]
    assert house.gateway.chat("who").status == 200


def test_a_shadow_comes_and_goes_and_keeps_count_over_other_changes(shadowed):
    house = shadowed(None)
    done = house.reload(house.yaml("stamp_v2"))
    assert ("shadow", "loaded") in {(plugin["kind"], plugin["result"])
                                    for plugin in done.json()["plugins"]}
    house.gateway.chat("who")
    house.compared(1)
    kept = house.reload(house.yaml("stamp_v2") + "limits: [ { per: client, concurrent: 9 } ]\n")
    assert {plugin["result"] for plugin in kept.json()["plugins"]} == {"reused"}
    assert house.plugin("shadow")["compared"] == 1
    house.reload(house.yaml("stamp_v2", plugin="stamp_strict"))  # compared with something else now
    assert house.plugin("shadow")["compared"] == 0
    gone = house.reload(house.yaml("nowhere"))
    assert gone.status == 422 and "nowhere.so" in gone.json()["error"]["message"]
    assert house.gateway.chat("who").json()["message"]["content"] == "v1"
