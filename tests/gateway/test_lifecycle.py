"""Starting, checking, draining and stopping, with the exit codes scripts rely on."""
import json
import signal
import subprocess
import threading
import time

import pytest

from conftest import BINARY, BUILD, ECHO, records

SLOW = """
providers: { local: { plugin: echo, config: { delay: 200ms } } }
models: { default-chat: { targets: [ { provider: local, model: echo } ] } }
log_sinks: [ { plugin: jsonl, config: { path: requests.jsonl } } ]
"""
TEN_WORDS = "one two three four five six seven eight nine ten"


def run(*arguments, **kwargs):
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60, **kwargs)


def wait_for_first_event(one, results, text=TEN_WORDS):
    thread = threading.Thread(target=lambda: results.append(one.chat(text, stream=True)))
    thread.start()
    while 'gatehouse_inflight_requests 1' not in one.admin("/metrics").body.decode():
        time.sleep(0.01)
    time.sleep(0.3)
    return thread


def test_drain_lets_streams_finish(gateway):
    one = gateway(SLOW)
    results = []
    thread = wait_for_first_event(one, results)
    one.process.send_signal(signal.SIGTERM)
    while one.admin("/readyz").status != 503:
        time.sleep(0.02)
    thread.join()
    assert one.process.wait(30) == 0
    events = results[0].events()
    assert events[-1] == "[DONE]"
    assert "".join(json.loads(e)["message"]["content"] for e in events[:-1]) == TEN_WORDS
    assert records(one, 1)[0]["error_type"] is None


def test_drain_timeout_ends_streams_with_an_error_event(gateway):
    one = gateway("server: { listen: 127.0.0.1:0, drain_timeout: 500ms }\n" + SLOW)
    results = []
    thread = wait_for_first_event(one, results, "word " * 100)
    one.process.send_signal(signal.SIGTERM)
    thread.join()
    assert one.process.wait(30) == 0
    assert json.loads(results[0].events()[-1])["error"]["type"] == "overloaded"
    assert records(one, 1)[0]["error_type"] == "overloaded"


def test_a_second_signal_ends_it_at_once(gateway):
    one = gateway(SLOW)
    results = []
    thread = threading.Thread(target=lambda: results.append(quiet(lambda: one.chat("word " * 100, stream=True))))
    thread.start()
    while 'gatehouse_inflight_requests 1' not in one.admin("/metrics").body.decode():
        time.sleep(0.01)
    one.process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    one.process.send_signal(signal.SIGTERM)
    assert one.process.wait(10) == 1
    thread.join()


def quiet(work):
    try:
        return work()
    except Exception:  # the connection is cut: that is the point
        return None


def test_check(tmp_path):
    file = tmp_path / "g.yaml"
    head = f"data_dir: {tmp_path}/var\nplugins: {{ path: [{BUILD}/plugins] }}\n"
    file.write_text(head + ECHO)
    fine = run("check", "--config", file)
    assert fine.returncode == 0, fine.stderr
    for yaml, says in [
        ("modles: {}\n" + ECHO, "modles"),
        (ECHO + "policies: [ { plugin: no_such_policy } ]\n", "no_such_policy"),
        (ECHO + "policies: [ { plugin: echo } ]\n", "gatehouse.policy/1"),
        (ECHO + "policies: [ { plugin: prompt_size, config: { max_tokens: many } } ]\n", "max_tokens"),
        (ECHO + "policies: [ { plugin: prompt_size, config: { max_token: 8 } } ]\n", "max_token"),
        (ECHO.replace("plugin: echo", "plugin: openai"), "base_url"),
        (ECHO.replace("provider: local", "provider: nobody"), "nobody"),
        (ECHO.replace("plugin: echo", 'plugin: openai, base_url: "http://127.0.0.1:1", api_key: "${NOT_SET_HERE}"'), "NOT_SET_HERE"),
        ("admin: { listen: 0.0.0.0:0 }\n" + ECHO, "token"),
    ]:
        file.write_text(head + yaml)
        for command in ("check", "serve"):
            refused = run(command, "--config", file)
            assert refused.returncode == 1, (command, yaml, refused.stderr)
            assert says in refused.stderr and f"{file}:" in refused.stderr, refused.stderr


def test_usage_and_exit_codes(tmp_path):
    assert run("--version").stdout.startswith("gatehouse ")
    assert "serve" in run("--help").stdout and run("--help").returncode == 0
    for command in ("serve", "check", "plugins"):
        shown = run(command, "--help")
        assert shown.returncode == 0 and "--config" in shown.stdout
        assert run(command).returncode == 2
        assert run(command, "--nonsense").returncode == 2
        assert run(command, "--config", "x", "left-over").returncode == 2
        assert run(command, "--config", tmp_path / "none.yaml").returncode == 1
    assert run().returncode == 2
    assert run("dance").returncode == 2


def test_plugins_lists_what_is_loaded(tmp_path):
    file = tmp_path / "g.yaml"
    file.write_text(f"data_dir: {tmp_path}/var\nplugins: {{ path: [{BUILD}/plugins] }}\n" + ECHO)
    listed = run("plugins", "--config", file)
    assert listed.returncode == 0 and str(BUILD / "plugins" / "echo.so") in listed.stdout
    hashed = subprocess.run(["sha256sum", BUILD / "plugins" / "echo.so"], capture_output=True, text=True).stdout.split()[0]
    assert hashed in listed.stdout


def test_a_taken_port(gateway, tmp_path):
    one = gateway()
    file = tmp_path / "second.yaml"
    file.write_text(f"server: {{ listen: 127.0.0.1:{one.port} }}\ndata_dir: {tmp_path}/var2\n"
                    f"plugins: {{ path: [{BUILD}/plugins] }}\n" + ECHO)
    refused = run("serve", "--config", file)
    assert refused.returncode == 1 and str(one.port) in refused.stderr


def test_the_admin_token(gateway):
    one = gateway("admin: { listen: 127.0.0.1:0, token: \"${TOKEN}\" }\n" + ECHO, {"TOKEN": "s3cret"})
    assert one.admin("/metrics").status == 401
    assert one.admin("/metrics", {"authorization": "Bearer wrong"}).status == 401
    assert one.admin("/metrics", {"authorization": "Bearer s3cret"}).status == 200
    assert "s3cret" not in one.log()


def test_two_gateways_do_not_share_a_data_dir(gateway):
    one = gateway()
    with pytest.raises(AssertionError, match="another gateway is using data_dir .*; give this one a data_dir of its own"):
        gateway()
    assert run("check", "--config", one.config).returncode == 0
    one.process.kill()
    one.process.wait()
    assert gateway().chat().status == 200  # what held it is gone with the process
