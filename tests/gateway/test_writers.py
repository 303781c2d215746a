"""Files that others may write are neither run nor believed, nor what lies in such folders."""
import os
import shutil
import subprocess

import pytest

from harness import BINARY, BUILD, DEADLINE, ECHO

STRANGER = 65534


def command(folder, *words):
    return subprocess.run([BINARY, *words, "--config", "gatehouse.yaml"], cwd=folder,
                          capture_output=True, text=True, timeout=DEADLINE)


@pytest.fixture
def house(tmp_path):
    """A configuration, a CA and a plugin in folders of their own, all of them right."""
    plugins = tmp_path / "above" / "plugins"
    plugins.mkdir(parents=True)
    shutil.copy(BUILD / "plugins" / "echo.so", plugins)
    shutil.copy(BUILD / "plugins" / "openai.so", plugins)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x",
                    "-keyout", tmp_path / "key.pem", "-out", tmp_path / "ca.pem"],
                   check=True, capture_output=True)
    (tmp_path / "gatehouse.yaml").write_text(f"""
server: {{ listen: 127.0.0.1:0 }}
admin: {{ listen: 127.0.0.1:0 }}
data_dir: var
plugins: {{ path: [{plugins}], allow_writable: false }}
providers:
  local: {{ plugin: echo }}
  remote: {{ plugin: openai, base_url: "https://127.0.0.1:9/v1", ca_file: ca.pem }}
models: {{ default-chat: {{ targets: [ {{ provider: local, model: echo }} ] }} }}
""")
    (tmp_path / "var").mkdir(mode=0o700)
    return tmp_path


def refused(house, name):
    """By check and by serve, by name; and taken when the configuration says that it is intended."""
    for words in (["check"], ["serve"]):
        answer = command(house, *words)
        assert answer.returncode == 1, answer.stdout
        for part in ("others may change", name, "allow_writable: true"):
            assert part in answer.stderr, answer.stderr
    config = house / "gatehouse.yaml"
    text = config.read_text()
    config.write_text(text.replace("allow_writable: false", "allow_writable: true"))
    allowed = command(house, "check")
    config.write_text(text)
    return allowed.returncode == 0


def test_what_is_right_is_fine(house):
    assert command(house, "check").returncode == 0, command(house, "check").stderr


@pytest.mark.parametrize("name", ["above", "above/plugins", "above/plugins/echo.so",
                                  "gatehouse.yaml", "ca.pem", "var"])
def test_what_everybody_may_write_is_refused(house, name):
    os.chmod(house / name, 0o777)
    assert refused(house, name)


@pytest.mark.parametrize("name", ["above", "above/plugins/echo.so", "gatehouse.yaml", "ca.pem",
                                  "var"])
def test_what_belongs_to_a_stranger_is_refused(house, name):
    if os.geteuid() != 0:
        pytest.skip("only root may give a file away")
    os.chown(house / name, STRANGER, -1)
    assert refused(house, name)


def test_a_link_is_judged_by_where_it_leads(house):
    elsewhere = house / "elsewhere"
    elsewhere.mkdir()
    os.chmod(elsewhere, 0o777)
    os.rename(house / "above/plugins/echo.so", elsewhere / "echo.so")
    os.symlink(elsewhere / "echo.so", house / "above/plugins/echo.so")
    assert refused(house, "elsewhere")


def test_a_reload_looks_again(start_gateway):
    gateway = start_gateway(ECHO)
    plugins = gateway.folder / "plugins"
    plugins.mkdir()
    shutil.copy(BUILD / "plugins" / "echo.so", plugins)
    text = gateway.config.read_text().replace(f"{BUILD}/plugins", str(plugins))
    gateway.config.write_text(text)
    assert gateway.request("POST", "/admin/reload", port=gateway.admin_port).status == 200
    os.chmod(plugins / "echo.so", 0o666)
    answer = gateway.request("POST", "/admin/reload", port=gateway.admin_port)
    assert answer.status != 200 and b"others may change" in answer.body
    assert gateway.chat().status == 200, "what was loaded before serves on"
    os.chmod(plugins / "echo.so", 0o644)
    assert gateway.request("POST", "/admin/reload", port=gateway.admin_port).status == 200
    os.chmod(gateway.config, 0o666)
    assert gateway.request("POST", "/admin/reload", port=gateway.admin_port).status != 200
