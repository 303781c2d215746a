"""Starting, checking, draining and stopping, with the exit codes scripts rely on."""
import http.client
import json
import re
import signal
import subprocess
import threading

import pytest

from harness import BINARY, BUILD, DEADLINE, ECHO, Stream, eventually, records
from upstream import STREAM, begin_stream, end_stream, send_piece

SLOW = """
providers: { local: { plugin: echo, config: { delay: 200ms } } }
models: { default-chat: { targets: [ { provider: local, model: echo } ] } }
log_sinks: [ { plugin: jsonl, config: { path: requests.jsonl } } ]
"""
ENDLESS = "word " * 2000  # six minutes and more


def run(*arguments, **kwargs):
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=DEADLINE,
                          **kwargs)


def draining(gateway):
    return eventually(lambda: gateway.admin("/readyz").status == 503)


def test_drain_lets_streams_finish(start_gateway, upstream):
    release = threading.Event()

    def held(request, connection):
        begin_stream(connection)
        for piece in STREAM[:2]:
            send_piece(connection, piece)
        release.wait(DEADLINE)
        for piece in STREAM[2:]:
            send_piece(connection, piece)
        end_stream(connection)

    upstream.script = held
    gateway = start_gateway(
        SLOW.replace("plugin: echo, config: { delay: 200ms }",
                     f'plugin: openai, base_url: "{upstream.url}"').replace(
                         "providers:",
                         "server: { listen: 127.0.0.1:0, drain_timeout: 10m }\nproviders:"))
    stream = Stream(gateway, "hi")
    gateway.process.send_signal(signal.SIGTERM)
    assert draining(gateway)
    release.set()
    events = stream.rest().events()
    assert gateway.process.wait(DEADLINE) == 0
    assert events[-1] == "[DONE]"
    assert "".join(json.loads(e)["message"]["content"] for e in events[:-1]) == "Hello stream"
    assert records(gateway, 1)[0]["error_type"] is None


def test_drain_timeout_ends_streams_with_an_error_event(start_gateway):
    gateway = start_gateway("server: { listen: 127.0.0.1:0, drain_timeout: 500ms }\n" + SLOW)
    stream = Stream(gateway, ENDLESS)
    gateway.process.send_signal(signal.SIGTERM)
    assert json.loads(stream.rest().events()[-1])["error"]["type"] == "overloaded"
    assert gateway.process.wait(DEADLINE) == 0
    assert records(gateway, 1)[0]["error_type"] == "overloaded"


def test_the_listener_serves_on_for_shutdown_delay(start_gateway):
    gateway = start_gateway("server: { listen: 127.0.0.1:0, shutdown_delay: 3s }\n" + SLOW)
    kept = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=DEADLINE)
    kept.request("GET", "/readyz")
    assert kept.getresponse().read() == b'{"status":"ready"}'
    gateway.process.send_signal(signal.SIGTERM)
    assert draining(gateway)
    ready = gateway.request("GET", "/readyz")
    assert ready.status == 503 and ready.json() == {"status": "draining"}
    answer = gateway.chat("hi")
    assert answer.status == 200 and answer.headers["connection"] == "close"
    kept.request("GET", "/healthz")
    answer = kept.getresponse()
    assert answer.status == 200 and answer.headers["connection"] == "close"
    assert gateway.process.wait(DEADLINE) == 0


def test_a_second_signal_ends_shutdown_delay_too(start_gateway):
    gateway = start_gateway("server: { listen: 127.0.0.1:0, shutdown_delay: 10m }\n" + SLOW)
    gateway.process.send_signal(signal.SIGTERM)
    assert draining(gateway)
    gateway.process.send_signal(signal.SIGINT)
    assert gateway.process.wait(DEADLINE) == 1


def test_a_second_signal_ends_it_at_once(start_gateway):
    gateway = start_gateway("server: { listen: 127.0.0.1:0, drain_timeout: 10m }\n" + SLOW)
    stream = Stream(gateway, ENDLESS)
    gateway.process.send_signal(signal.SIGTERM)
    assert draining(gateway)
    gateway.process.send_signal(signal.SIGTERM)
    assert gateway.process.wait(DEADLINE) == 1
    with pytest.raises((OSError, http.client.HTTPException)):
        stream.rest()


def test_a_drain_needs_no_new_thread(start_gateway, tmp_path):
    used_up = tmp_path / "used_up"
    env = {"LD_PRELOAD": str(BUILD / "tests" / "no_threads.so"), "NO_THREADS": str(used_up)}
    gateway = start_gateway("server: { listen: 127.0.0.1:0, drain_timeout: 10m }\n" + SLOW, env)
    stream = Stream(gateway, "one two three")
    used_up.touch()
    gateway.process.send_signal(signal.SIGTERM)
    assert stream.rest().events()[-1] == "[DONE]"
    assert gateway.process.wait(DEADLINE) == 0, gateway.log()


def test_signals_that_mean_nothing_here_change_nothing(start_gateway):
    gateway = start_gateway()
    for name in ("USR1", "USR2", "PIPE", "ALRM", "VTALRM", "PROF", "IO", "PWR", "STKFLT", "XFSZ", "TTIN", "TTOU",
                 "WINCH", "URG", "CONT", "RTMIN", "RTMAX"):
        gateway.process.send_signal(getattr(signal, "SIG" + name, 16))  # 16: STKFLT, which Python has no name for
        assert gateway.chat().status == 200 and gateway.process.poll() is None, name
    assert gateway.stop() == 0


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
        (ECHO + "policies: [ { plugin: prompt_size, config: { max_tokens: many } } ]\n",
         "max_tokens"),
        (ECHO + "policies: [ { plugin: prompt_size, config: { max_token: 8 } } ]\n", "max_token"),
        (ECHO.replace("plugin: echo", "plugin: openai"), "base_url"),
        (ECHO.replace("provider: local", "provider: nobody"), "nobody"),
        (ECHO.replace("plugin: echo",
                      'plugin: openai, base_url: "http://127.0.0.1:1", api_key: "${NOT_SET_HERE}"'),
         "NOT_SET_HERE"),
        ("admin: { listen: 0.0.0.0:0 }\n" + ECHO, "token"),
    ]:
        file.write_text(head + yaml)
        for command in ("check", "serve"):
            refused = run(command, "--config", file)
            assert refused.returncode == 1, (command, yaml, refused.stderr)
            assert says in refused.stderr and f"{file}:" in refused.stderr, refused.stderr


def test_usage_and_exit_codes(tmp_path):
    assert re.fullmatch(r"gatehouse \d+\.\d+\.\d+( \([0-9a-f]{12}(-dirty)?\))?\n", run("--version").stdout)
    assert "serve" in run("--help").stdout and run("--help").returncode == 0
    for command in ("serve", "check", "plugins"):
        shown = run(command, "--help")
        assert shown.returncode == 0 and "--config" in shown.stdout
        assert run(command).returncode == 2
        for gone in ("--nonsense", "--daemon", "--umask=022", "--pidfile=p"):
            refused = run(command, gone, "--config", tmp_path / "none.yaml")
            assert refused.returncode == 2 and gone.partition("=")[0] in refused.stderr, (command, gone, refused.stderr)
        assert run(command, "--config", "x", "left-over").returncode == 2
        assert run(command, "--config", tmp_path / "none.yaml").returncode == 1
    assert run().returncode == 2
    assert run("dance").returncode == 2


def test_plugins_lists_what_is_loaded(tmp_path):
    file = tmp_path / "g.yaml"
    file.write_text(f"data_dir: {tmp_path}/var\nplugins: {{ path: [{BUILD}/plugins] }}\n" + ECHO)
    listed = run("plugins", "--config", file)
    assert listed.returncode == 0 and str(BUILD / "plugins" / "echo.so") in listed.stdout
    hashed = subprocess.run(["sha256sum", BUILD / "plugins" / "echo.so"], capture_output=True,
                            text=True).stdout.split()[0]
    assert hashed in listed.stdout


def test_a_taken_port(start_gateway, tmp_path):
    gateway = start_gateway()
    file = tmp_path / "second.yaml"
    file.write_text(f"server: {{ listen: 127.0.0.1:{gateway.port} }}\ndata_dir: {tmp_path}/var2\n"
                    f"plugins: {{ path: [{BUILD}/plugins] }}\n" + ECHO)
    refused = run("serve", "--config", file)
    assert refused.returncode == 1 and str(gateway.port) in refused.stderr


def test_the_admin_token(start_gateway):
    gateway = start_gateway("admin: { listen: 127.0.0.1:0, token: \"${TOKEN}\" }\n" + ECHO,
                            {"TOKEN": "s3cret"})
    assert gateway.admin("/metrics").status == 401
    assert gateway.admin("/metrics", {"authorization": "Bearer wrong"}).status == 401
    assert gateway.admin("/metrics", {"authorization": "Bearer s3cret"}).status == 200
    assert "s3cret" not in gateway.log()


def test_two_gateways_do_not_share_a_data_dir(start_gateway):
    gateway = start_gateway()
    with pytest.raises(
            AssertionError,
            match="another gateway is using data_dir .*; give this one a data_dir of its own"):
        start_gateway()
    assert run("check", "--config", gateway.config).returncode == 0
    gateway.process.kill()
    gateway.process.wait()
    assert start_gateway().chat().status == 200  # what held it is gone with the process
