"""Callers are told which provider failed and how, never where it is; operators are."""
import json

import pytest

from failures import BEFORE, KEY
from harness import records

UNREACHED = ["refuses the connection", "accepts no connection", "speaks no TLS", "hangs up",
             "speaks no HTTP", "cuts its body"]


@pytest.mark.parametrize("name", UNREACHED)
def test_no_address_is_told(remote, upstream, name):
    case = BEFORE[name]
    upstream.script = case.script
    gateway = remote()
    answer = gateway.chat(model=case.model)
    provider = "remote" if case.model == "default-chat" else case.model
    message = answer.json()["error"]["message"]
    assert message.startswith(f"The provider '{provider}' "), message
    assert "127.0.0.1" not in answer.body.decode() + json.dumps(dict(answer.headers))
    assert "127.0.0.1:" in records(gateway, 1)[0]["error_detail"]
    assert message.split(" (")[0].rstrip(".") in gateway.log() and KEY not in gateway.log()


@pytest.mark.parametrize("told", [True, False])
def test_what_was_tried_is_told_where_it_may_be(start_gateway, told):
    gateway = start_gateway(f"""
server: {{ listen: 127.0.0.1:0, attempts_header: {str(told).lower()} }}
providers: {{ near: {{ plugin: echo }} }}
models: {{ default-chat: {{ targets: [ {{ provider: near, model: echo }} ] }} }}
""")
    for stream in (False, True):
        assert ("x-gatehouse-attempts" in gateway.chat(stream=stream).headers) == told
