"""A Redis of a test's own, and three gateways that hold their limits together in it."""
import signal
import socket
import subprocess

import pytest

from harness import DEADLINE, SINK, Gateway, eventually, unused_port
from spending import priced


class Redis:
    def __init__(self, folder, *options):
        self.folder, self.options = folder, options
        self.port = unused_port()
        self.start()

    def start(self):
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                   "--dir", self.folder, *self.options]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        assert eventually(lambda: self.process.poll() is None and self.answers())

    def answers(self):
        try:
            return self.command("PING") == "+PONG"
        except OSError:
            return False

    def command(self, *words):
        """The first line of the answer, or the text of one that has one."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE) as connection:
            connection.sendall(b"*%d\r\n" % len(words) +
                               b"".join(b"$%d\r\n%s\r\n" % (len(w), w.encode()) for w in words))
            reader = connection.makefile("rb")
            line = reader.readline().decode().strip()
            has_text = line.startswith("$") and line != "$-1"
            return reader.readline().decode().strip() if has_text else line

    def spent(self, account):
        """What the window has taken in; None when nobody has spent there."""
        epoch = self.command("GET", "gatehouse:{limits}:epoch")
        value = self.command("HGET", f"gatehouse:{{limits}}:{epoch}:{account}", "s")
        return None if value == "$-1" else int(value)

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis(tmp_path):
    server = Redis(tmp_path)
    yield server
    server.process.send_signal(signal.SIGCONT)
    server.kill()


@pytest.fixture
def fleet(tmp_path, upstream, redis):
    """fleet(limits, when_away) starts three gateways on one Redis."""
    started = []

    def start(limits, when_away="degrade", timeout="10s"):
        shared = (
            f"shared_limits: {{ redis: 127.0.0.1:{redis.port}, gateways: 3, "
            f"when_away: {when_away}, timeout: {timeout} }}\n")
        for index in range(3):
            folder = tmp_path / f"gateway-{index}"
            folder.mkdir()
            started.append(Gateway(folder, priced(upstream, limits) + shared + SINK))
        return started

    yield start
    for gateway in started:
        assert gateway.stop() == 0, gateway.log()
        assert "Sanitizer" not in gateway.log(), gateway.log()


def reachable(gateway):
    metrics = gateway.admin("/metrics").body.decode().splitlines()
    return "gatehouse_shared_limits_reachable 1" in metrics
