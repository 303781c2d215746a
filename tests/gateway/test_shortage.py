"""What the gateway itself is short of is not told, or counted, as a provider's failure."""
import http.client
import json
import os
import resource

import pytest

from harness import DEADLINE
from upstream import answer_chat


class Caller:
    """One whose connection is there before descriptors are short."""

    def __init__(self, gateway):
        self.connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=DEADLINE)
        self.connection.request("GET", "/healthz")
        self.connection.getresponse().read()

    def ask(self):
        body = {"model": "default-chat", "client_id": "a",
                "messages": [{"role": "user", "content": "hi"}]}
        self.connection.request("POST", "/v1/chat", json.dumps(body),
                                {"content-type": "application/json"})
        response = self.connection.getresponse()
        return response.status, json.loads(response.read()), response.headers


def limit_descriptors(gateway, most):
    _, hard = resource.prlimit(gateway.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(gateway.process.pid, resource.RLIMIT_NOFILE, (most, hard))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_no_descriptors_are_no_failure_of_the_provider(start_gateway, upstream, host):
    upstream.script = answer_chat()
    gateway = start_gateway(f"""
providers:
  up: {{ plugin: openai, base_url: "{upstream.url.replace("127.0.0.1", host)}",
         breaker: {{ failures: 1, open_for: 10m }} }}
models:
  default-chat: {{ targets: [ {{ provider: up, model: real }} ], retry: {{ attempts: 1 }} }}
""")
    caller = Caller(gateway)
    usual, _ = resource.prlimit(gateway.process.pid, resource.RLIMIT_NOFILE)
    used = {int(fd) for fd in os.listdir(f"/proc/{gateway.process.pid}/fd")}
    limit_descriptors(gateway, next(fd for fd in range(len(used) + 1) if fd not in used))
    for _ in range(3):
        status, answer, headers = caller.ask()
        assert status == 503 and "retry-after" in headers, (status, answer)
        assert answer["error"]["type"] == "internal_error", answer
        assert "provider 'up'" not in answer["error"]["message"], answer
    limit_descriptors(gateway, usual)
    assert caller.ask()[0] == 200, "a failure that counted would have opened the breaker"
