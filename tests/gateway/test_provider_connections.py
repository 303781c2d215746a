"""Connections to providers are used again, and what a provider has read is not sent to it again.
test_unasked.py has what they may say meanwhile."""
import time

import pytest

from harness import records
from kept_caller import KeptCaller
from unasked import close, reset
from upstream import answer_chat


@pytest.fixture
def remote(start_gateway, upstream):
    return lambda: start_gateway(f"""
providers: {{ up: {{ plugin: openai, base_url: "{upstream.url}", breaker: {{ failures: 0 }} }} }}
models:
  default-chat: {{ targets: [ {{ provider: up, model: real }} ], retry: {{ attempts: 1 }} }}
log_sinks: [ {{ plugin: jsonl, config: {{ path: requests.jsonl }} }} ]
""")


def prompt(request):
    return request.json()["messages"][0]["content"]


def test_connections_that_behave_are_used_again(remote, upstream):
    opened = set()

    def script(request, connection):
        opened.add(connection)
        answer_chat(prompt(request))(request, connection)

    upstream.script = script
    caller = KeptCaller(remote())
    for number in range(20):
        assert f"text-{number}" in caller.ask(f"text-{number}")[1]
    assert len(opened) <= 3, "one, and another one where a slow machine has moved the caller to another loop"


@pytest.mark.parametrize("ends", [close, reset], ids=["closes", "resets"])
@pytest.mark.parametrize("works", [0, 0.02, 0.8])
def test_what_a_provider_has_read_is_not_sent_again(remote, upstream, works, ends):
    def script(request, connection):
        if prompt(request) != "work":
            return answer_chat()(request, connection)
        time.sleep(works)
        ends(connection)

    upstream.script = script
    gateway = remote()
    caller = KeptCaller(gateway)
    for number in range(3):
        assert caller.ask("hello")[0] == 200
        upstream.requests.clear()
        status, _, headers = caller.ask("work")
        assert status == 502 and len(upstream.requests) == 1
        assert headers["x-gatehouse-attempts"] == "up/real upstream_error"
        assert records(gateway, 2 * number + 2)[-1]["attempts"] == 1
