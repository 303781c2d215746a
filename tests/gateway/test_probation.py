"""A version that misbehaves after a swap is taken back, while the gateway serves."""
import json
import os
import shutil
import threading
import time

import pytest

from harness import BUILD, Load, eventually
from upstream import answer_with

PLUGINS = BUILD / "tests" / "swap_plugins"


class Trio:
    """A gateway with one plugin of each kind, each a file of its own, under load."""

    def __init__(self, start, folder, probation):
        self.folder = folder
        for kind in ("speaker", "stamp", "keeper"):
            self.put(kind, f"{kind}_v1.so")
        self.gateway = start(f"""
providers: {{ local: {{ plugin: {folder}/speaker.so }} }}
models: {{ default-chat: {{ targets: [ {{ provider: local, model: m }} ] }} }}
policies: [ {{ plugin: {folder}/stamp.so, config: {{ keep: true }} }} ]
log_sinks: [ {{ plugin: {folder}/keeper.so, config: {{ path: {folder}/records.txt }} }} ]
""")
        config = self.gateway.config
        config.write_text(config.read_text().replace("plugins: {",
                                                     f"plugins: {{ probation: {{ {probation} }}, "))
        assert self.reload().status == 200

    def put(self, kind, source):
        shutil.copy(PLUGINS / source, self.folder / (kind + ".new"))
        os.replace(self.folder / (kind + ".new"), self.folder / (kind + ".so"))

    def reload(self, query=""):
        return self.gateway.request("POST", "/admin/reload" + query, port=self.gateway.admin_port)

    def rollbacks(self):
        return json.loads(self.gateway.admin("/admin/generations").body)["rollbacks"]


@pytest.fixture
def trio(start_gateway, tmp_path):
    return lambda probation="window: 10m, min_exchanges: 5": Trio(start_gateway, tmp_path, probation
                                                                  )


class Callers(Load):
    def __init__(self, gateway):
        self.statuses = []

        def ask():
            self.statuses.append(gateway.chat("who").status)

        super().__init__(ask, ask)


@pytest.mark.parametrize("kind, bad", [("speaker", "speaker_fails.so"), ("stamp", "stamp_fails.so"),
                                       ("keeper", "keeper_fails.so")])
def test_a_failing_version_is_taken_back(trio, kind, bad):
    house = trio()
    with Callers(house.gateway) as load:
        assert eventually(lambda: len(load.statuses) > 20)
        house.put(kind, bad)
        done = house.reload()
        assert done.status == 200, done.body
        assert eventually(house.rollbacks)
        assert eventually(lambda: load.statuses[-10:] == [200] * 10)
    rollback, = house.rollbacks()
    assert rollback["kind"] == {"speaker": "provider", "stamp": "policy",
                                "keeper": "log_sink"}[kind]
    assert "failed" in rollback["why"] and "exchanges" in rollback["why"]
    assert house.gateway.chat("who").status == 200
    words = house.gateway.chat("who").json()["message"]["content"].split()
    assert set(words) == {"v1"}
    metrics = house.gateway.admin("/metrics").body.decode()
    assert "gatehouse_rollbacks_total 1" in metrics
    assert "is taken back: it failed" in house.gateway.log()
    number = json.loads(house.gateway.admin("/admin/plugins").body)["generation"]

    again = house.reload().json()  # not tried again ...
    held = [plugin for plugin in again["plugins"] if plugin["result"] == "held_back"]
    assert len(
        held) == 1 and "taken back" in held[0]["reason"] and again["generation"] == number + 1
    assert house.gateway.chat("who").status == 200
    house.put(kind, f"{kind}_v2.so")  # ... but another version is
    assert "replaced" in {plugin["result"] for plugin in house.reload().json()["plugins"]}
    assert "v2" in house.gateway.chat("who").json()["message"]["content"] or kind == "keeper"
    house.put(kind, bad)  # and the failing one when told to
    assert "held_back" in {plugin["result"] for plugin in house.reload().json()["plugins"]}
    assert "held_back" not in {
        plugin["result"]
        for plugin in house.reload("?retry").json()["plugins"]
    }


@pytest.mark.parametrize("bad, says", [("stamp_slow.so", "a call takes"),
                                       ("stamp_stuck.so", "calls has come back")])
def test_a_version_that_keeps_callers_waiting_is_taken_back(trio, bad, says):
    house = trio()
    assert {house.gateway.chat("who").status for _ in range(20)} == {200}
    house.put("stamp", bad)
    assert house.reload().status == 200
    for _ in range(6):
        threading.Thread(target=lambda: house.gateway.chat("who"), daemon=True).start()
    assert eventually(house.rollbacks)
    assert says in house.rollbacks()[0]["why"]
    assert "v1" in house.gateway.chat("who").json()["message"]["content"]


def test_a_version_that_behaves_stays(trio):
    house = trio("window: 300ms, min_exchanges: 5")
    with Callers(house.gateway) as load:
        house.put("stamp", "stamp_v2.so")
        assert house.reload().status == 200
        time.sleep(1)
    assert set(load.statuses) == {200} and not house.rollbacks()
    assert "v2" in house.gateway.chat("who").json()["message"]["content"]


def hang_up(request, connection):
    return "close"


BAD_MINUTE = {
    "500": answer_with(500, {"error": {"message": "boom"}}),
    "429": answer_with(429, {"error": {"message": "slow down"}}),
    "401": answer_with(401, {"error": {"message": "who are you"}}),
    "404 in HTML": answer_with(404, b"<html>", "text/html"),
    "an error in a 200": answer_with(200, {"error": {"message": "boom"}}),
    "a web page in a 200": answer_with(200, b"<html>", "text/html"),
    "half an answer": answer_with(200, b'{"id":"c","choices":[{"index":0'),
    "no answer": hang_up,
    "no answer in time": lambda request, connection: time.sleep(0.2),
}


@pytest.mark.parametrize("bad", BAD_MINUTE)
def test_a_providers_bad_minute_is_not_the_plugins_failure(start_gateway, upstream, tmp_path, bad):
    codec = tmp_path / "openai.so"
    shutil.copy(BUILD / "plugins" / "openai.so", codec)
    gateway = start_gateway(f"""
providers:
  up: {{ plugin: {codec}, base_url: "{upstream.url}", breaker: {{ failures: 0 }},
         timeouts: {{ first_byte: 50ms }} }}
models:
  default-chat: {{ targets: [ {{ provider: up, model: m }} ], retry: {{ attempts: 1 }} }}
""")
    yaml = gateway.config.read_text()
    gateway.config.write_text(yaml.replace(
        "plugins: {", "plugins: { probation: { window: 10m, min_exchanges: 5 }, "))
    another = tmp_path / "another.so"
    another.write_bytes(codec.read_bytes() + b"\n")  # another version, as its hash says
    os.replace(another, codec)
    done = gateway.request("POST", "/admin/reload", port=gateway.admin_port).json()
    assert "replaced" in {plugin["result"] for plugin in done["plugins"]}
    upstream.script = BAD_MINUTE[bad]
    for stream in (False, True):
        assert 200 not in {gateway.chat("hi", stream=stream).status for _ in range(15)}
    time.sleep(0.3)  # thirty glances
    assert not json.loads(gateway.admin("/admin/generations").body)["rollbacks"]
    errors = [line for line in gateway.admin("/metrics").body.decode().splitlines()
              if line.startswith("gatehouse_plugin_errors_total") and 'plugin="up"' in line]
    assert errors and all(line.endswith(" 0") for line in errors), errors


def test_no_probation_where_none_is_wanted(trio):
    house = trio("window: 0s")
    house.put("stamp", "stamp_fails.so")
    assert house.reload().status == 200
    assert {house.gateway.chat("who").status for _ in range(30)} == {403}
    assert not house.rollbacks()
