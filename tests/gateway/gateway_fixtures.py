"""The fixtures that whole-server tests here and in tests/e2e share."""
import base64

import pytest

from harness import ECHO, Gateway
from upstream import Upstream

WORDS = [" w", "or", " wor", "ld", " world", "hello", "<|"]  # "hello world" is two of them


@pytest.fixture
def start_gateway(tmp_path):
    """start_gateway(yaml, env={}) starts one, if need be under another program.

    At the end all must have exited cleanly.
    """
    started = []

    def start(yaml=ECHO, env=None, file_limit=None, under=()):
        started.append(Gateway(tmp_path, yaml, env, file_limit, under))
        return started[-1]

    yield start
    for gateway in started:
        if gateway.process.poll() is None:
            assert gateway.stop() == 0, gateway.log()
        assert "Sanitizer" not in gateway.log(), gateway.log()


@pytest.fixture
def upstream():
    server = Upstream()
    yield server
    server.close()


@pytest.fixture
def ranks(tmp_path):
    """A small vocabulary's file: each byte is a token, and so is each of these."""
    tokens = [bytes([value]) for value in range(256)] + [token.encode() for token in WORDS]
    file = tmp_path / "small.tiktoken"
    file.write_text("".join(
        f"{base64.b64encode(token).decode()} {rank}\n" for rank, token in enumerate(tokens)))
    return file
