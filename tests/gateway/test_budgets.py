"""Money and daily tokens: what is reserved, settled, refused, and known again after a restart."""
import threading
import time

import pytest

from harness import DEADLINE, eventually, in_threads
from keys import create_key
from spending import ask, priced, spent
from upstream import STREAM, begin_stream, chunk, completion, end_stream, respond, send_piece


def test_a_daily_budget_is_spent_and_refused(start_gateway, upstream):
    gateway = start_gateway(priced(upstream, "limits: [ { per: client, dollars_per_day: 26 } ]"))
    assert [ask(gateway).status for _ in range(3)] == [200, 200, 429]
    plain = ask(gateway)
    assert plain.json()["error"] == {
        "type": "rate_limit_exceeded", "code": "insufficient_quota",
        "message": "Today's budget (UTC) is used up for client_id dev-local-1"
    }
    assert plain.headers["x-should-retry"] == "false" and "retry-after" not in plain.headers
    openai = ask(gateway, path="/v1/chat/completions")
    assert openai.status == 200  # nobody's name: another spender
    openai = gateway.chat("hi", path="/v1/chat/completions", max_tokens=4,
                          headers={"x-client-id": "dev-local-1"})
    assert openai.status == 429
    assert (openai.json()["error"]["type"],
            openai.json()["error"]["code"]) == ("insufficient_quota",) * 2


def test_cached_tokens_are_priced_apart(start_gateway, upstream):
    usage = {
        "prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13,
        "prompt_tokens_details": {"cached_tokens": 9}
    }
    upstream.script = lambda request, connection: respond(connection, 200, completion(usage=usage))
    gateway = start_gateway(priced(upstream, "limits: [ { per: client, dollars_per_day: 1000 } ]",
                         "{ input: 1000000, output: 0.5, cached: 100000 }"))
    assert ask(gateway).status == 200
    assert eventually(
        lambda: spent(gateway, "dollars_per_day") == 900_002_000)  # 9 x $0.1 and 4 x $0.0000005


@pytest.mark.parametrize("stop", ["drain", "kill"])
def test_budgets_survive(start_gateway, upstream, stop):
    yaml = priced(upstream,
                  "limits: [ { per: client, dollars_per_month: 30, tokens_per_day: 1000 } ]")
    gateway = start_gateway(yaml)
    assert [ask(gateway).status for _ in range(2)] == [200, 200]
    if stop == "kill":
        assert eventually(lambda: spent(gateway, "dollars_per_month") == 26_000_000_000)
        gateway.process.kill()
        gateway.process.wait()
    else:
        assert gateway.stop() == 0
    again = start_gateway(yaml)
    assert ask(again).status == 429
    assert spent(again, "tokens_per_day") == 26


def test_a_kill_after_a_second_of_rest_loses_nothing(start_gateway, upstream):
    yaml = priced(upstream, "limits: [ { per: client, dollars_per_month: 100, tokens_per_day: 1000 } ]")
    gateway = start_gateway(yaml)
    assert [ask(gateway).status for _ in range(3)] == [200] * 3
    time.sleep(1)
    gateway.process.kill()
    gateway.process.wait()
    assert (spent(gateway, "dollars_per_month"), spent(gateway, "tokens_per_day")) == (39_000_000_000, 39)
    again = start_gateway(yaml)
    (line,) = again.admin("/admin/usage").json()["usage"]
    assert (line["requests"], line["input_tokens"], line["output_tokens"], line["dollars"]) == (3, 27, 12, 39)


def test_what_a_killed_process_had_reserved_stays_spent(start_gateway, upstream):
    release = threading.Event()
    upstream.script = lambda request, connection: (release.wait(DEADLINE),
                                                   respond(connection, 200, completion()))[1]
    yaml = priced(upstream, "limits: [ { per: client, dollars_per_day: 15 } ]")
    gateway = start_gateway(yaml)
    asking = threading.Thread(target=lambda: pytest.raises(OSError, ask, gateway))
    asking.start()
    assert eventually(lambda: (spent(gateway, "dollars_per_day") or 0) > 0)
    reserved = spent(gateway, "dollars_per_day")
    gateway.process.kill()
    gateway.process.wait()
    asking.join()
    release.set()
    again = start_gateway(yaml)
    assert ask(again).status == 429
    assert spent(again, "dollars_per_day") == reserved


def test_fifty_at_once_never_pass_the_budget(start_gateway, upstream):
    gateway = start_gateway(priced(upstream, "limits: [ { per: global, dollars_per_day: 100 } ]"))
    # Each reserves what it costs at most: 5 tokens of input and 8 of output.
    answers = in_threads(50, lambda index: gateway.chat("hi", max_tokens=8, stream=index % 2 == 0))
    cost = sum(11 if answer.body.startswith(b"data") else 13
               for answer in answers
               if answer.status == 200)
    assert 40 < cost <= 100 and {answer.status for answer in answers} == {200, 429}
    assert eventually(lambda: spent(gateway, "dollars_per_day", "") == cost * 1_000_000_000)


def test_a_dropped_stream_pays_for_what_it_got(start_gateway, upstream):
    pieces = [STREAM[0]] + [chunk({"content": "word "})] * 3

    def endless(request, connection):
        begin_stream(connection)
        for piece in pieces:
            send_piece(connection, piece)
        upstream.gone.set() if not connection.recv(1) else None

    upstream.script = endless
    gateway = start_gateway(
        priced(upstream, "limits: [ { per: client, tokens_per_day: 1000, concurrent: 1 } ]"))
    with gateway.socket() as connection:
        body = (b'{"model":"default-chat","client_id":"dev-local-1","stream":true,'
                b'"messages":[{"role":"user","content":"hi"}]}')
        connection.sendall(
            b"POST /v1/chat HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n%s"
            % (len(body), body))
        got = b""
        while got.count(b"word ") < 3:
            got += connection.recv(4096)
    assert upstream.gone.wait(DEADLINE)
    upstream.script = lambda request, connection: respond(connection, 200, completion())
    assert eventually(lambda: (spent(gateway, "tokens_per_day") or 1000) < 50)
    assert 5 + 3 - 1 <= spent(gateway, "tokens_per_day") <= 5 + 3 + 1  # "hi" is 5
    assert ask(gateway).status == 200  # the slot is free


def usages(*usages):
    """Answers whole or as a stream, with as many usage reports."""
    def script(request, connection):
        if not request.json().get("stream"):
            return respond(connection, 200, completion(usage=usages[-1] if usages else None))
        begin_stream(connection)
        for piece in STREAM[:-2] + [chunk(usage=usage) for usage in usages] + STREAM[-1:]:
            send_piece(connection, piece)
        end_stream(connection)
    return script


def tokens(prompt, completed):
    return {
        "prompt_tokens": prompt, "completion_tokens": completed, "total_tokens": prompt + completed
    }


def ask_at(gateway, path, client, stream=False):
    named = {"x-client-id": client}
    if path in ("/v1/responses", "/v1/embeddings"):
        question = {"model": "default-chat", "input": "hi", **({"stream": True} if stream else {})}
        return gateway.request("POST", path, question, named)
    fields = {"client_id": client
              } if path == "/v1/chat" else {"max_tokens": 50} if path == "/v1/messages" else {}
    return gateway.chat("hi", path=path, stream=stream, headers=named, **fields)


@pytest.mark.parametrize("path",
                         ["/v1/chat", "/v1/chat/completions", "/v1/messages", "/v1/responses"])
def test_every_usage_is_charged_once(start_gateway, upstream, path):
    gateway = start_gateway(priced(upstream, "limits: [ { per: client, tokens_per_day: 1000 } ]"))
    # Without a report: 5 for "hi", and "Hello stream" in two pieces, or "Hello from upstream" in
    # one.
    cases = {
        "once": ([tokens(9, 2)], 11),
        "twice": ([tokens(9, 1), tokens(9, 2)], 11), "large": ([tokens(9000, 40)], 9040)
    }
    for stream in (False, True):
        for name, (reports, cost) in {**cases, "missing": ([], 5 + (2 if stream else 6)),
                                     "zero": ([tokens(0, 0)], 5 + (2 if stream else 6))}.items():
            upstream.script = usages(*reports)
            client = f"{name}-{stream}"
            assert ask_at(gateway, path, client, stream).status == 200
            assert eventually(lambda: spent(gateway, "tokens_per_day", client) == cost), (
                client, spent(gateway, "tokens_per_day", client))


def test_embeddings_are_charged_once(start_gateway, upstream):
    gateway = start_gateway(priced(upstream, "limits: [ { per: client, tokens_per_day: 1000 } ]"))
    for said, cost in ((0, 5), (9, 9)):
        upstream.script = lambda request, connection: respond(
            connection, 200, {
                "object": "list", "model": "m", "data": [{
                    "object": "embedding", "index": 0, "embedding": [0.5]
                }], "usage": {"prompt_tokens": said, "total_tokens": said}
            })
        assert ask_at(gateway, "/v1/embeddings", f"costs-{cost}").status == 200
        assert eventually(lambda: spent(gateway, "tokens_per_day", f"costs-{cost}") == cost)


@pytest.mark.parametrize("how", ["reload", "restart"])
def test_a_budget_that_is_added_begins_with_what_its_month_has_cost(start_gateway, upstream, how):
    budget = "limits: [ { per: client, dollars_per_month: 20 } ]"
    gateway = start_gateway(priced(upstream))
    assert ask(gateway).status == 200
    assert eventually(lambda: gateway.admin("/admin/usage").json()["usage"])
    if how == "reload":
        gateway.config.write_text(gateway.config.read_text() + budget + "\n")
        assert gateway.request("POST", "/admin/reload", port=gateway.admin_port).status == 200
    else:
        assert gateway.stop() == 0
        gateway = start_gateway(priced(upstream, budget))
    assert ask(gateway).status == 429, "13 of 20 dollars are spent"


def test_a_keys_own_budget_and_rate(start_gateway, upstream):
    gateway = start_gateway(priced(upstream) + "auth: keys\n")
    key_id, key = create_key(gateway, "--client", "web", "--budget", "20usd/month", "--rpm", "100")
    headers = {"authorization": f"Bearer {key}"}
    assert eventually(lambda: gateway.request("GET", "/v1/models", headers=headers).status == 200)
    first = gateway.chat("hi", path="/v1/chat/completions", headers=headers, max_tokens=4)
    assert first.status == 200 and first.headers["x-ratelimit-limit-requests"] == "100"
    second = gateway.chat("hi", path="/v1/chat/completions", headers=headers, max_tokens=8)
    assert second.status == 429
    refusal = second.json()["error"]["message"]
    assert refusal == f"This month's budget (UTC) is used up for key {key_id}"


def test_the_ietf_pair(start_gateway, upstream):
    gateway = start_gateway(priced(
        upstream, "limits: [ { per: client, requests_per_minute: 60, tokens_per_minute: 9000, "
        "tokens_per_day: 50000 } ]"))
    for stream in (False, True):
        headers = ask(gateway, stream=stream).headers
        assert headers["ratelimit-policy"] == (
            '"rpm";q=60;w=60, "tpm";q=9000;w=60;qu="tokens", "tpd";q=50000;w=86400;qu="tokens"')
        assert headers["ratelimit"].startswith('"rpm";r=5') and '"tpm";r=89' in headers["ratelimit"]


def test_the_minute_survives_a_kill_too(start_gateway, upstream):
    yaml = priced(upstream, "limits: [ { per: client, requests_per_minute: 2 } ]")
    gateway = start_gateway(yaml)
    began = time.monotonic()
    assert [ask(gateway).status for _ in range(3)] == [200, 200, 429]
    assert eventually(lambda: spent(gateway, "requests_per_minute") == 2)
    gateway.process.kill()
    gateway.process.wait()
    again = start_gateway(yaml)
    status = ask(again).status
    assert status == 429 or time.monotonic() - began > 25  # half a minute brings one back
