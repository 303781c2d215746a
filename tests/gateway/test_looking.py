"""Commands that only look leave no trace, and check finds what serve would refuse."""
import hashlib
import os
import pathlib
import shutil
import stat
import sqlite3
import subprocess

import pytest

from harness import BINARY, BUILD, DEADLINE, ECHO, eventually
from keys import create_key

LOOKS = [("check",), ("plugins",), ("key", "list"), ("usage",)]
PROVIDERS = """
providers:
  local: { plugin: echo }
  remote: { plugin: openai, base_url: "https://api.openai.com/v1", api_key: sk-x }
  claude: { plugin: anthropic, base_url: "https://api.anthropic.com/v1" }
  gemini: { plugin: gemini, base_url: "https://generativelanguage.googleapis.com/v1beta" }
  ollama: { plugin: ollama, base_url: "http://127.0.0.1:11434" }
models: { default-chat: { targets: [ { provider: local, model: echo } ] } }
"""
KINDS = {
    "plain": ECHO,
    "every provider": PROVIDERS,
    "policies": ECHO + "policies: [ { plugin: require_client, shadow: require_client } ]\n",
    "keys": ECHO + "auth: keys\nlimits: [ { per: client, requests_per_minute: 5 } ]\n",
    "stdout": ECHO + "log_sinks: [ { plugin: stdout } ]\n",
    "jsonl": ECHO + "log_sinks: [ { plugin: jsonl, config: { path: new/a/b, fsync: true } } ]\n",
    "sqlite": ECHO + "log_sinks: [ { plugin: sqlite, config: { path: new/a/b.db } } ]\n",
    "redis": ECHO + "shared_limits: { redis: 127.0.0.1:9, gateways: 2 }\n",
}


def write(folder, yaml, data_dir="var", plugins=BUILD / "plugins"):
    config = folder / "gatehouse.yaml"
    config.write_text("server: { listen: 127.0.0.1:0 }\nadmin: { listen: 127.0.0.1:0 }\n"
                      f"data_dir: {data_dir}\nplugins: {{ path: [{plugins}] }}\n" + yaml)
    return config


def run(folder, *words, config="gatehouse.yaml"):
    return subprocess.run([BINARY, *words, "--config", config], cwd=folder, capture_output=True,
                          text=True, timeout=DEADLINE)


def tree(folder):
    """Everything that a trace could be left in: names, kinds, modes, sizes, times and bytes."""
    found = {}
    for parent, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(parent, name)
            status = os.lstat(path)
            bytes_of = pathlib.Path(path).read_bytes() if stat.S_ISREG(status.st_mode) else b""
            found[path] = (status.st_mode, status.st_size, status.st_mtime_ns, status.st_ino,
                           hashlib.sha256(bytes_of).hexdigest())
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_looking_leaves_no_trace_where_nothing_has_served(tmp_path, kind):
    write(tmp_path, KINDS[kind])
    before = tree(tmp_path)
    for words in LOOKS:
        looked = run(tmp_path, *words)
        assert looked.returncode == 0, (words, looked.stderr)
        assert tree(tmp_path) == before, words


@pytest.mark.parametrize("kind", ["keys", "jsonl", "sqlite"])
def test_looking_leaves_no_trace_where_a_gateway_has_served(start_gateway, kind):
    gateway = start_gateway(KINDS[kind])
    create_key(gateway, "--client", "web")
    gateway.chat()
    assert gateway.stop() == 0
    before = tree(gateway.folder)
    for words in LOOKS:
        assert run(gateway.folder, *words).returncode == 0, words
        assert tree(gateway.folder) == before, words


def test_where_nobody_can_write_check_says_so(tmp_path):
    """Not by permissions: root may write past them."""
    write(tmp_path, KINDS["jsonl"], data_dir=tmp_path / "file" / "var")
    (tmp_path / "file").write_text("no folder")
    before = tree(tmp_path)
    looked = run(tmp_path, "check")
    assert looked.returncode == 1 and f"data_dir {tmp_path}/file/var" in looked.stderr
    assert tree(tmp_path) == before
    for sink in ("jsonl", "sqlite"):
        for path in ("file/records", "file/more/records", "."):
            config = f"log_sinks: [ {{ plugin: {sink}, config: {{ path: {path} }} }} ]\n"
            write(tmp_path, ECHO + config)
            before = tree(tmp_path)
            looked = run(tmp_path, "check")
            assert looked.returncode == 1 and path in looked.stderr, (sink, path, looked.stderr)
            assert tree(tmp_path) == before


def test_check_finds_every_mistake_at_once(tmp_path):
    write(tmp_path, """
providers: { local: { plugin: echo }, missing: { plugin: nowhere }, remote: { plugin: openai } }
models: { default-chat: { targets: [ { provider: local, model: echo } ] } }
policies: [ { plugin: model_access, config: { disabled: 7 } } ]
log_sinks: [ { plugin: jsonl, config: { path: "" } } ]
""")
    looked = run(tmp_path, "check")
    assert looked.returncode == 1
    for part in ("no plugin 'nowhere'", "'remote' needs a base_url", "disabled", "cannot open"):
        assert part in looked.stderr, looked.stderr
    for line in looked.stderr.strip().splitlines():
        assert "gatehouse.yaml:" in line, line


def damage(path):
    with open(path, "r+b") as file:
        file.seek(4096)
        file.write(os.urandom(8192))


def test_a_damaged_audit_database_is_told_by_check_and_moved_by_serve(start_gateway):
    yaml = ECHO + "log_sinks: [ { plugin: sqlite, config: { path: audit/requests.db } } ]\n"
    gateway = start_gateway(yaml)
    for _ in range(20):
        gateway.chat()
    assert gateway.stop() == 0
    folder = gateway.folder / "audit"
    damage(folder / "requests.db")
    before = tree(gateway.folder)
    looked = run(gateway.folder, "check")
    assert looked.returncode == 0 and "requests.db is damaged" in looked.stderr, looked.stderr
    assert tree(gateway.folder) == before

    again = start_gateway(yaml)
    assert again.log().count("is damaged; it was moved to") == 1, again.log()
    again.chat()
    plugins = again.admin("/admin/plugins").json()["plugins"]
    sink = next(plugin for plugin in plugins if plugin["name"] == "sqlite")
    assert sink["counters"] == [{"name": "damaged_databases", "value": 1}]
    assert again.stop() == 0
    aside = [name for name in os.listdir(folder) if ".corrupt-" in name]
    assert len([name for name in aside if not name.endswith("-journal")]) == 1
    with sqlite3.connect(folder / "requests.db") as database:
        assert database.execute("select count(*) from exchanges").fetchone() == (1,)


def test_what_sinks_and_gateway_make_is_for_their_user_alone(start_gateway):
    gateway = start_gateway(ECHO + """
log_sinks:
  - { plugin: jsonl, config: { path: new/a/requests.jsonl, rotate_at: 1KiB } }
  - { plugin: sqlite, config: { path: new/b/requests.db } }
""")
    for _ in range(10):
        gateway.chat()
    assert gateway.stop() == 0
    for path, (mode, *_) in tree(gateway.folder).items():
        if os.path.relpath(path, gateway.folder).split("/")[0] in ("var", "new"):
            assert mode & 0o077 == 0, f"{path} has mode {mode:o}"


def test_whom_the_operator_lets_read_a_log_may_read_the_next(start_gateway):
    config = "{ path: requests.jsonl, rotate_at: 1KiB }"
    gateway = start_gateway(ECHO + f"log_sinks: [ {{ plugin: jsonl, config: {config} }} ]\n")
    os.chmod(gateway.folder / "requests.jsonl", 0o640)
    assert eventually(lambda: gateway.chat() and list(gateway.folder.glob("requests.jsonl.*")))
    assert gateway.stop() == 0
    assert os.stat(gateway.folder / "requests.jsonl").st_mode & 0o777 == 0o640


def test_a_plugin_that_lies_on_a_folder_of_its_own_is_still_found(tmp_path):
    """Looking loads a plugin from where it lies, whatever that place is called."""
    plugins = tmp_path / "plug ins?#%"
    plugins.mkdir()
    shutil.copy(BUILD / "plugins" / "echo.so", plugins)
    write(tmp_path, ECHO, plugins=f'"{plugins}"')
    assert run(tmp_path, "check").returncode == 0
