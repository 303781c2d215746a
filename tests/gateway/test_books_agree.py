"""Random exchanges against providers that keep a bill of their own: what the records say, what the books say, what the
limits count and what was billed is the same, to the nano-dollar, and nobody spends more than his budget and what one
request could not know. GATEHOUSE_EXCHANGES says how many (tests/README.md); a seed draws the same ones again."""
import collections
import http.client
import itertools
import json
import os
import random
import threading
from urllib.parse import quote

from harness import DEADLINE, SINK, Gateway, eventually, in_threads, whole_lines
from redis_server import reachable
from upstream import begin_stream, chunk, completion, end_stream, respond, send_piece

EXCHANGES = int(os.environ.get("GATEHOUSE_EXCHANGES", 400))
SEED = int(os.environ.get("GATEHOUSE_SEED", random.randrange(10**6)))
CALLERS = 4
PER_CLIENT = 25  # exchanges, more than its budget lasts for
BOUND = 100  # tokens of an answer
BUDGET = 0.003  # dollars
PRICES = {"cheap": (1, 2), "dear": (3, 6)}  # in micro-dollars a token
# What a provider counts of a prompt that is estimated otherwise, and by how much it may pass its bound.
UNKNOWN_INPUT, SLACK = 200, BOUND // 8 + 64
NANO = 10**9

# What a provider may do. What is said is (input, output); None: nothing; it says it after its words.
SAID = {"true": lambda draw: (draw.randrange(20, UNKNOWN_INPUT), draw.randrange(1, BOUND)),
        "silent": lambda draw: None,
        "nothing": lambda draw: (0, 0),
        "negative": lambda draw: (-5, -7),
        "absurd": lambda draw: (10**12, 10**15),
        "huge": lambda draw: (2**64 - 1, 2**63)}
SANE = ("true",)
ENDS = ("well", "well", "well", "well", "refused", "failed", "empty", "broken", "cut", "goes on")
GOES_ON = 400  # words of a stream that does not keep to its bound; its provider does not say what it used
LEAVES = (None, None, None, None, "at once", "after a word")  # when the caller does


class Bill:
    """Two providers, told apart by their paths; the prompt says what they do. What they were asked for, by its mark."""

    def __init__(self):
        self._lock = threading.Lock()
        self.asked = {}  # (mark, provider) -> what is said of its usage, how it ends
        self.times = collections.Counter()

    def __call__(self, request, connection):
        provider = request.path.split("/")[2]
        body = request.json()
        deeds = json.loads(body["messages"][-1]["content"])
        deed = deeds[provider]
        said = None if deed["said"] is None else tuple(deed["said"])
        if deed["kind"] in SANE:  # and keeps to its bound
            said = (said[0], min(said[1], body["max_tokens"]))
        with self._lock:
            self.asked[deeds["mark"], provider] = (said, deed)
            self.times[deeds["mark"], provider] += 1
        return self.do(deed, said, body.get("stream"), connection)

    def do(self, deed, said, streamed, connection):
        usage = said and {"prompt_tokens": said[0], "completion_tokens": said[1]}
        if deed["ends"] == "refused":
            return respond(connection, 400, {"error": {"message": "no", "type": "invalid_request_error"}})
        if deed["ends"] == "failed":
            return respond(connection, 500, {"error": {"message": "no", "type": "server_error"}})
        if streamed:
            return self.stream(deed, usage, connection)
        if deed["ends"] == "empty":
            return respond(connection, 200, completion(choices=[], usage=usage))
        if deed["ends"] in ("broken", "cut"):
            text = json.dumps(completion(usage=usage)).encode()
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" %
                               len(text) + text[:40])
            return "close"
        return respond(connection, 200, completion(text="word " * deed["words"], usage=usage))

    def stream(self, deed, usage, connection):
        begin_stream(connection)
        send_piece(connection, chunk({"role": "assistant", "content": ""}))
        if deed["ends"] == "goes on":
            return self.go_on(connection)
        if deed["ends"] != "empty":
            for word in range(deed["words"]):
                send_piece(connection, chunk({"content": "word "}))
                if word == 0 and deed["ends"] in ("broken", "cut"):
                    return "close"
        send_piece(connection, chunk({}, "stop"))
        if usage:
            send_piece(connection, chunk(usage=usage))
        send_piece(connection, b"data: [DONE]\n\n")
        return end_stream(connection)


    @staticmethod
    def go_on(connection):
        try:
            for _ in range(GOES_ON):
                send_piece(connection, chunk({"content": "word "}))
            send_piece(connection, chunk({}, "stop"))
            send_piece(connection, b"data: [DONE]\n\n")
            return end_stream(connection)
        except OSError:
            return "close"


def deed(draw):
    kind = draw.choice(tuple(SAID) + SANE * 4)
    said = SAID[kind](draw)
    return {"kind": kind, "said": said, "ends": draw.choice(ENDS), "words": draw.randrange(1, 12)}


def exchange_of(draw, number):
    content = {"mark": f"m{number}", "cheap": deed(draw), "dear": deed(draw)}
    body = {"client_id": f"c{number // PER_CLIENT}", "model": "m", "metadata": {"request_id": content["mark"]},
            "messages": [{"role": "user", "content": json.dumps(content)}], "stream": draw.random() < 0.5}
    if draw.random() < 0.7:  # else the gateway bounds it
        body["max_tokens"] = draw.randrange(20, BOUND)
    return body, draw.choice(LEAVES)


def ask(gateway, body, leaves):
    """How it was answered: a status, or None to somebody who did not wait."""
    payload = json.dumps(body)
    if leaves is None:
        answer = gateway.request("POST", "/v1/chat", body)
        return answer.status
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=DEADLINE)
    try:
        connection.request("POST", "/v1/chat", payload, {"content-type": "application/json"})
        if leaves == "after a word":
            connection.getresponse().read(1)
    except (OSError, http.client.HTTPException):
        pass
    finally:
        connection.close()
    return None


def configuration(upstream, more=""):
    providers = "\n".join(
        f'  {name}: {{ plugin: openai, base_url: "{upstream.url}/{name}", breaker: {{ failures: 0 }} }}'
        for name in PRICES)
    targets = ", ".join(f"{{ provider: {name}, model: real, weight: {int(name == 'cheap')}, "
                        f"price: {{ input: {prices[0]}, output: {prices[1]} }} }}" for name, prices in PRICES.items())
    return f"""
providers:
{providers}
models: {{ m: {{ targets: [ {targets} ], max_output: {BOUND}, retry: {{ attempts: 2, backoff: 1ms }} }} }}
limits: [ {{ per: client, dollars_per_day: {BUDGET} }} ]
""" + more + SINK


def nanodollars(text):
    return round(text * NANO)


def spent_of(usage, provider):
    return 1000 * sum(tokens * price for tokens, price in zip(usage, PRICES[provider]))


def records_of(gateways, count):
    """Each admitted or refused exchange has one, at whichever gateway it was."""
    files = [gateway.folder / "requests.jsonl" for gateway in gateways]
    lines = lambda: list(itertools.chain.from_iterable(map(whole_lines, files)))
    assert eventually(lambda: len(lines()) >= count), (len(lines()), count)
    return [json.loads(line) for line in lines()]


def check_try(record, one, bill):
    usage = (one["in_tokens"], one["out_tokens"])
    assert nanodollars(one["dollars"]) == spent_of(usage, one["provider"]), json.dumps(record)
    if record["client_disconnected"]:
        return  # before anybody knew how it ends, or whether it was read
    said, deed_ = bill.asked[record["request_id"], one["provider"]]
    wrong = f"{SEED} {json.dumps(record)} {said} {deed_}"
    if deed_["ends"] in ("refused", "failed"):
        assert usage == (0, 0), wrong
        return
    if deed_["ends"] == "goes on" and record["stream"]:
        assert not one["usage_reported"] and 0 < usage[1] <= GOES_ON, wrong
        return
    if deed_["ends"] in ("well", "empty") and deed_["kind"] in SANE:
        assert usage == said and one["usage_reported"], wrong
    if one["usage_reported"]:
        assert usage == said, wrong
    # What is not believed, or was never said, is an estimate: of a prompt and what came, never 0, never absurd.
    if deed_["ends"] == "well":
        assert 0 < usage[0] <= 1000 and 0 < usage[1] <= BOUND + SLACK, wrong


def tries_of(record):
    """The record of a single try is that of the exchange."""
    return record.get("tries") or ([record] if record["attempts"] else [])


def usage_of(gateway):
    after = ""
    while after is not None:
        page = gateway.admin("/admin/usage?limit=1000" + after).json()
        yield from page["usage"]
        after = page["next"] and "&after=" + quote(page["next"])


def check(gateways, bill, admitted_at_most):
    records = records_of(gateways, admitted_at_most)
    assert len({record["request_id"] for record in records}) == len(records) == admitted_at_most
    by_client = {}
    for record in records:
        tries = tries_of(record)
        for one in tries:
            if "dollars" in one:
                check_try(record, one, bill)
        assert nanodollars(record.get("dollars", 0)) == sum(nanodollars(one.get("dollars", 0)) for one in tries), record
        by_client.setdefault(record["client_id"], []).append(nanodollars(record.get("dollars", 0)))
    tried = collections.Counter((record["request_id"], one["provider"]) for record in records
                                for one in tries_of(record))
    assert bill.times <= tried, ("asked behind everybody's back", bill.times - tried)

    def books():
        sums = {}
        for line in itertools.chain.from_iterable(map(usage_of, gateways)):
            sums[line["client_id"]] = sums.get(line["client_id"], 0) + nanodollars(line["dollars"])
        return {client: dollars for client, dollars in sums.items() if dollars}
    expected = {client: sum(costs) for client, costs in by_client.items() if any(costs)}
    assert eventually(lambda: books() == expected), (books(), expected)
    check_budgets(by_client, 1 if len(gateways) == 1 else 1.5)
    assert any("ended_by_limit" in record for record in records), "no budget has cut a stream"
    return expected


def check_budgets(by_client, shares):
    """Whoever was admitted last had room for what was reserved then. What those cost beyond it that ran beside each
    other, nobody could know. shares: of the budget, where gateways that know nothing of each other keep to halves and
    one has spent more than its own before."""
    over = {client: costs for client, costs in by_client.items()
            if sum(costs) > shares * BUDGET * NANO + sum(sorted(costs)[-CALLERS:])}
    assert not over, (SEED, over)
    assert any(sum(costs) > 0.6 * BUDGET * NANO for costs in by_client.values()), "nobody reached his budget"


def run(gateways, count):
    numbers = itertools.count()
    lock = threading.Lock()

    def work(caller):
        while True:
            with lock:
                number = next(numbers)
            if number >= count:
                return
            body, leaves = exchange_of(random.Random(f"{SEED} {number}"), number)
            status = ask(gateways[number % len(gateways)], body, leaves)
            assert status in (None, 200, 400, 429, 502, 500), (status, body)

    in_threads(CALLERS, work)


def limits_of(gateway):
    spent, offset = {}, 0
    while offset is not None:
        (limit,) = gateway.admin(f"/admin/limits?limit=1000&offset={offset}").json()["limits"]
        spent.update((one["name"], nanodollars(one["spent"])) for one in limit["spent"])
        offset = limit["next_offset"]
    return spent


def test_what_was_billed_is_what_was_spent(start_gateway, upstream, record_property):
    record_property("seed", SEED)
    upstream.script = bill = Bill()
    gateway = start_gateway(configuration(upstream))
    run([gateway], EXCHANGES)
    by_client = check([gateway], bill, EXCHANGES)
    assert eventually(lambda: limits_of(gateway) == by_client), (SEED, limits_of(gateway), by_client)


def test_over_several_gateways_and_a_redis_that_forgets(tmp_path, upstream, redis):
    """It is killed and comes back from whatever it last saved, while everybody asks."""
    upstream.script = bill = Bill()
    shared = f"shared_limits: {{ redis: 127.0.0.1:{redis.port}, gateways: 2, timeout: 1s }}\n"
    gateways = []
    for index in range(2):
        (tmp_path / f"{index}").mkdir()
        gateways.append(Gateway(tmp_path / f"{index}", configuration(upstream, shared)))
    done = threading.Event()

    def disturb():
        draw = random.Random(SEED)
        while not done.wait(0.5):
            if draw.random() < 0.5:
                redis.command("SAVE")
            redis.kill()
            redis.start()
            eventually(lambda: all(reachable(gateway) for gateway in gateways))

    disturber = threading.Thread(target=disturb)
    disturber.start()
    try:
        run(gateways, EXCHANGES)
    finally:
        done.set()
        disturber.join()
    try:
        by_client = check(gateways, bill, EXCHANGES)
        assert eventually(lambda: all(reachable(gateway) for gateway in gateways))
        in_redis = lambda client: redis.spent(f"client:dollars_per_day:{client}") or 0
        # A take whose answer was lost stays taken; nothing else differs.
        less = lambda: {client: (in_redis(client), dollars) for client, dollars in by_client.items()
                        if in_redis(client) < dollars}
        assert eventually(lambda: not less()), (SEED, less())
    finally:
        assert [gateway.stop() for gateway in gateways] == [0, 0]
