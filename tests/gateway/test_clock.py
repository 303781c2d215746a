"""Somebody sets the clock of the machine by an hour, forth and back, while gateways are under load:
no limit is forgiven, nobody stays shut out, and a day's budget is a day's.
tests/unit/limits/clock_jump_test.cpp has the promises."""
import threading
import time

import pytest

from gateway_clock import DAY, HOUR, Clock
from harness import DEADLINE, Load, Stream, eventually, in_threads
from spending import ask, priced, spent
from upstream import STREAM, begin_stream, chunk, end_stream, send_piece

@pytest.fixture
def clock(tmp_path):
    return Clock(tmp_path)


class Callers(Load):
    """Four, who ask whatever they are told; half of them for streams."""

    def __init__(self, gateway):
        self.answers = []

        def whole():
            self.answers.append(ask(gateway))

        def stream():
            self.answers.append(ask(gateway, stream=True))

        super().__init__(whole, stream, whole, stream, pause=0.02)

    def admitted(self):
        return sum(answer.status == 200 for answer in list(self.answers))

    def asked_again(self, times=8):
        """So often at least since now."""
        before = len(self.answers)
        return eventually(lambda: len(self.answers) >= before + times)


STEPS = [HOUR, -HOUR, -HOUR, HOUR]


def test_what_refills_goes_by_the_time_that_passes(start_gateway, upstream, clock):
    clock.set_to(12 * HOUR)
    gateway = start_gateway(
        priced(upstream, "limits: [ { per: client, requests_per_minute: 120 } ]"), env=clock.env)
    began = time.monotonic()
    with Callers(gateway) as load:
        assert eventually(lambda: any(answer.status == 429 for answer in list(load.answers)))
        for step in STEPS:
            clock.step(step)
            before = load.admitted()
            assert eventually(lambda: load.admitted() >= before + 4
                              ), f"shut out by {step} s"  # two a second come back
        assert gateway.log().count("\n") < 50
    took = time.monotonic() - began
    assert {answer.status for answer in load.answers} == {200, 429}
    assert load.admitted() <= 120 + 2 * took + 1
    for answer in load.answers:
        if answer.status == 429:
            assert 1 <= int(answer.headers["retry-after"]) <= 60
            assert 0 < int(answer.headers["retry-after-ms"]) <= 60_000


def test_a_day_is_the_same_within_itself(start_gateway, upstream, clock):
    clock.set_to(12 * HOUR)
    yaml = priced(
        upstream,
        "limits: [ { per: client, dollars_per_day: 400, tokens_per_day: 100000, "
        "dollars_per_month: 1000 } ]"
    )
    gateway = start_gateway(yaml, env=clock.env)
    today = clock.date()
    with Callers(gateway) as load:
        for step in STEPS:
            assert load.asked_again()
            clock.step(step)
        assert eventually(lambda: any(answer.status == 429 for answer in list(load.answers)))
        for step in STEPS:
            clock.step(step)
            assert load.asked_again()
    cost = [
        11 if answer.body.startswith(b"data") else 13
        for answer in load.answers
        if answer.status == 200
    ]
    refused = [answer for answer in load.answers if answer.status == 429]
    assert len(cost) + len(refused) == len(load.answers)
    # Each reserves 9 dollars. When nobody gets in any more less than that is left; a settlement may
    # overdraw by four dollars for each of those who were let in together.
    assert 400 - 9 < sum(cost) <= 400 + 4 * 4
    assert all(answer.headers["x-should-retry"] == "false" and "retry-after" not in answer.headers
               for answer in refused)
    for dimension, unit in {"dollars_per_day": 10**9, "tokens_per_day": 1,
                            "dollars_per_month": 10**9}.items():
        told = (dimension, spent(gateway, dimension), sum(cost))
        assert eventually(lambda: spent(gateway, dimension) == sum(cost) * unit), told
    assert {line["day"] for line in gateway.admin("/admin/usage?by=day").json()["usage"]} == {today}
    assert gateway.stop() == 0
    for step in STEPS:  # and neither does a restart forgive
        clock.step(step)
        again = start_gateway(yaml, env=clock.env)
        assert ask(again).status == 429
        assert again.stop() == 0


def test_a_day_that_was_begun_is_not_left_in_silence(start_gateway, upstream, clock):
    clock.set_to(12 * HOUR)
    yaml = priced(upstream, "limits: [ { per: client, dollars_per_day: 40 } ]")
    gateway = start_gateway(yaml, env=clock.env)
    told = lambda: [line.split("gatehouse: ")[1] for line in gateway.log().splitlines() if "clock was set" in line]
    today = clock.date()
    assert ask(gateway).status == 200
    time.sleep(0.5)  # the clock is looked at every 50 ms
    clock.step(DAY)
    tomorrow = clock.date()
    assert eventually(lambda: len(told()) == 1)
    assert told()[0].startswith(f"the machine's clock was set from {today}T12:00:"), told()
    assert f" to {tomorrow}T12:00:" in told()[0] and "begun anew" in told()[0]
    assert ask(gateway).status == 200
    clock.step(-DAY)
    assert eventually(lambda: len(told()) == 2)
    assert told()[1].startswith(f"the machine's clock was set from {tomorrow}T12:00:"), told()
    assert "not given again" in told()[1]
    assert gateway.stop() == 0
    again = start_gateway(yaml, env=clock.env)
    assert "1 balances are of a day or month that is yet to come" in again.log()


def test_tomorrow_begins_once(start_gateway, upstream, clock):
    clock.set_to(DAY - HOUR // 2)
    gateway = start_gateway(priced(upstream, "limits: [ { per: client, dollars_per_day: 130 } ]"),
                            env=clock.env)
    today = clock.date()
    dollars = lambda answers: sum(11 if answer.body.startswith(b"data") else 13
                                  for answer in answers
                                  if answer.status == 200)
    with Callers(gateway) as load:
        assert eventually(lambda: any(answer.status == 429 for answer in list(load.answers)))
        clock.step(HOUR)
        tomorrow = clock.date()
        before = load.admitted()
        assert eventually(lambda: load.admitted() > before), "tomorrow's budget is there"
        for step in (-HOUR, HOUR, -HOUR, HOUR):
            clock.step(step)
            assert load.asked_again()
    assert {answer.status for answer in load.answers} == {200, 429}
    spent_in_all = dollars(load.answers)  # two days' budgets, however often midnight passes
    assert 2 * (130 - 9) < spent_in_all <= 2 * (130 + 4 * 4)
    assert [ask(gateway).status for _ in range(3)] == [429] * 3
    booked = lambda: {
        line["day"]: line["dollars"]
        for line in gateway.admin("/admin/usage?by=day").json()["usage"]
    }
    assert eventually(lambda: sum(booked().values()) == spent_in_all)
    assert set(booked()) == {today, tomorrow}


def test_a_stream_does_not_notice(start_gateway, upstream, clock):
    """No time-out, no sign of life and no end comes earlier or later for it."""
    go_on = threading.Event()

    def in_two_parts(request, connection):
        begin_stream(connection)
        send_piece(connection, STREAM[0] + chunk({"content": "first "}))
        go_on.wait(DEADLINE)
        for piece in STREAM[1:]:
            send_piece(connection, piece)
        end_stream(connection)

    upstream.script = in_two_parts
    timeouts = "timeouts: { first_byte: 30m, between_chunks: 30m, total: 40m }"
    yaml = priced(upstream, "limits: [ { per: client, concurrent: 8 } ]").replace(
        "plugin: openai", f"plugin: openai, {timeouts}")
    gateway = start_gateway(
        yaml + "server: { listen: 127.0.0.1:0, drain_timeout: 20s, heartbeat: 30m }\n",
        env=clock.env)
    streams = [Stream(gateway, "hi") for _ in range(3)]
    for step in STEPS:
        clock.step(step)
        time.sleep(0.2)
    go_on.set()
    for answer in in_threads(3, lambda index: streams[index].rest()):
        assert answer.status == 200 and "first" in answer.body.decode(
        ) and b'"usage":{' in answer.body
        assert all(line.startswith(b"data: ")
                   for line in answer.body.splitlines()
                   if line), answer.body
