"""A provider's name that does not resolve, and many who ask for it at once: they share one look-up
and need no threads of their own."""
import collections
import pathlib
import socket
import threading

import pytest

from harness import BUILD, DEADLINE, eventually, in_threads

CALLERS = 400
NAME = "nowhere.example"
# Threads that may be added. On a busy machine a loop takes further ones when a fiber seems to block.
MOST_THREADS = CALLERS // 2
NO_SUCH_NAME = b"\x81\x83\0\x01\0\0\0\0\0\0"  # NXDOMAIN to one question


class NameServer:
    """Notes what it is asked, and answers that there is no such name, once it is told to."""

    def __init__(self):
        self.asked = collections.defaultdict(set)  # by question, the ids of those who asked it
        self.may_answer = threading.Event()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            query, sender = self._socket.recvfrom(4096)
            if not query:
                return
            question = query[12:query.index(b"\0", 12) + 5]  # labels, type and class
            self.asked[question].add(query[:2])
            self.may_answer.wait(DEADLINE)
            self._socket.sendto(query[:2] + NO_SUCH_NAME + question, sender)

    def close(self):
        self.may_answer.set()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()


@pytest.fixture
def name_server():
    server = NameServer()
    yield server
    server.close()


def threads(gateway):
    status = pathlib.Path(f"/proc/{gateway.process.pid}/status").read_text()
    return int(status.split("Threads:")[1].split()[0])


def in_flight(gateway):
    (current, ) = gateway.admin("/admin/generations").json()["generations"]
    return current["in_flight"]


def test_who_waits_for_the_same_name_shares_one_look_up(start_gateway, name_server):
    gateway = start_gateway(f"""
providers:
  up: {{ plugin: openai, base_url: "http://{NAME}/v1", breaker: {{ failures: 0 }} }}
  local: {{ plugin: echo }}
models:
  default-chat: {{ targets: [ {{ provider: up, model: real }} ], retry: {{ attempts: 1 }} }}
  here: {{ targets: [ {{ provider: local, model: echo }} ] }}
""", env={"LD_PRELOAD": str(BUILD / "tests" / "name_server.so"),
          "NAME_SERVER": name_server.address})
    assert gateway.chat(model="here").status == 200
    before, answers = threads(gateway), []
    asking = threading.Thread(
        target=lambda: answers.extend(in_threads(CALLERS, lambda _: gateway.chat())))
    asking.start()
    assert eventually(lambda: in_flight(gateway) == CALLERS)
    assert threads(gateway) <= before + MOST_THREADS
    assert gateway.chat(model="here").status == 200, "who needs no name does not wait"
    name_server.may_answer.set()
    asking.join()
    assert {answer.status for answer in answers} == {502}
    assert {answer.json()["error"]["type"] for answer in answers} == {"upstream_unreachable"}
    assert threads(gateway) <= before + MOST_THREADS
    assert any(b"nowhere" in question for question in name_server.asked)
    assert {len(ids) for ids in name_server.asked.values()} == {1}, name_server.asked
