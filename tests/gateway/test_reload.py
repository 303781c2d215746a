"""Swaps on a running gateway: what is taken over, what is refused, and that nobody notices."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time

import pytest

from harness import BINARY, BUILD, DEADLINE, ECHO, eventually, records, unused_port
from upstream import begin_stream, chunk, completion, end_stream, respond, send_piece

BAD = BUILD / "tests" / "swap_plugins"
ABI = BUILD / "tests" / "abi" / "plugins"
KEEPS = os.environ.get("GATEHOUSE_KEEP_MODULES") == "1"


class Swapping:
    """A gateway whose stamp policy is a file of its own, to be exchanged."""

    def __init__(self, start, folder, more="", sha256="", config="{}"):
        self.folder = folder
        self.plugin = folder / "stamp.so"
        shutil.copy(BAD / "stamp_v1.so", self.plugin)
        self.gateway = start(self.yaml(more, sha256, config))
        self.head = self.gateway.config.read_text().split("\nproviders:")[0]
        # A predecessor that is kept ready is still in memory; those tests are in test_probation.py.
        self.head = self.head.replace("path: [", "probation: { window: 0s }, path: [")
        self.gateway.config.write_text(self.head + self.yaml(more, sha256, config))

    def yaml(self, more="", sha256="", config="{}", plugin=None):
        pin = f", sha256: {sha256}" if sha256 else ""
        policy = f"{{ plugin: {plugin or self.plugin}, name: stamp, config: {config}{pin} }}"
        return ECHO + more + f"policies: [ {policy} ]\n"

    def rewrite(self, yaml):
        self.gateway.config.write_text(self.head + yaml)

    def put(self, file):
        """As an installer does it: aside first, then into place."""
        aside = self.plugin.with_suffix(".new")
        shutil.copy(file, aside)
        os.replace(aside, self.plugin)

    def reload(self):
        return self.gateway.request("POST", "/admin/reload", port=self.gateway.admin_port)

    def version(self):
        return self.gateway.chat("who").json()["message"]["content"]


@pytest.fixture
def swapping(start_gateway, tmp_path):
    return lambda **options: Swapping(start_gateway, tmp_path, **options)


def mapped(gateway):
    """The module copies in the gateway's memory, by path."""
    lines = pathlib.Path(f"/proc/{gateway.process.pid}/maps").read_text().splitlines()
    return {line.split()[-1] for line in lines if "/modules/" in line}


def wait_until(condition):
    assert eventually(condition)


def results(answer):
    return {plugin["name"]: plugin["result"] for plugin in answer.json()["plugins"]}


def test_a_changed_file_is_swapped_and_the_rest_is_reused(swapping):
    swap = swapping(more="log_sinks: [ { plugin: jsonl, config: { path: requests.jsonl } } ]\n")
    assert swap.version() == "v1"
    threads = len(os.listdir(f"/proc/{swap.gateway.process.pid}/task"))
    swap.put(BAD / "stamp_v2.so")
    done = swap.reload()
    assert done.status == 200, done.body
    assert results(done) == {"local": "reused", "stamp": "replaced", "jsonl": "reused"}
    assert done.json()["generation"] == 2 and done.json()["reloaded"] is True
    assert swap.version() == "v2"
    assert sorted(line["generation"] for line in records(swap.gateway, 2)) == [1, 2]
    assert len(os.listdir(
        f"/proc/{swap.gateway.process.pid}/task")) <= threads + 4  # connections have some
    if not KEEPS:
        wait_until(lambda: len([p for p in mapped(swap.gateway) if "stamp" in p]) == 1)
        assert len(list(
            (swap.folder / "var" / "modules" / str(swap.gateway.process.pid)).iterdir())) == 3
    again = swap.reload()
    assert set(results(again).values()) == {"reused"}


def test_a_changed_configuration_makes_a_new_instance(swapping):
    swap = swapping()
    swap.rewrite(swap.yaml(config="{ suffix: '!' }"))
    done = swap.reload()
    assert results(done) == {"local": "reused", "stamp": "replaced"}
    assert "configuration" in [p for p in done.json()["plugins"]
                               if p["name"] == "stamp"][0]["reason"]
    assert swap.version() == "v1!"
    swap.rewrite(ECHO)
    assert results(swap.reload()) == {"local": "reused", "stamp": "removed"}
    assert swap.version() == "who"


REFUSALS = {
    "text.so": "not a shared library",
    "truncated.so": "cut short",
    "missing_symbol.so": "gatehouse_nowhere",
    "no_symbol.so": "gatehouse_plugin",
    "needs_newer.so": "needs plugin ABI",
    "wrong_major.so": "speaks plugin ABI",
    "same_ids.so": "two components",
    "aborts.so": "died of signal 6",
    "hangs.so": "did not come to an end within",
    "throws.so": "thrown in the constructor",
    "exits.so": "exit code 7",
    "crashes.so": "died of signal 11",
}


@pytest.mark.parametrize("bad", REFUSALS)
def test_a_bad_file_leaves_the_old_one_serving(swapping, bad):
    swap = swapping()
    good = swap.gateway.config.read_text()
    if bad == "hangs.so":
        swap.gateway.config.write_text(good.replace("path: [", "preflight_timeout: 1s, path: ["))
    source = BAD / bad if (BAD / bad).exists() else ABI / bad
    swap.put(source)
    for _ in range(2):
        refused = swap.reload()
        assert refused.status == 422, refused.body
        answer = refused.json()
        assert answer["reloaded"] is False and answer["generation"] == 1
        assert answer["error"]["type"] == "reload_refused"
        assert REFUSALS[bad] in answer["error"]["message"], answer
        assert "stamp" in answer["error"]["message"]
        assert f"{swap.gateway.config}:" in answer["error"]["message"]
        assert results(refused) == {"local": "reused", "stamp": "refused"}
        assert swap.version() == "v1"
    swap.gateway.config.write_text(good)
    swap.put(BAD / "stamp_v2.so")
    assert swap.reload().status == 200
    assert swap.version() == "v2"


def test_new_plugins_are_tried_at_the_same_time(swapping):
    swap = swapping()
    meet = (f"{{ plugin: {BAD}/meets.so, name: %s, "
            f"config: {{ here: {swap.folder}/%s, there: {swap.folder}/%s }} }}")
    swap.rewrite(ECHO + f"policies: [ {meet % ('a', 'a', 'b')}, {meet % ('b', 'b', 'a')} ]\n")
    done = swap.reload()  # neither comes out of its trial before the other is in its own
    assert done.status == 200, done.body


def test_a_bad_configuration_leaves_the_old_one_serving(swapping):
    swap = swapping()
    good = swap.yaml()
    for yaml, says in [
        ("modles: {}\n" + good, "modles"),
        (good + "limits: [ {", "not YAML"),
        (good.replace("policies: [ ",
                      "policies: [ { plugin: require_client, name: stamp }, "), "same name"),
        (swap.yaml(config="{ unknown: 1 }"), "unknown"),
        (swap.yaml(plugin="/nowhere/stamp.so"), "/nowhere/stamp.so"),
        (swap.yaml(sha256="0" * 64), "0" * 64),
        (swap.yaml(sha256="abc"), "sha256sum"),
    ]:
        swap.rewrite(yaml)
        refused = swap.reload()
        assert refused.status == 422 and says in refused.json()["error"]["message"], refused.body
        assert swap.version() == "v1"
    swap.gateway.config.unlink()
    assert swap.reload().status == 422
    assert swap.version() == "v1"


def test_a_pinned_hash(swapping):
    digest = subprocess.run(["sha256sum", BAD / "stamp_v2.so"], capture_output=True,
                            text=True).stdout.split()[0]
    swap = swapping()
    swap.rewrite(swap.yaml(sha256=digest))
    assert swap.reload().status == 422
    swap.put(BAD / "stamp_v2.so")
    assert swap.reload().status == 200
    assert swap.version() == "v2"


def test_a_file_replaced_while_it_is_read(swapping):
    swap = swapping()
    large = swap.folder / "large.so"
    shutil.copy(BAD / "stamp_v2.so", large)
    os.truncate(large, 150 << 20)  # bytes behind the end of an image are nobody's
    os.replace(large, swap.plugin)
    stop = threading.Event()

    def keep_touching():
        while not stop.is_set():
            os.utime(swap.plugin)
            time.sleep(0.005)

    thread = threading.Thread(target=keep_touching)
    thread.start()
    refused = swap.reload()
    stop.set()
    thread.join()
    assert refused.status == 422
    assert "changed while it was being read" in refused.json()["error"]["message"]
    assert swap.version() == "v1"


def test_overwriting_the_live_file_under_load_harms_nothing(swapping):
    swap = swapping()
    wrong, stop = [], threading.Event()

    def load():
        while not stop.is_set():
            answer = swap.gateway.chat("who")
            if answer.status != 200 or answer.json()["message"]["content"] != "v1":
                wrong.append(answer.body)

    threads = [threading.Thread(target=load) for _ in range(3)]
    for thread in threads:
        thread.start()
    for source in (BAD / "stamp_v2.so", ABI / "text.so", BAD / "stamp_v1.so"):
        with open(source, "rb") as from_file, open(swap.plugin,
                                                   "wb") as live:  # in place, as cp does
            shutil.copyfileobj(from_file, live)
        time.sleep(0.3)
    os.truncate(swap.plugin, 0)
    time.sleep(0.3)
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong and swap.version() == "v1"


def test_a_stream_ends_on_the_version_it_began_with(swapping, upstream):
    half_way, go_on = threading.Event(), threading.Event()

    def script(request, connection):
        if not request.json().get("stream"):
            return respond(connection, 200, completion("who"))
        begin_stream(connection)
        for i in range(12):
            if i == 6:
                half_way.set()
                go_on.wait(DEADLINE)
            send_piece(connection, chunk({"content": "word"}))
        send_piece(connection, chunk({}, "stop") + b"data: [DONE]\n\n")
        end_stream(connection)

    upstream.script = script
    swap = swapping()
    swap.rewrite(swap.yaml().replace("plugin: echo",
                                     f'plugin: openai, base_url: "{upstream.url}", api_key: key'))
    assert swap.reload().status == 200
    answers = []
    thread = threading.Thread(target=lambda: answers.append(swap.gateway.chat("who", stream=True)))
    thread.start()
    assert half_way.wait(DEADLINE)
    swap.put(BAD / "stamp_v2.so")
    done = swap.reload().json()
    old = [generation for generation in done["still_running"] if generation["generation"] == 2]
    assert len(old) == 1 and old[0]["in_flight"] >= 1
    assert swap.version() == "v2"
    generations = json.loads(swap.gateway.admin("/admin/generations").body)["generations"]
    assert [(g["generation"], g["current"]) for g in generations][-2:] == [(2, False), (3, True)]
    go_on.set()
    thread.join()
    content = "".join(json.loads(event)["message"]["content"] for event in answers[0].events()[:-1])
    assert content.count("v1") == 12 and "v2" not in content
    wait_until(
        lambda: len(json.loads(swap.gateway.admin("/admin/generations").body)["generations"]) == 1)


def test_sighup_and_the_command(swapping, tmp_path):
    port = unused_port()
    swap = swapping(more=f'admin: {{ listen: "127.0.0.1:{port}", token: "s3cret" }}\n')
    command = [BINARY, "reload", "--config", swap.gateway.config]
    swap.put(BAD / "stamp_v2.so")
    swap.gateway.process.send_signal(signal.SIGHUP)
    wait_until(lambda: swap.version() == "v2")
    swap.put(BAD / "stamp_v1.so")
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 0 and "replaced  policy" in done.stdout, done
    assert "generation 3 serves" in done.stdout and swap.version() == "v1"
    listed = subprocess.run([BINARY, "plugins", "--config", swap.gateway.config],
                            capture_output=True, text=True, timeout=DEADLINE)
    assert listed.returncode == 0 and re.search(
        r"modified [1-9]\d*, denied 0, time \d+ us, CPU \d+ us", listed.stdout), listed
    swap.put(ABI / "text.so")
    refused = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE)
    assert refused.returncode == 1
    assert "not a shared library" in refused.stderr and "generation 3" in refused.stderr
    assert swap.gateway.admin("/metrics").status == 401
    swap.put(BAD / "stamp_v1.so")
    assert swap.gateway.stop() == 0
    gone = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE)
    assert gone.returncode == 1 and "no gateway answers" in gone.stderr
    assert "s3cret" not in swap.gateway.log() + done.stdout + refused.stderr


def test_limits_change_and_what_was_spent_stays_spent(swapping):
    limit = "limits: [ {{ per: client, requests_per_minute: {} }} ]\n"
    swap = swapping(more=limit.format(1))  # a minute until there is another
    assert [swap.gateway.chat("who").status for _ in range(2)] == [200, 429]
    swap.put(BAD / "stamp_v2.so")
    assert swap.reload().status == 200
    assert swap.gateway.chat("who").status == 429
    swap.rewrite(swap.yaml(more=limit.format(2)))
    assert swap.reload().status == 200
    assert [swap.gateway.chat("who").status for _ in range(2)] == [200, 429]


def test_state_is_handed_over_and_counters_stay(swapping):
    swap = swapping()
    swap.put(BAD / "tally_v1.so")
    assert swap.reload().status == 200
    assert [swap.version() for _ in range(3)] == ["v1 1 1", "v1 2 2", "v1 3 3"]

    swap.put(BAD / "tally_v2.so")
    done = swap.reload().json()
    assert "took over 1 bytes of state" in [p for p in done["plugins"]
                                            if p["name"] == "stamp"][0]["reason"]
    assert swap.version() == "v2 4 4"

    swap.put(BAD / "tally_other_format.so")
    refused = swap.reload()
    assert refused.status == 422
    assert "cannot take over the state" in refused.json()["error"]["message"]
    assert "another format" in refused.json()["error"]["message"]
    assert swap.version() == "v2 5 5"

    swap.put(BAD / "tally_stateless.so")
    done = swap.reload().json()
    assert "takes over no state" in [p for p in done["plugins"]
                                     if p["name"] == "stamp"][0]["reason"]
    assert swap.version() == "v4 1 6"
    stamp = [
        p for p in json.loads(swap.gateway.admin("/admin/plugins").body)["plugins"]
        if p["name"] == "stamp"
    ][0]
    assert stamp["counters"] == [{"name": "requests", "value": 6}]


def test_settings_that_need_a_restart_are_named(swapping):
    swap = swapping()
    config = swap.gateway.config.read_text()
    swap.gateway.config.write_text(config.replace("drain_timeout: 20s", "drain_timeout: 21s"))
    assert swap.reload().json()["needs_restart"] == ["server"]


# what a gateway starts with -> what the configuration says then; what is named
RESTARTS = [
    ("data_dir: {folder}/var", "data_dir: {folder}/other", "data_dir"),
    ("admin: { listen: 127.0.0.1:0 }", "admin: { listen: 127.0.0.2:0 }", "admin"),
    ("providers:", "shared_limits: { redis: 127.0.0.1:1, gateways: 2 }\nproviders:",
     "shared_limits"),
]


def run_reload(gateway):
    """By the command, which has to be told where the operators' listener is."""
    config = gateway.folder / "told.yaml"
    listen = f"listen: 127.0.0.1:{gateway.admin_port}"
    text = gateway.config.read_text()
    config.write_text(re.sub(r"admin: \{ listen: \S+", "admin: { " + listen, text))
    return subprocess.run([BINARY, "reload", "--config", config], capture_output=True, text=True)


@pytest.mark.parametrize("before,after,name", RESTARTS, ids=[r[2] for r in RESTARTS])
def test_what_needs_a_restart_is_named_everywhere(start_gateway, before, after, name):
    gateway = start_gateway()
    text = gateway.config.read_text()
    before, after = (part.replace("{folder}", str(gateway.folder)) for part in (before, after))
    assert before in text
    gateway.config.write_text(text.replace(before, after, 1))
    told = run_reload(gateway)
    assert told.returncode == 3 and f"needs a restart: {name}" in told.stdout, told
    assert f"`{name}` has changed" in gateway.log()
    gateway.config.write_text(text)
    assert run_reload(gateway).returncode == 0


def by_signal(gateway):
    done = gateway.log().count(" serves, after ")
    gateway.process.send_signal(signal.SIGHUP)
    assert eventually(lambda: gateway.log().count(" serves, after ") > done)


def by_request(gateway):
    answer = gateway.request("POST", "/admin/reload", port=gateway.admin_port)
    assert answer.status == 200 and answer.json()["needs_restart"] == []


def by_command(gateway):
    assert run_reload(gateway).returncode == 0


@pytest.mark.parametrize("reload", [by_signal, by_request, by_command])
def test_who_is_served_is_what_the_configuration_says_after_a_reload(start_gateway, reload):
    gateway = start_gateway()
    open_text = gateway.config.read_text()
    assert gateway.chat().status == 200
    for text, status in ((open_text + "auth: keys\n", 401), (open_text, 200),
                         (open_text + "auth: keys\n", 401), (open_text + "auth: open\n", 200)):
        gateway.config.write_text(text)
        reload(gateway)
        assert gateway.chat().status == status, text
    gateway.config.write_text(open_text + "auth: keys\nnonsense: 1\n")
    assert run_reload(gateway).returncode == 1
    assert gateway.chat().status == 200, "a refused reload changes nothing"


def test_what_each_version_did(swapping):
    swap = swapping()
    for _ in range(3):
        swap.version()
    swap.put(BAD / "stamp_v2.so")
    swap.reload()
    swap.version()
    metrics = swap.gateway.admin("/metrics").body.decode()
    calls = {
        line.split('version="')[1].split('"')[0]: float(line.split()[-1])
        for line in metrics.splitlines()
        if line.startswith("gatehouse_plugin_verdicts_total") and 'plugin="stamp"' in line
        and '"modify"' in line
    }
    assert calls == {"1.0.0": 6, "2.0.0": 2}  # the text as it comes, and once more as a whole
    assert 'gatehouse_plugin_call_duration_seconds_bucket{kind="policy",plugin="stamp"' in metrics
    assert "gatehouse_plugin_cpu_seconds_total" in metrics and "\ngatehouse_generation 2" in metrics
    stamp = [
        p for p in json.loads(swap.gateway.admin("/admin/plugins").body)["plugins"]
        if p["name"] == "stamp"
    ][0]
    assert (stamp["version"], stamp["modified"], stamp["errors"]) == ("2.0.0", 2, 0)


@pytest.mark.skipif(KEEPS, reason="modules are kept")
def test_a_module_that_cannot_be_unloaded_is_reported(swapping):
    swap = swapping()
    swap.put(BAD / "thread_local.so")
    assert swap.reload().status == 200
    assert swap.version() == "who"
    swap.put(BAD / "stamp_v2.so")
    assert swap.reload().status == 200
    assert swap.version() == "v2"
    residents = lambda: json.loads(swap.gateway.admin("/admin/generations").body)["residents"]
    wait_until(lambda: len(residents()) == 1)
    assert "thread_local" in residents()[0]["why"]
    assert "gatehouse_resident_modules 1" in swap.gateway.admin("/metrics").body.decode()


def test_leftovers_are_swept_and_the_folder_is_private(start_gateway, tmp_path):
    old = tmp_path / "var" / "modules" / "12345678"
    old.mkdir(parents=True)
    (old / "echo-1.so").write_bytes(b"left over")
    gateway = start_gateway()
    folder = tmp_path / "var" / "modules"
    assert [f.name for f in folder.iterdir()] == [str(gateway.process.pid)]
    assert (folder.stat().st_mode & 0o777,
            (folder / str(gateway.process.pid)).stat().st_mode & 0o777) == (0o700, 0o700)
    assert gateway.stop() == 0
    assert not list(folder.iterdir())


def test_a_noexec_folder_is_named(tmp_path):
    folder = tmp_path / "noexec"
    folder.mkdir()
    mount = [
        "unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
        f'mount -t tmpfs -o noexec none {folder} && "$@"', "-"
    ]
    if subprocess.run([*mount, "true"], capture_output=True).returncode != 0:
        pytest.skip("this system lets nobody mount a noexec folder of their own")
    config = tmp_path / "g.yaml"
    config.write_text(f"data_dir: {folder}\nplugins: {{ path: [{BUILD}/plugins] }}\n" + ECHO)
    refused = subprocess.run([*mount, BINARY, "check", "--config", config], capture_output=True,
                             text=True, timeout=DEADLINE)
    assert refused.returncode == 1 and "noexec" in refused.stderr, refused.stderr
