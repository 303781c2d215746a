"""`gatehouse plugin check` as its users see it; what each check finds is in
tests/abi/conformance_test.cpp."""
import json
import subprocess

import pytest

from harness import BINARY, BUILD

ECHO = BUILD / "plugins" / "echo.so"
SIZE = BUILD / "plugins" / "prompt_size.so"
TEXT = BUILD / "tests" / "abi" / "plugins" / "text.so"


def check(*arguments):
    return subprocess.run([BINARY, "plugin", *map(str, arguments)], capture_output=True, text=True,
                          timeout=250)


def test_a_good_plugin():
    done = check("check", ECHO)
    assert done.returncode == 0, done.stdout
    assert "passed  file.one_symbol" in done.stdout and "passed  local.answers" in done.stdout
    assert "codec." not in done.stdout and "sink." not in done.stdout  # it is neither
    in_full = "0 failed, 0 skipped" in done.stdout.splitlines()[-1]
    assert in_full or "GATEHOUSE_KEEP_MODULES" in done.stdout


def test_a_bad_one_and_only_what_failed():
    done = check("check", TEXT, "--only-failed")
    assert done.returncode == 1
    assert "FAILED  file.library" in done.stdout and "is not a shared library" in done.stdout
    assert "passed  " not in done.stdout and "skipped  " not in done.stdout


def test_as_json():
    done = check("check", "--json", TEXT)
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["file"] == str(TEXT) and report["failed"] >= 1 and report["skipped"] >= 1
    assert len(report["checks"]) == report["passed"] + report["failed"] + report["skipped"]
    library = report["checks"][0]
    assert (library["name"], library["result"]) == ("file.library", "failed")
    assert library["description"]
    assert "not a shared library" in library["reason"]


def test_its_configuration(tmp_path):
    config = tmp_path / "c.json"
    config.write_text('{"max_tokens": -1}')
    refused = check("check", SIZE, "--config", config, "--only-failed")
    assert refused.returncode == 1 and "max_tokens" in refused.stdout
    config.write_text('{"max_tokens": 8000}')
    done = check("check", SIZE, "--config", config, "--only-failed")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("arguments", [(), ("check",), ("chekc", ECHO), ("check", ECHO, ECHO),
                                       ("check", "/nowhere.so"), ("check", ECHO, "--nonsense"),
                                       ("check", ECHO, "--config", "/nowhere.json"),
                                       ("check", ECHO, "--config", TEXT)])
def test_used_wrongly(arguments):
    done = check(*arguments)
    assert done.returncode == 2 and not done.stdout and done.stderr


def test_help():
    done = check("--help")
    assert done.returncode == 0
    assert "check FILE.so [--config FILE]" in done.stdout
    for option in ("--only-failed", "--json"):
        assert option in done.stdout
